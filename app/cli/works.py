"""`flask catalogue …`: which editions are one work, and which may be a part of it."""

from __future__ import annotations

import click

from app.cli.catalogue import catalogue
from app.cli.progress import Bar
from app.cli.reasons import reason_option
from app.cli.user_errors import reports_user_errors
from app.container import container
from app.libs.clock import from_epoch

#: The group, with these commands in it.
__all__ = ("catalogue",)


_REASON = reason_option("Why, for the record that moderators see.")


@catalogue.command("merge")
@click.argument("isbn")
@click.argument("other")
@_REASON
@reports_user_errors
def merge(isbn: str, other: str, *, reason: str) -> None:
    """Make the works of two books one: all their editions, and those that come later, count as the same book."""
    number = container.catalogue.work_decisions.merge(None, isbn, other, reason=reason)
    click.echo(f"merged; `catalogue undo {number}` takes it back")


@catalogue.command("part")
@click.argument("isbn")
@click.option("--into", metavar="ISBN", help="Put it into this book's work; without it, it becomes a work of its own.")
@_REASON
@reports_user_errors
def part(isbn: str, *, into: str | None, reason: str) -> None:
    """Take one edition out of its work, which keeps the others."""
    decisions = container.catalogue.work_decisions
    if into is None:
        number = decisions.part(None, isbn, reason=reason)
    else:
        number = decisions.put(None, isbn, into, reason=reason)
    click.echo(f"parted; `catalogue undo {number}` takes it back")


@catalogue.command("undo")
@click.argument("number", type=int)
@_REASON
@reports_user_errors
def undo(number: int, *, reason: str) -> None:
    """Take back what was decided about works, by its number in `catalogue overrides`."""
    container.catalogue.work_decisions.undo(None, number, reason=reason)
    click.echo(f"decision {number} is taken back")


_DECISIONS_AT_ONCE = 100


@catalogue.command("overrides")
@reports_user_errors
def overrides() -> None:
    """Print what moderators decided about works, newest first, with who, when and why."""
    offset = 0
    while rows := container.catalogue.decision_list.list_decisions(limit=_DECISIONS_AT_ONCE, offset=offset):
        for row in rows:
            books = " + ".join(
                f"{isbn} {title}"
                for isbn, title in ((row.isbn13, row.title), (row.other_isbn13, row.other_title))
                if isbn
            )
            undone = " (taken back)" if row.undone_time else ""
            click.echo(
                f"{row.id:>6}  {from_epoch(row.time):%Y-%m-%d}  {row.kind:<5}{undone}  {books}  {row.moderator or 'operator'}: {row.reason}"
            )
        offset += len(rows)
    if not offset:
        click.echo("nothing was decided")


@catalogue.command("short-editions")
@reports_user_errors
def short_editions() -> None:
    """Look at all works, and print the editions with less than half the pages of their work's median, which may be one volume only.

    The worker does so, too, once a day; moderators see the list on /moderation/short-editions.
    """
    bar = Bar("short editions")
    container.catalogue.short_edition_listing.look_at_all(
        lambda upto, last: bar.show(min(upto, last), last, f"{min(upto, last):,} works")
    )
    bar.end("all works looked at")
    offset = 0
    while container.catalogue.short_editions.has_open(offset=offset):
        for row in container.catalogue.short_editions.list_open(limit=_DECISIONS_AT_ONCE, offset=offset):
            facts = row.book.facts
            click.echo(f"{facts.isbn13}  {facts.pages:>5} of {row.median:>5} pages  {facts.title}")
        offset += _DECISIONS_AT_ONCE
    if not offset:
        click.echo("no edition is short")


@catalogue.command("whole")
@click.argument("isbn")
@_REASON
@reports_user_errors
def whole(isbn: str, *, reason: str) -> None:
    """Record that an edition that `catalogue short-editions` lists is whole; it is not listed again."""
    number = container.catalogue.work_decisions.call_whole(None, isbn, reason=reason)
    click.echo(f"called whole; `catalogue undo {number}` takes it back")
