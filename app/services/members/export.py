"""Export: a zip of everything about oneself, each table as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.domain.cells import guarded
from app.queries.personal_data import Row

README = """鱼书：关于你的一切。每张表有 JSON 和 CSV 两种格式；时间是世界时。
YuShu: everything about you. Each table comes as JSON and as CSV; times are UTC.

"""


@dataclass(frozen=True, slots=True)
class ExportTable:
    """One table of the export. `rows` gives a member's rows by their number, `meaning` says what they are in both languages."""

    name: str
    meaning: str
    rows: Callable[[int], Sequence[Row]]


class Export:
    """Write exports. Each area of the site adds its tables in the container."""

    def __init__(self, tables: Sequence[ExportTable]) -> None:
        self._tables = tuple(tables)

    def zipped(self, user_id: int) -> bytes:
        """Return a zip file of everything about a member."""
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("README.txt", README + "".join(f"{one.name}: {one.meaning}\n" for one in self._tables))
            for table in self._tables:
                rows = [dict(row) for row in table.rows(user_id)]
                archive.writestr(f"{table.name}.json", json.dumps(rows, ensure_ascii=False, indent=2))
                archive.writestr(f"{table.name}.csv", as_csv(rows))
        return target.getvalue()


def as_csv(rows: Sequence[Mapping[str, object]]) -> str:
    """Return rows as CSV that spreadsheets open as it is meant: marked as UTF-8, and no cell a formula."""
    target = io.StringIO()
    target.write("\ufeff")
    if rows:
        writer = csv.writer(target)
        writer.writerow(rows[0])
        writer.writerows(
            [guarded(value) if isinstance(value, str) else value for value in row.values()] for row in rows
        )
    return target.getvalue()
