"""The starter catalogue in an app's database, with its index built."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

from flask import Flask

import app as package
from app.domain.book import BookFacts
from app.search import analyzer
from app.services.catalogue.catalogue import Catalogue

STARTER = Path(package.__file__).parent / "data" / "starter.csv.gz"
_LISTS = ("authors", "translators", "subjects")
_BATCH = 1000


def read_starter() -> list[BookFacts]:
    with gzip.open(STARTER, "rt", encoding="utf-8", newline="") as file:
        return [_facts(row) for row in csv.DictReader(file)]


def load_starter(app: Flask) -> list[BookFacts]:
    """Store the starter catalogue, build the index, and give the facts."""
    facts = read_starter()
    with app.app_context():
        parts = app.extensions["container"]
        catalogue = Catalogue(parts.core.sql, parts.catalogue.search_index, analyzer.terms, parts.core.clock)
        for start in range(0, len(facts), _BATCH):
            catalogue.store(facts[start : start + _BATCH], index_new=False)
        parts.catalogue.search_index.rebuild()
    return facts


def _facts(row: dict[str, str]) -> BookFacts:
    lists = {name: tuple(part for part in row[name].split(";") if part) for name in _LISTS}
    return BookFacts(**(row | lists | {"popularity": int(row["popularity"])}))  # type: ignore[arg-type]
