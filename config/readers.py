"""How the text of a setting becomes its value: a reader per kind, each refusing what is none of its kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import limits

from config.mail_url import read_mail_url

ROOT = Path(__file__).resolve().parent.parent
_FERNET_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")


class NotASettingValueError(ValueError):
    """A text that cannot be read as the setting's type; its message completes "must be …"."""


def text(value: str) -> str:
    """Take the text as it is."""
    return value


def integer(minimum: int, maximum: int | None = None) -> Callable[[str], int]:
    """Make a reader of whole numbers from `minimum` to `maximum`, both included."""

    def read(value: str) -> int:
        wanted = (
            f"a whole number of at least {minimum}"
            if maximum is None
            else f"a whole number from {minimum} to {maximum}"
        )
        try:
            number = int(value)
        except ValueError:
            raise NotASettingValueError(wanted) from None
        if number < minimum or (maximum is not None and number > maximum):
            raise NotASettingValueError(wanted)
        return number

    read.__name__ = "integer"
    return read


def seconds(value: str) -> float:
    """Read a duration in seconds, above zero."""
    try:
        number = float(value)
    except ValueError:
        raise NotASettingValueError("a number of seconds") from None
    if not 0 < number < float("inf"):
        raise NotASettingValueError("a number of seconds above zero")
    return number


def beans(value: str) -> float:
    """Read an amount of beans, down to a tenth, not below zero."""
    try:
        number = float(value)
    except ValueError:
        raise NotASettingValueError("a number of beans such as 0.5") from None
    if not 0 <= number <= 1000 or abs(number * 10 - round(number * 10)) > 1e-9:
        raise NotASettingValueError("a number of beans from 0 to 1000, in tenths")
    return number


def boolean(value: str) -> bool:
    """Read 1/0, true/false, yes/no, on/off in any case."""
    folded = value.strip().lower()
    if folded in {"1", "true", "yes", "on"}:
        return True
    if folded in {"0", "false", "no", "off"}:
        return False
    raise NotASettingValueError("one of 1, 0, true, false, yes, no, on, off")


def words(value: str) -> tuple[str, ...]:
    """Read a comma-separated list; empty parts are dropped."""
    return tuple(part.strip() for part in value.split(",") if part.strip())


def fernet_keys(value: str) -> tuple[str, ...]:
    """Read a comma-separated list of Fernet keys, newest first: 32 bytes each in URL-safe base64."""
    keys = words(value)
    if not all(_FERNET_KEY.fullmatch(key) for key in keys):
        raise NotASettingValueError(
            "keys of 32 bytes in URL-safe base64, as "
            '`python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"` makes them'
        )
    return keys


def path(value: str) -> Path:
    """Read a path; a relative one counts from the project's folder."""
    return ROOT / Path(value).expanduser()


def one_of(*choices: str) -> Callable[[str], str]:
    """Make a reader that takes only the given words."""

    def read(value: str) -> str:
        if value not in choices:
            raise NotASettingValueError("one of " + ", ".join(choices))
        return value

    read.__name__ = "choice"
    return read


def database_url(value: str) -> str:
    """Read a database's address: SQLite (a file) or MariaDB/MySQL through PyMySQL."""
    wanted = "sqlite:///FILE or mysql://user:password@host:port/name"
    scheme, separator, rest = value.partition("://")
    if scheme == "mariadb" or scheme.startswith("mariadb+"):
        scheme = "mysql"
    if not separator or scheme not in {"sqlite", "mysql", "mysql+pymysql"}:
        raise NotASettingValueError(wanted)
    if scheme == "sqlite":
        if rest in {"", "/", "/:memory:"}:
            raise NotASettingValueError(f"{wanted}; a database in memory has no second connection")
        return value
    return f"mysql+pymysql://{rest}"


def site_url(value: str) -> str:
    """Read the site's public address, without a slash at the end."""
    if not value.startswith(("http://", "https://")):
        raise NotASettingValueError("an address that starts with http:// or https://")
    return value.rstrip("/")


def web_address(value: str) -> str:
    """Read the base address of another server, without a slash at the end; empty stays empty."""
    wanted = "an address that starts with http:// or https://, without a name or password in it"
    try:
        parts = urlsplit(value)
        parts.port  # noqa: B018 - raises for a port that is none
    except ValueError:
        raise NotASettingValueError(wanted) from None
    if value and (parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc):
        raise NotASettingValueError(wanted)
    return value.rstrip("/")


def some_of(*choices: str) -> Callable[[str], tuple[str, ...]]:
    """Make a reader of comma-separated lists that takes only the given words, each once."""

    def read(value: str) -> tuple[str, ...]:
        chosen = words(value)
        if not set(chosen) <= set(choices) or len(set(chosen)) != len(chosen):
            raise NotASettingValueError("a comma-separated list of " + ", ".join(choices))
        return chosen

    read.__name__ = "choices"
    return read


def mail_url(value: str) -> str:
    """Read how mail leaves the house; the text stays as it is, see `config.mail_url`."""
    try:
        read_mail_url(value)
    except ValueError as wanted:
        raise NotASettingValueError(wanted) from None
    return value


def mailbox(value: str) -> str:
    """Read a sender: a mail address, or a name with the address in angle brackets."""
    local, _, domain = parseaddr(value)[1].rpartition("@")
    if not local or not domain or not value.isprintable():
        raise NotASettingValueError("a mail address, or NAME <ADDRESS>")
    return value


def allowance(value: str) -> str:
    """Read how often something may be done, such as ``10 per 5 minutes``; several are divided by ";"."""
    try:
        limits.parse_many(value)
    except ValueError:
        raise NotASettingValueError("a number per time, such as 10 per 5 minutes") from None
    return value


def storage_url(value: str) -> str:
    """Read where rates are counted."""
    if value != "memory://" and not value.startswith(("redis://", "rediss://", "redis+unix://")):
        raise NotASettingValueError("memory:// or redis://user:password@host:port/number")
    return value


def time_zone(value: str) -> str:
    """Read the name of a time zone."""
    try:
        ZoneInfo(value)
    except (LookupError, ValueError, OSError):
        raise NotASettingValueError("the name of a time zone, such as Asia/Shanghai") from None
    return value
