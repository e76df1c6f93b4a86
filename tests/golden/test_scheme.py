"""Who changes the terms of a book must raise the scheme's number, or indexes built before would be asked for terms they lack."""

from __future__ import annotations

from hashlib import blake2b

from app.search.analyzer import SCHEME, terms
from tests.golden.starter import read_starter

KNOWN = (6, "39008247bc8d035f")
"""(scheme, hash of the terms that it gives)"""


def test_another_term_of_any_book_of_the_starter_catalogue_raises_the_scheme() -> None:
    seen = blake2b(digest_size=8)
    for book in read_starter():
        seen.update("\n".join(sorted(terms(book).words)).encode())
    assert (SCHEME, seen.hexdigest()) == KNOWN, "raise SCHEME in app/search/analyzer.py, then write both here"
