"""What a refusal is over HTTP."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from http import HTTPStatus
from string import Formatter

import pytest

import app.domain
from app.domain.errors import Refusal

NAMES = {
    HTTPStatus.BAD_REQUEST: ("NoSuchLanguage",),
    HTTPStatus.UNAUTHORIZED: ("LoginNeeded", "WrongCredentials"),
    HTTPStatus.FORBIDDEN: ("ConfirmationNeeded", "NotAllowed", "NotConfirmed", "GivingStopped", "RequestsStopped", "OwnCase", "Suspended", "StaffCase", "MeetingsStopped"),
    HTTPStatus.NOT_FOUND: ("BookUnknown", "DecisionNotFound", "NotOneWork", "NotShort", "CaseClosed", "SubjectGone", "NotFound", "NoSuchMember", "NobodyToBlock", "NoSuchCity", "DriftNotFound", "GiftNotFound", "WishNotFound", "ListNotFound"),
    HTTPStatus.GONE: ("LinkExpired",),
    HTTPStatus.UNPROCESSABLE_ENTITY: ("NotText", "ListRefused", "ListEmpty", "ListTooLong", "ListUnreadable", "NotABookEntry", "WrongIsbn", "NoIsbn", "NoTitle", "ShortenedIsbn", "TitleTooLong", "WrongPopularity"),
    HTTPStatus.TOO_MANY_REQUESTS: ("OfferedJustNow", "TooManyReports"),
    HTTPStatus.SERVICE_UNAVAILABLE: ("SourcesSilent",),
}  # fmt: skip


def subclasses(of: type[Refusal]) -> Iterator[type[Refusal]]:
    yield of
    for each in of.__subclasses__():
        yield from subclasses(each)


def refusals() -> dict[str, type[Refusal]]:
    """Return the refusals of the domain by name."""
    for module in pkgutil.iter_modules(app.domain.__path__, "app.domain."):
        importlib.import_module(module.name)
    return {each.__name__: each for each in subclasses(Refusal) if each.__module__.startswith("app.domain.")}


@pytest.mark.parametrize(("status", "name"), [(status, name) for status, names in NAMES.items() for name in names])
def test_a_refusal_has_the_status_of_its_kind(status: HTTPStatus, name: str) -> None:
    assert refusals()[name].status == status


def test_every_other_refusal_is_a_conflict() -> None:
    others = refusals().keys() - {name for names in NAMES.values() for name in names}
    assert {name: refusals()[name].status for name in others} == dict.fromkeys(others, HTTPStatus.CONFLICT)


@pytest.mark.parametrize("name", sorted(name for name, refusal in refusals().items() if hasattr(refusal, "zh")))
def test_a_refusal_says_what_it_is_given_in_both_languages(name: str) -> None:
    refusal = refusals()[name]
    values = {
        field: f"<{field}>" for text in (refusal.zh, refusal.en) for _, field, *_ in Formatter().parse(text) if field
    }
    refused = refusal(**values)
    assert refused.values == values
    for language, text in (("zh", refusal.zh), ("en", refusal.en)):
        assert refused.message(language) == text.replace("{", "<").replace("}", ">")
    assert str(refused) == refused.message("en")
