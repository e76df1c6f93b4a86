"""Map rows to dataclasses: the fields say what is selected, in which order, and what each value becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import Enum
from types import NoneType
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from app.libs.clock import from_epoch

T = TypeVar("T")
Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """An expression of SQL, and what turns its value into the field's; None where they are the same."""

    sql: str
    convert: Convert | None


class RowMapper(Generic[T]):
    """Reads a frozen dataclass from rows that were selected with `columns`.

    A ``bool``, an enum and a ``datetime`` (of epoch seconds) are made from what the database stores; so is an ``int`` that
    is computed, for MariaDB gives sums as decimals. Everything else is taken as it comes.

    :param alias: the table of the fields that `sources` does not name.
    :param sources: where other fields come from: an expression, a `Column`, the mapper of a dataclass within this one, or
        None for one that `read` is given.
    """

    def __init__(self, row_type: type[T], alias: str = "", /, **sources: str | Column | RowMapper[Any] | None) -> None:
        found = fields(row_type)  # type: ignore[arg-type]  # T is a dataclass, which has no type of its own
        if unknown := sources.keys() - {field.name for field in found}:
            raise TypeError(f"{row_type.__name__} has no {', '.join(sorted(unknown))}")
        hints = get_type_hints(row_type)
        selected: list[str] = []
        arguments: list[str] = []
        names: dict[str, Any] = {"row_type": row_type}
        self.width = 0
        for field in found:
            name, source = field.name, sources.get(field.name, "")
            if source is None:
                continue
            if isinstance(source, str):
                convert = _convert_to(hints[name], computed=name in sources)
                source = Column(source or (f"{alias}.{name}" if alias else name), convert)
            width, columns, make = (
                (source.width, source.columns, source._make)
                if isinstance(source, RowMapper)
                else (1, source.sql, source.convert)
            )
            values = ", ".join(f"v{place}" for place in range(self.width, self.width + width))
            self.width += width
            selected.append(columns)
            if make is not None:
                names[f"make_{name}"] = make
                values = f"make_{name}({values})"
            arguments.append(f"{name}={values}" if field.kw_only else values)
        self.columns: str = ", ".join(selected)
        parameters = "".join(f"v{place}, " for place in range(self.width))
        #: One expression for the whole row, as `dataclass` writes `__init__`: it takes a third less time than a loop over the fields.
        self._make: Callable[..., T] = eval(  # noqa: S307 - of names of fields alone
            f"lambda {parameters}**others: row_type({', '.join(arguments)}, **others)", names
        )

    def read(self, row: Sequence[Any], /, **others: Any) -> T:
        """Read one row; `others` are the fields that come from elsewhere."""
        return self._make(*row, **others)

    def read_optional(self, row: Sequence[Any] | None, /) -> T | None:
        """Read what `fetchone` returned."""
        return None if row is None else self.read(row)

    def read_all(self, rows: Iterable[Sequence[Any]], /) -> tuple[T, ...]:
        """Read what `fetchall` returned."""
        return tuple(map(self.read, rows))


def _convert_to(hint: Any, *, computed: bool) -> Convert | None:
    """Return what makes a field's value of a stored one; None where they are the same."""
    kinds = get_args(hint) if NoneType in get_args(hint) else (hint,)
    kind = next(kind for kind in kinds if kind is not NoneType)
    if not isinstance(kind, type):
        return None
    if kind is datetime:
        convert: Convert = from_epoch
    elif kind is bool or issubclass(kind, Enum) or (kind is int and computed):
        convert = kind
    else:
        return None
    if len(kinds) == 1:
        return convert
    return lambda value: None if value is None else convert(value)
