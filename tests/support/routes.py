"""Every route of the site with an address to ask it by: what is written for all of them holds for those to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from app.db.backup import list_tables
from app.extensions import pool_of

ISBN = "9787536692930"
#: What stands in addresses, by the name that routes give it; any other text is "x", any other number 1.
SAMPLES: dict[str, Any] = {"isbn": ISBN, "code": "en", "filename": "css/yushu.css", "token": "t" * 43}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
NUMBERS = ("IntegerConverter", "FloatConverter")
CHOICE = "AnyConverter"
#: Kinds of parts that take no free text.
FIXED = (*NUMBERS, CHOICE)
#: Names of parameters that pages read from the query.
QUERY = (
    "q",
    "page",
    "next",
    "exact",
    "language",
    "lang",
    "isbn",
    "sort",
    "kind",
    "title",
    "token",
    "limit",
    "start",
    "count",
)


@dataclass(frozen=True)
class Route:
    """One rule with a method and an address to try it by."""

    rule: Rule
    method: str
    address: str

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


def converters(rule: Rule) -> dict[str, str]:
    """Return the kinds of a rule's parts."""
    return {name: type(converter).__name__ for name, converter in rule._converters.items()}


def address_of(app: Flask, rule: Rule, **values: Any) -> str:
    """Fill a rule's parts with samples, or with the values given."""
    filled = {
        name: values.get(name, SAMPLES.get(name, _sample(rule, name, kind))) for name, kind in converters(rule).items()
    }
    if rule.endpoint == "bootstrap.static":
        filled["filename"] = values.get("filename", "css/bootstrap.min.css")
    return app.url_map.bind("localhost").build(rule.endpoint, filled, method=next(iter(rule.methods or {"GET"})))


def _sample(rule: Rule, name: str, kind: str) -> Any:
    if kind == CHOICE:
        return min(rule._converters[name].items)
    return 1 if kind in NUMBERS else "x"


def routes(app: Flask, *methods: str) -> Iterator[Route]:
    """List each route that takes one of the methods."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        for method in methods:
            if method in (rule.methods or ()):
                yield Route(rule, method, address_of(app, rule))


def contents(app: Flask, *, without: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Return every row of every table, to see that nothing changed."""
    dialect = pool_of(app).dialect
    connection = dialect.connect()
    try:
        found = {}
        for table in list_tables(connection, dialect.NAME):
            cursor = connection.cursor()
            cursor.execute(f"SELECT * FROM `{table}`")
            if table not in without:
                found[table] = sorted(map(repr, cursor.fetchall()))
        return found
    finally:
        connection.close()
