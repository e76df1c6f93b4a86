"""What is mutated, in parts, and which tests each part is held by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tests.mutation.operators import ROOT


@dataclass(frozen=True, slots=True)
class Part:
    """Some files and the tests that shall notice every change of them; patterns as `Path.glob` reads them."""

    files: tuple[str, ...]
    tests: tuple[str, ...]

    def paths(self) -> list[str]:
        """Return the files, relative to the project."""
        return _found(self.files)

    def test_paths(self) -> list[str]:
        """Return the files of tests, relative to the project."""
        return _found(self.tests)


def _found(patterns: Iterable[str]) -> list[str]:
    return sorted({p.relative_to(ROOT).as_posix() for pattern in patterns for p in ROOT.glob(pattern)})


PARTS = {
    "numbers": Part(
        ("app/domain/isbn*.py", "app/domain/book.py"),
        (
            "tests/unit/domain/test_isbn*.py",
            "tests/unit/domain/test_book.py",
            "tests/unit/domain/test_errors.py",
            "tests/unit/domain/test_reading_list.py",
        ),
    ),
    "texts": Part(
        (
            "app/domain/text.py",
            "app/domain/characters.py",
            "app/domain/nickname.py",
            "app/domain/text_encoding.py",
        ),
        (
            "tests/unit/domain/test_characters.py",
            "tests/unit/domain/test_errors.py",
            "tests/unit/domain/test_nickname.py",
            "tests/unit/domain/test_text_encoding.py",
            "tests/unit/domain/test_text.py",
            "tests/unit/search/test_analyzer.py",
            "tests/unit/search/test_highlight.py",
            "tests/unit/search/test_query_parser.py",
        ),
    ),
    "works": Part(
        (
            "app/domain/author_key.py",
            "app/domain/book_kinds.py",
            "app/domain/edition_remarks.py",
            "app/domain/second_names.py",
            "app/domain/second_titles.py",
            "app/domain/volumes.py",
            "app/domain/edition_pages.py",
            "app/domain/work*.py",
        ),
        (
            "tests/golden/test_works.py",
            "tests/unit/domain/test_author_key.py",
            "tests/unit/domain/test_second_names.py",
            "tests/unit/domain/test_second_titles.py",
            "tests/unit/domain/test_volumes.py",
            "tests/unit/domain/test_edition_pages.py",
            "tests/unit/domain/test_work.py",
            "tests/unit/domain/test_work_family.py",
            "tests/unit/services/lists/test_row_matching.py",
        ),
    ),
    "lists": Part(
        (
            "app/domain/reading_list.py",
            "app/domain/tables.py",
            "app/domain/list_columns.py",
            "app/domain/cells.py",
            "app/domain/book_entry.py",
        ),
        (
            "tests/unit/domain/test_isbn*.py",
            "tests/unit/domain/test_reading_list.py",
            "tests/unit/domain/test_tables.py",
            "tests/unit/domain/test_book_entry.py",
            "tests/unit/domain/test_errors.py",
            "tests/unit/domain/test_list_columns.py",
            "tests/unit/services/*/test_*.py",
        ),
    ),
    "rules": Part(
        (
            "app/domain/beans.py",
            "app/domain/drift*.py",
            "app/domain/exchange_policy.py",
            "app/domain/gift.py",
            "app/domain/circle.py",
            "app/domain/mint_audit.py",
            "app/domain/wish.py",
        ),
        (
            "tests/unit/domain/test_circle.py",
            "tests/unit/domain/test_errors.py",
            "tests/unit/domain/test_mint_audit.py",
            "tests/unit/domain/test_beans.py",
            "tests/unit/domain/test_drift*.py",
            "tests/unit/domain/test_exchange_*.py",
            "tests/unit/domain/test_account.py",
            "tests/unit/forms/test_*.py",
            "tests/unit/domain/test_gift*.py",
            "tests/integration/exchange/test_drift*.py",
            "tests/integration/exchange/test_persons.py",
        ),
    ),
    "exchange": Part(
        (
            "app/services/exchange/ledger.py",
            "app/services/exchange/drift_transitions.py",
            "app/services/exchange/drift_deadlines.py",
        ),
        (
            "tests/integration/exchange/test_drift*.py",
            "tests/integration/exchange/test_ledger.py",
            "tests/integration/exchange/test_persons.py",
            "tests/integration/exchange/test_gift_announcements.py",
            "tests/integration/db/test_bounded_reads.py",
            "tests/security/test_exchange_rules.py",
            "tests/functional/test_exchange_pages.py",
            "tests/functional/test_leaving.py",
        ),
    ),
    "members": Part(
        (
            "app/domain/account.py",
            "app/libs/user_agent.py",
            "app/domain/errors.py",
            "app/domain/moderation.py",
            "app/http/limits.py",
            "app/libs/rates.py",
            "app/services/members/sessions.py",
        ),
        (
            "tests/unit/domain/test_account.py",
            "tests/unit/forms/test_account_forms.py",
            "tests/unit/libs/test_rates.py",
            "tests/unit/libs/test_user_agent.py",
            "tests/unit/domain/test_errors.py",
            "tests/functional/test_accounts.py",
            "tests/functional/test_guess_limits.py",
            "tests/functional/test_invitations.py",
            "tests/functional/test_limits.py",
            "tests/functional/test_lockout.py",
            "tests/functional/test_second_factor.py",
            "tests/functional/test_moderation_page.py",
            "tests/integration/members/test_account_re*.py",
            "tests/integration/members/test_second_factors.py",
            "tests/integration/members/test_sessions.py",
            "tests/integration/exchange/test_moderation.py",
            "tests/integration/test_told_events.py",
            "tests/security/test_sessions.py",
            "tests/security/test_passwords.py",
        ),
    ),
    "database": Part(
        (
            "app/db/sql_helper.py",
            "app/db/database.py",
            "app/mail/outbox.py",
            "app/services/operations/mail_delivery.py",
        ),
        (
            "tests/integration/db/test_auto_commit.py",
            "tests/integration/test_events.py",
            "tests/integration/operations/test_outbox.py",
            "tests/integration/db/test_soft_delete.py",
            "tests/integration/db/test_sql_helper.py",
            "tests/integration/catalogue/test_catalogue_version.py",
            "tests/integration/exchange/test_gift_announcements.py",
            "tests/functional/test_my_mail.py",
        ),
    ),
    "covers": Part(
        ("app/covers/*_cover.py", "app/covers/drawing.py", "app/covers/parts.py", "app/covers/vertical_text.py"),
        (
            "tests/unit/covers/test_cover.py",
            "tests/unit/covers/test_drawn_covers.py",
            "tests/unit/covers/test_vertical_text.py",
        ),
    ),
}
