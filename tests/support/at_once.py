"""Many who act at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

from tests.support.exchange import Exchange

#: So many members act at once.
AT_ONCE = 32


def at_once(exchange: Exchange, tries: list[Callable[[], object]]) -> tuple[int, list[Exception]]:
    """Let every try begin at the same moment; give how many succeeded and how the others ended."""
    start, lock = threading.Barrier(len(tries)), threading.Lock()
    won: list[object] = []
    lost: list[Exception] = []

    def go(attempt: Callable[[], object]) -> None:
        with exchange.app.app_context():
            start.wait()
            try:
                result = attempt()
            except Exception as error:  # noqa: BLE001 - the test wants to see it
                with lock:
                    lost.append(error)
            else:
                with lock:
                    won.append(result)

    threads = [threading.Thread(target=go, args=(attempt,)) for attempt in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return len(won), lost
