"""`flask catalogue …`: books in and out, and their index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import click
from flask.cli import AppGroup

from app.cli.progress import Bar, ShownEnriching, ShownImport, ShownIndex
from app.cli.user_errors import reports_user_errors
from app.container import container
from app.domain.book import BookFacts
from app.domain.book_entry import book_facts
from app.domain.isbn import canonical
from app.services.catalogue.bookfiles import FORMATS, Format
from app.services.catalogue.bookfiles.author_names import open_author_names
from app.services.catalogue.bookfiles.writing import write_books
from app.sources.batch_lookup import BatchLookup

catalogue = AppGroup("catalogue", help="The catalogue of books and its search index.")

#: How long a source may take for an answer about many books.
_ANSWER_SECONDS = 30.0
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@catalogue.command("import")
@click.argument("file", type=_FILE)
@click.option("--format", "format_", type=click.Choice(FORMATS), help="What FILE is; without it the first line tells.")
@click.option("--rejects", type=_NEW_FILE, help="Where refused rows are written, with the reason. [FILE.rejects.csv]")
@click.option(
    "--authors",
    type=_FILE,
    help="Open Library's authors dump, or the complete one, which knows merged authors, too: names for the author keys.",
)
@click.option("--restart", is_flag=True, help="Begin at the first row, even if an earlier import stopped on the way.")
@reports_user_errors
def import_(file: Path, *, format_: Format | None, rejects: Path | None, authors: Path | None, restart: bool) -> None:
    """Import the books of FILE: CSV, JSON (lines or an array), or an Open Library editions dump, gzipped or not, of any size.

    A book that is known already is updated. Refused rows do not stop the import; their file can be corrected and
    imported. An interrupted import goes on where it stopped when the same command is given again; doing one twice
    changes nothing.
    """
    refused = rejects or file.with_name(f"{file.name}.rejects.csv")
    if refused.resolve() == file.resolve():
        raise click.UsageError("the refused rows must go to another file than the one they come from")
    shown = ShownImport(f"importing {file.name}")
    with open_author_names(authors, container.core.settings["DATA_DIR"]) as author_names:
        state = container.catalogue.imports.run(
            file, shown, format_=format_, rejects=refused, restart=restart, author_names=author_names
        )
    shown.ends()
    container.catalogue.name_writing.want_round()
    if state.rejected:
        click.echo(f"The refused rows and why: {refused}\nCorrect them there and import that file.")
    elif rejects is None:
        refused.unlink(missing_ok=True)


@catalogue.command("status")
@reports_user_errors
def status() -> None:
    """Print how many books there are, and whether the index knows them all."""
    index = container.catalogue.search_index.status()
    click.echo(f"books      {container.catalogue.books.count():,}")
    click.echo(
        f"index      {index.state}, {index.books:,} books, {index.bytes_on_disk / 1e6:,.1f} MB, generation {index.generation}"
    )
    click.echo(f"waiting    {index.waiting:,} changes" + (f" ({index.busy_with})" if index.busy_with else ""))
    if index.is_outdated:
        click.echo(
            "outdated   this version makes other terms of a book: the worker rebuilds the index, or `catalogue reindex` now"
        )
    for name, rows in container.catalogue.imports.list_interrupted():
        click.echo(f"interrupted: the import of {name} stopped after {rows:,} rows; give the command again to go on")
    if container.catalogue.imports.needs_rebuild():
        click.echo("Some books are not in the index: run `python3 run.py flask catalogue reindex`.")


@catalogue.command("reindex")
@reports_user_errors
def reindex() -> None:
    """Rebuild the search index from the catalogue and switch to it; searches go on meanwhile."""
    shown = ShownIndex()
    container.catalogue.imports.rebuild(shown.show)
    shown.ends()
    container.catalogue.name_writing.want_round()
    index = container.catalogue.search_index.status()
    click.echo(f"{index.books:,} books indexed, {index.bytes_on_disk / 1e6:,.1f} MB")


@catalogue.command("families")
@click.option(
    "--sample", type=click.IntRange(1, 1000), help="Print so many links, drawn at random, for people to check."
)
@click.option("--seed", default=1, show_default=True, help="The same links are drawn for the same seed.")
@reports_user_errors
def families(*, sample: int | None, seed: int) -> None:
    """Link translations with their originals, so that a wish may be for any language; the worker does so, too, once a day."""
    total = container.catalogue.books.count()
    bar = Bar("families")
    container.catalogue.families.link_all(lambda upto: bar.show(upto, total, f"{upto:,} books"))
    bar.end("translations linked")
    if sample is not None:
        _print_links(sample, seed)


def _print_links(count: int, seed: int) -> None:
    """Print some of the links between works, each by an edition of the translation and one of the original."""
    works = container.catalogue.work_queries
    links = works.list_links()
    drawn = sorted(Random(seed).sample(links, min(count, len(links))))  # noqa: S311 - nothing secret is drawn
    editions = works.find_tellers(sorted({work for link in drawn for work in link}))
    click.echo(f"{len(drawn)} of {len(links)} links, seed {seed}")
    for number, link in enumerate(drawn, 1):
        for mark, work in zip((f"{number:>3}", " ->"), link, strict=True):
            facts = editions[work].facts
            said = f"  says: {facts.original_title}" if facts.original_title else ""
            title = ": ".join(filter(None, (facts.title, facts.subtitle)))
            about = " · ".join(
                filter(None, (", ".join(facts.authors), facts.publisher, facts.pubdate[:4], facts.pages))
            )
            click.echo(f"{mark}  {facts.isbn13}  {facts.language:<3}  {title}  [{about}]{said}")


@catalogue.command("neighbours")
@reports_user_errors
def neighbours() -> None:
    """Find the works that are on the same members' lists, to be shown on each other's pages; the worker does so, too, once a day."""
    bar = Bar("neighbours")
    container.catalogue.neighbours.count_all(lambda upto, last: bar.show(upto, last, f"{upto:,} works"))
    bar.end("works counted")


@catalogue.command("works")
@reports_user_errors
def works() -> None:
    """Assign the books that have no work yet, or another one by this version's rule, to the works of which they are editions; the worker does so, too."""
    total = container.catalogue.works.count_left()
    bar = Bar("works")
    done = container.catalogue.works.assign_all(lambda books: bar.show(books, total, f"{books:,} books"))
    bar.end(f"{done:,} books assigned")


