"""Read what proves who somebody is: passwords' hashes, mailed links, second factors."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.row_mapper import RowMapper
from app.db.sql_helper import SqlHelper
from app.libs.passwords import password_mark


@dataclass(frozen=True, slots=True)
class CredentialsRow:
    """An account that may log in, with the hash of its password. `nickname` and `email` are context words of it."""

    user_id: int
    email: str
    nickname: str
    nickname_key: str
    password_hash: str
    browser_generation: int
    is_confirmed: bool
    has_second_factor: bool

    @property
    def mark(self) -> str:
        """What changes with the password, and tells nothing of it."""
        return password_mark(self.password_hash)


@dataclass(frozen=True, slots=True)
class LinkRow:
    """What a valid link in a mail says; `email` is the address it is about."""

    user_id: int
    email: str


@dataclass(frozen=True, slots=True)
class FactorRow:
    """A member's second factor: begun (`is_on` is False) or on, and how many recovery codes are left."""

    sealed_secret: str
    is_on: bool
    codes_left: int


_CREDENTIALS = RowMapper(
    CredentialsRow,
    "u",
    user_id="u.id",
    is_confirmed="u.confirmed_at IS NOT NULL",
    has_second_factor="f.user_id IS NOT NULL",
)
_LOGIN = (
    f"SELECT {_CREDENTIALS.columns} "
    "FROM user u LEFT JOIN second_factor f ON f.user_id = u.id AND f.enabled_at IS NOT NULL "
    "WHERE u.status = 1 AND u.disabled_at IS NULL AND "
)


_LINK = RowMapper(LinkRow, "t")
_FACTOR = RowMapper(
    FactorRow,
    "f",
    is_on="f.enabled_at IS NOT NULL",
    codes_left="(SELECT COUNT(*) FROM recovery_code c WHERE c.user_id = f.user_id)",
)


#: The one kind of link that works for members who were put out.
_FOR_DISABLED = "appeal"


class CredentialQueries:
    """Look up what proves who somebody is. Disabled and deleted members are not found."""

    def __init__(self, sql: SqlHelper) -> None:
        self._sql = sql

    def find_by_email(self, email_key: str) -> CredentialsRow | None:
        """Find an account by its folded address."""
        return self._read(f"{_LOGIN}u.email_key = :wanted", email_key)

    def find(self, user_id: int) -> CredentialsRow | None:
        """Find an account by its number."""
        return self._read(f"{_LOGIN}u.id = :wanted", user_id)

    def find_link(self, kind: str, token_hash: str, *, now: int) -> LinkRow | None:
        """Find a mailed link that still works at `now` (epoch seconds); a disabled member's does not, but for an appeal."""
        row = self._sql.fetchone(
            f"SELECT {_LINK.columns} FROM account_token t JOIN user u ON u.id = t.user_id "
            "WHERE t.token_hash = :token AND t.kind = :kind AND t.expires_at > :now "
            "AND u.status = 1 AND (u.disabled_at IS NULL OR t.kind = :for_disabled)",
            {"token": token_hash, "kind": kind, "now": now, "for_disabled": _FOR_DISABLED},
        )
        return _LINK.read_optional(row)

    def find_factor(self, user_id: int) -> FactorRow | None:
        """Find a member's second factor, begun or on."""
        row = self._sql.fetchone(
            f"SELECT {_FACTOR.columns} FROM second_factor f WHERE f.user_id = :user_id", {"user_id": user_id}
        )
        return _FACTOR.read_optional(row)

    def _read(self, query: str, wanted: object) -> CredentialsRow | None:
        return _CREDENTIALS.read_optional(self._sql.fetchone(query, {"wanted": wanted}))
