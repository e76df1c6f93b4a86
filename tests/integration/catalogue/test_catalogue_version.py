"""What was read a moment ago is shown again only while it is true."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from app.queries.catalogue import CatalogueVersionQueries
from tests.support.books import SANTI, stock


class Watch:
    seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


def freshness_of(app: Flask, watch: Watch, *, sees_commits: bool) -> CatalogueVersionQueries:
    parts = app.extensions["container"]
    from app.extensions import db

    return CatalogueVersionQueries(parts.core.sql, (lambda: db.commits) if sees_commits else (lambda: 0), watch)


def test_a_change_by_this_process_shows_at_once(any_database_app: Flask, watch: Watch) -> None:
    stock(any_database_app)
    fresh = freshness_of(any_database_app, watch, sees_commits=True)
    before = fresh.stamp()
    assert fresh.stamp() == before
    with any_database_app.app_context():
        any_database_app.extensions["container"].catalogue.writer.store([replace(SANTI, title="三体 新版")])
    assert fresh.stamp() != before


def test_a_change_by_another_process_shows_after_a_second(any_database_app: Flask, watch: Watch) -> None:
    stock(any_database_app)
    fresh = freshness_of(any_database_app, watch, sees_commits=False)
    before = fresh.stamp()
    with any_database_app.app_context():
        any_database_app.extensions["container"].catalogue.writer.store([replace(SANTI, title="三体 新版")])
    assert fresh.stamp() == before
    watch.seconds += 1
    assert fresh.stamp() != before


def test_a_rebuild_and_a_merge_change_the_stamp(any_database_app: Flask, watch: Watch) -> None:
    stock(any_database_app)
    fresh = freshness_of(any_database_app, watch, sees_commits=False)
    index = any_database_app.extensions["container"].catalogue.search_index
    for change in (index.rebuild, index.merge):
        before = fresh.stamp()
        change()
        watch.seconds += 1
        assert fresh.stamp() != before


def test_storing_what_is_known_already_changes_nothing(any_database_app: Flask, watch: Watch) -> None:
    stock(any_database_app)
    fresh = freshness_of(any_database_app, watch, sees_commits=True)
    before = fresh.stamp()
    stock(any_database_app)
    assert fresh.stamp() == before
