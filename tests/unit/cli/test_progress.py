"""Progress is a bar on a terminal and a few lines in a log."""

from __future__ import annotations

import io

from app.cli.progress import Bar


class Terminal(io.StringIO):
    """Claims that it is a terminal."""

    def isatty(self) -> bool:
        return True


class Ascii(io.StringIO):
    """Cannot write Chinese or blocks."""

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return "ascii"


def test_a_terminal_shows_a_bar_that_is_written_over() -> None:
    out = Terminal()
    bar = Bar("loading", out)
    bar.show(1, 2, "1 row")
    bar.end("2 rows")
    first, second = out.getvalue().split("\r")[1:]
    assert first == "loading " + "█" * 14 + "░" * 14 + "  50%  1 row"
    assert second.rstrip() == "loading: 2 rows"
    assert second.endswith("\n")
    assert len(second.rstrip("\n")) >= len(first)


def test_a_terminal_is_not_written_to_for_every_row() -> None:
    out = Terminal()
    bar = Bar("loading", out)
    for row in range(10_000):
        bar.show(row, 10_000)
    assert out.getvalue().count("\r") < 100


def test_a_log_gets_the_result_alone_when_the_task_is_quick() -> None:
    out = Ascii()
    bar = Bar("loading 鱼书", out)
    for row in range(100):
        bar.show(row, 100)
    bar.end("done")
    assert out.getvalue() == "loading ??: done\n"


def test_an_unknown_total_shows_no_share() -> None:
    out = Terminal()
    Bar("sorting", out).show(5, 0, "merge")
    assert out.getvalue() == "\rsorting  merge"
