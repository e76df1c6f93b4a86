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
        self._make: Callable[..., T] = row_type
        self._names = [field.name for field in found if sources.get(field.name, "") is not None]
        self._by_name = any(field.kw_only for field in found)
        self._nested: list[tuple[int, RowMapper[Any]]] = []
        self._converts: list[tuple[int, Convert]] = []
        selected: list[str] = []
        for place, name in enumerate(self._names):
            source = sources.get(name) or (f"{alias}.{name}" if alias else name)
            if isinstance(source, str):
                source = Column(source, _convert_to(hints[name], computed=name in sources))
            if isinstance(source, RowMapper):
                self._nested.append((place, source))
            elif source.convert is not None:
                self._converts.append((place, source.convert))
            selected.append(source.columns if isinstance(source, RowMapper) else source.sql)
        self.columns: str = ", ".join(selected)
        self.width: int = len(self._names) + sum(mapper.width - 1 for _, mapper in self._nested)

    def read(self, row: Sequence[Any], /, **others: Any) -> T:
        """Read one row; `others` are the fields that come from elsewhere."""
        values = list(row)
        for place, mapper in self._nested:  # those before it are one value each by now
            end = place + mapper.width
            values[place:end] = [mapper.read(values[place:end])]
        for place, convert in self._converts:
            values[place] = convert(values[place])
        if self._by_name:
            return self._make(**dict(zip(self._names, values, strict=True)), **others)
        return self._make(*values, **others)

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
