"""Run by a test in a process of its own: forty greenlets share one `SqlHelper`."""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 - all below must come after the patch
from pathlib import Path  # noqa: E402

import gevent  # noqa: E402

from app.db.dialects import SQLite  # noqa: E402
from app.db.pool import Pool  # noqa: E402
from app.db.sql_helper import SqlHelper  # noqa: E402

pool = Pool(SQLite(Path(sys.argv[1]) / "g.sqlite", timeout_seconds=5), threads=3, wait_seconds=20)
sql = SqlHelper(pool)


def work(number: int) -> int:
    with sql as outer:
        outer.execute("SELECT :n", {"n": number})
        gevent.sleep(0.002)
        with sql as inner:
            inner.execute("SELECT :n", {"n": -number})
            gevent.sleep(0.001)
            assert inner.fetchone() == (-number,)
        assert outer.fetchone() == (number,)
    return number


with sql:  # the parent's open block must not be taken for a greenlet's own
    jobs = [gevent.spawn(work, number) for number in range(1, 41)]
    gevent.joinall(jobs, raise_error=True)
print(sum(job.successful() for job in jobs), "greenlets", pool.leased, "leased")