@catalogue.command("names")
@reports_user_errors
def names() -> None:
    """Write which authors, series, publishers and subjects there are, with their numbers of books, and count what can be browsed; the worker does so by itself."""
    bar = Bar("names")
    done = container.catalogue.name_writing.write_all(
        lambda names, share: bar.show(round(share * 1000), 1000, f"{names:,} names")
    )
    bar.end(f"{done:,} names looked at")
    container.catalogue.browse_counting.run()


@catalogue.command("export")
@click.argument("file", type=_NEW_FILE)
@reports_user_errors
def export(file: Path) -> None:
    """Write all books to FILE: .csv or .jsonl, with .gz at the end to compress. `import` reads it again."""
    total = container.catalogue.books.count()
    bar = Bar(f"exporting to {file.name}")

    def seen() -> Iterator[tuple[BookFacts, Sequence[str]]]:
        for number, book in enumerate(container.catalogue.books.walk(), start=1):
            bar.show(number, total, f"{number:,} books")
            yield book

    count = write_books(file, seen())
    bar.end("done")
    click.echo(f"{count:,} books written to {file}")


@catalogue.command("enrich")
@click.option(
    "--all", "everything", is_flag=True, help="All books with gaps, not only those that somebody gives or wishes."
)
@click.option(
    "--pause", type=click.FloatRange(min=0.2), default=1.0, show_default=True, help="Seconds between questions."
)
@reports_user_errors
def enrich(*, everything: bool, pause: float) -> None:
    """Fill missing facts of books from the enabled sources (YUSHU_SOURCES), 25 books to a question.

    What is known is never replaced. A book that was asked about is left in peace for 30 days, so an interrupted run
    goes on where it stopped.
    """
    shown = ShownEnriching()
    polite = BatchLookup(container.catalogue.sources, pause=pause, seconds=_ANSWER_SECONDS, asking=shown.asking)
    done = container.catalogue.enriching.run(polite, shown.show, listed=not everything)
    shown.ends()
    click.echo(f"{done.asked:,} books asked about, {done.known:,} known to the sources, {done.filled:,} filled")


@catalogue.command("add-isbn")
@click.argument("isbn")
@click.option("--title", default="", help="The book's title; without it the sources are asked.")
@click.option("--author", "authors", multiple=True, help="An author; may be given several times.")
@click.option("--translator", "translators", multiple=True, help="A translator; may be given several times.")
@click.option("--publisher", default="", help="Who published it.")
@click.option("--pubdate", default="", help="When: 2008, 2008-01 or 2008-01-15.")
@click.option("--language", default="", help="Its language as a code: zh, zh-Hant, en …")
@reports_user_errors
def add_isbn(isbn: str, *, title: str, **facts: object) -> None:
    """Add the book with this ISBN, or correct what is known of it; the next search finds it.

    Without a title the enabled sources are asked (YUSHU_SOURCES).
    """
    isbn13 = canonical(isbn)
    if isbn13 and not title:
        known = _asked_for(isbn13)
        isbn, title = known.isbn13, known.title
    said = book_facts({"isbn13": isbn, "title": title} | facts, source="operator")
    stored = container.catalogue.writer.store([said])
    word = "added" if stored.new else "corrected" if stored.changed else "known, nothing to change"
    click.echo(f"{said.isbn13} {said.title}: {word}")


def _asked_for(isbn13: str) -> BookFacts:
    """Return the book of the catalogue that the number leads to; else let the sources name it, which adds it there."""
    known = container.catalogue.books.resolve(isbn13)
    found = known or container.catalogue.book_lookup.find(isbn13).book
    if found is None:
        raise click.ClickException(f"no source knows {isbn13}: give its --title")
    if not known:
        click.echo(f"{isbn13} {found.facts.title}: found at {found.facts.source}")
    elif found.facts.isbn13 != isbn13:
        click.echo(f"{isbn13} is another number of {found.facts.isbn13}")
    return found.facts
