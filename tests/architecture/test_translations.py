"""English is complete: every Chinese text of the program has a translation, and no translation is left over."""

from __future__ import annotations

import re
from functools import cache

import pytest
from babel.messages.catalog import Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from tests.support.paths import ROOT

ENGLISH = ROOT / "app" / "translations" / "en"
METHODS = [("**.py", "python"), ("templates/**", "jinja2")]
KEYWORDS = dict.fromkeys(("_", "_l", "gettext", "lazy_gettext")) | dict.fromkeys(("ngettext", "lazy_ngettext"), (1, 2))
PLACEHOLDER = re.compile(r"%\((\w+)\)s|\{(\w*)\}")


def singular(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


@cache
def used() -> dict[str, str]:
    found = {}
    for file, line, message, _comments, _context in extract_from_dir(ROOT / "app", METHODS, keywords=KEYWORDS):
        found[singular(message)] = f"{file}:{line}"
    return found


@cache
def translated() -> dict[str, tuple[str, Message]]:
    found: dict[str, tuple[str, Message]] = {}
    for file in sorted(ENGLISH.glob("*.po")):
        with file.open("rb") as source:
            for message in read_po(source, locale="en"):
                if message.id:
                    found[singular(message.id)] = (file.name, message)
    return found


def test_the_program_has_texts_to_translate():
    assert len(used()) > 50


def test_every_text_has_an_english_translation():
    missing = {text: place for text, place in used().items() if text not in translated() or not all(strings(text))}
    assert not missing, "add these to app/translations/en/<area>.po"


def test_no_translation_is_left_over():
    left_over = {text: file for text, (file, _message) in translated().items() if text not in used()}
    assert not left_over, "nothing says these any more"


def test_no_text_is_translated_twice():
    seen: dict[str, str] = {}
    for file in sorted(ENGLISH.glob("*.po")):
        with file.open("rb") as source:
            for message in read_po(source, locale="en"):
                if message.id:
                    assert singular(message.id) not in seen, f"in {seen[singular(message.id)]} and {file.name}"
                    seen[singular(message.id)] = file.name


def test_translations_fill_in_the_same_values():
    wrong = {
        text: string
        for text in used()
        for string in strings(text)
        if values(text) != values(string)
        and not (set(values(string)) | {"num"} >= set(values(text)) >= set(values(string)))
    }
    assert not wrong


def test_no_translation_holds_chinese_that_its_original_does_not_quote():
    wrong = {text for text in used() for string in strings(text) if re.search(r"[\u4e00-\u9fff]", string)}
    assert not wrong


def strings(text: str) -> list[str]:
    if text not in translated():
        return []
    string = translated()[text][1].string
    return [string] if isinstance(string, str) else list(string)


def values(text: str) -> list[str]:
    return sorted(name or other for name, other in PLACEHOLDER.findall(text))


@pytest.mark.parametrize("text", ["搜书"])
def test_the_extraction_sees_both_templates_and_python(text: str):
    assert text in used()
