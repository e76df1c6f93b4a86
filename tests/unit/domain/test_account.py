"""Who may do what, and what an account, a password and a code must be like."""

from __future__ import annotations

import re

import pytest

from app.domain.account import (
    MODERATORS,
    ROLES,
    ConfirmationNeeded,
    Member,
    NotAllowed,
    Role,
    UnfitAccount,
    ensure_permitted,
    fold_key,
    is_guessable,
    is_password_length,
    make_invitation_code,
    make_recovery_code,
    permissions_of,
    typed_code,
    typed_invitation,
)
from app.domain.nickname import NICKNAME_WIDTHS


def member(role: Role, *, confirmed: bool) -> Member:
    return Member(
        id=1, email="", nickname="", role=role, language="", wants_mail=True, is_confirmed=confirmed, session_id=1, session_seen=0,
        suspended_until=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("role", "confirmed", "permissions"),
    [
        ("member", False, set()),
        ("member", True, {"exchange"}),
        ("moderator", False, {"moderate"}),
        ("moderator", True, {"moderate", "exchange"}),
        ("admin", True, {"moderate", "exchange"}),
    ],
)
def test_a_role_and_a_confirmed_address_permit(role: Role, permissions: set[str], *, confirmed: bool) -> None:
    assert permissions_of(member(role, confirmed=confirmed)) == permissions


def test_visitors_may_do_nothing_more_and_moderators_are_who_may_decide() -> None:
    assert permissions_of(None) == frozenset()
    assert {role for role in ROLES if "moderate" in permissions_of(member(role, confirmed=True))} == MODERATORS
    assert set(ROLES) - {"member"} == MODERATORS


def test_what_is_not_permitted_is_refused_with_what_would_help() -> None:
    ensure_permitted("exchange", frozenset({"exchange"}))
    with pytest.raises(ConfirmationNeeded):
        ensure_permitted("exchange", frozenset({"moderate"}))
    with pytest.raises(NotAllowed):
        ensure_permitted("moderate", frozenset({"exchange"}))


def test_addresses_are_compared_without_case_width_and_spaces() -> None:
    assert fold_key(" Ａnna@EXAMPLE.org ") == "anna@example.org"
    assert fold_key(fold_key("ΐ@x")) == fold_key("ΐ@x")


@pytest.mark.parametrize(("length", "fits"), [(0, False), (7, False), (8, True), (128, True), (129, False)])
def test_a_password_has_eight_to_128_characters(length: int, *, fits: bool) -> None:
    assert is_password_length("x" * length) is fits


def test_a_password_withstands_a_hundred_million_guesses() -> None:
    assert is_guessable(99_999_999)
    assert not is_guessable(100_000_000)


def test_the_refusal_of_an_account_names_the_widths_and_lengths_that_are_checked() -> None:
    numbers = [*map(str, NICKNAME_WIDTHS), "8", "128"]
    for text in (UnfitAccount.zh, UnfitAccount.en):
        assert re.findall("[0-9]+", text) == numbers


def test_a_recovery_code_is_sixteen_letters_and_digits_in_fours_however_it_is_typed() -> None:
    codes = {make_recovery_code() for _ in range(50)}
    assert len(codes) == 50
    for code in codes:
        assert re.fullmatch("[A-Z2-7]{4}(-[A-Z2-7]{4}){3}", code)
        assert typed_code(f" {code.lower().replace('-', ' ')}\u3000") == code.replace("-", "")


def test_an_invitation_is_ten_signs_that_do_not_look_alike_however_it_is_typed() -> None:
    codes = {make_invitation_code() for _ in range(50)}
    assert len(codes) == 50
    for code in codes:
        assert re.fullmatch("[A-HJ-NP-Z2-9]{10}", code)
        assert typed_invitation(f" {code[:5].lower()}-{code[5:]} ") == code
