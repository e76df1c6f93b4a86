"""Who searches at the same time as others."""

from __future__ import annotations

from contextlib import suppress
from threading import Barrier, BrokenBarrierError, Thread

import pytest
from flask import Flask

from tests.support.books import stock
from tests.support.patience import PATIENCE


def test_searches_take_turns_on_sqlite_and_run_side_by_side_on_mariadb(
    any_database_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    stock(any_database_app)
    parts = any_database_app.extensions["container"]
    plain = parts.catalogue.search_index.candidates
    both_are_inside = Barrier(2)
    found: list[int] = []
    met: list[bool] = []

    def candidates(*arguments: object, **named: object) -> object:
        with suppress(BrokenBarrierError):
            both_are_inside.wait(0.5 if parts.core.sql.dialect == "sqlite" else PATIENCE)
            met.append(True)
        return plain(*arguments, **named)

    def look_for(text: str) -> None:
        with any_database_app.app_context():
            found.append(len(parts.catalogue.search.find(text).rows))

    monkeypatch.setattr(parts.catalogue.search_index, "candidates", candidates)
    visitors = [Thread(target=look_for, args=(text,)) for text in ("三体", "刘慈欣")]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    assert len(found) == 2
    assert all(found)
    assert bool(met) == (parts.core.sql.dialect == "mysql")


def test_a_search_that_fails_lets_the_next_one_go_on(any_database_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    stock(any_database_app)
    parts = any_database_app.extensions["container"]
    with any_database_app.app_context(), monkeypatch.context() as broken:
        broken.setattr(parts.catalogue.search_index, "candidates", None)
        with pytest.raises(TypeError):
            parts.catalogue.search.find("三体")
    with any_database_app.app_context():
        assert parts.catalogue.search.find("三体").rows
