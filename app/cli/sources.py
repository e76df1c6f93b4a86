"""`flask sources`: are the book sources outside there, and what do they say?"""

from __future__ import annotations

from time import perf_counter

import click
from flask import current_app
from flask.cli import AppGroup

from app.container import container
from app.domain.book_entry import NotABookEntry, read_isbn
from app.sources.chain import NEEDED
from app.sources.port import Source, SourceFailedError

#: 三体, and a book that every library outside China has.
_WELL_KNOWN = ("9787536692930", "9780141439518")

sources = AppGroup("sources", help="The book sources outside.")


@sources.command("check")
@click.argument("isbns", nargs=-1)
def check(isbns: tuple[str, ...]) -> None:
    """Ask the catalogue and each enabled source for one or more ISBNS (two well-known books by default); print what they say.

    Fails if a source gives no usable answer. Nothing is stored.
    """
    wanted = [_isbn(isbn) for isbn in isbns] or list(_WELL_KNOWN)
    named: tuple[str, ...] = current_app.config["SOURCES"]
    _try(container.catalogue.local_catalogue, wanted)
    if not named:
        click.echo("No source is enabled: set YUSHU_SOURCES, for instance to open_library.")
    enabled = {source.name: source for source in container.catalogue.sources}
    failed = [name for name in named if name in enabled and not _try(enabled[name], wanted)]
    for name in named:
        if name not in enabled:
            click.echo(f"{name}: off, because YUSHU_{NEEDED[name]} is not set")
    if failed:
        raise click.ClickException(f"no usable answer from {', '.join(failed)}")


def _isbn(said: str) -> str:
    try:
        return read_isbn(said)
    except NotABookEntry as refusal:
        raise click.BadParameter(refusal.message("en")) from None


def _try(source: Source, isbns: list[str]) -> bool:
    """Print a line for each book, and say whether the source answered."""
    seconds: float = current_app.config["UPSTREAM_BUDGET_SECONDS"]
    for isbn13 in isbns:
        began = perf_counter()
        try:
            facts = source.find_many([isbn13], seconds=seconds).get(isbn13)
        except SourceFailedError as failure:
            click.echo(f"{source.name}: {isbn13}: {failure}")
            return False
        said = "unknown" if facts is None else " / ".join(filter(None, (facts.title, *facts.authors, facts.publisher)))
        click.echo(f"{source.name}: {isbn13}: {said} ({(perf_counter() - began) * 1000:.0f} ms)")
    return True
