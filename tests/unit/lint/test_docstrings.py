"""The check of docstrings finds what it should, wherever a docstring may stand."""

from pathlib import Path

import pytest

from tests.lint.docstrings import PLACES, find_faults, left_out, vague_openings


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ('"""Tell the time."""', 1),
        ('class Clock:\n    """Tells the time."""', 2),
        ('def now():\n    """Give the time."""', 2),
        ('async def now():\n    """\n    Say when.\n    """', 2),
        ('def outer():\n    def inner():\n        """gives nothing"""', 3),
    ],
)
def test_a_vague_opening_is_found(source: str, line: int) -> None:
    assert [found for found, _ in vague_openings(source)] == [line]


@pytest.mark.parametrize(
    "source",
    [
        '"""Return what they give."""',
        '"""Given two books, return one."""',
        'text = "Give it back"',
        '"""Sayings."""',
        "x = 1",
    ],
)
def test_other_texts_pass(source: str) -> None:
    assert not list(vague_openings(source))


@pytest.mark.parametrize("place", PLACES)
def test_the_place_is_named(place: str, tmp_path: Path) -> None:
    (tmp_path / place / "deep").mkdir(parents=True)
    (tmp_path / place / "deep" / "module.py").write_text('"""读 books."""\n\ndef f():\n    """Give it."""\n', "utf-8")
    (fault,) = find_faults(tmp_path)
    assert fault.startswith(f"{place}/deep/module.py:4: ")


def test_a_word_that_code_leaves_out_is_found_and_pages_may_have_it(tmp_path: Path) -> None:
    assert [word for _, word in left_out('def f():\n    """Whoever reckons\n\n    anew."""')] == ["Whoever", "anew"]
    for place in ("app", "docs"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "module.py").write_text('"""Whatever."""', "utf-8")
    assert [fault.split(":")[0] for fault in find_faults(tmp_path)] == ["app/module.py"]
