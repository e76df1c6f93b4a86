"""Every setting of the program: its name, type, default and meaning.

To add one, add an entry here and a row to ``docs/settings.md``; a test compares the two.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import limits

from config.mail_url import read_mail_url

ROOT = Path(__file__).resolve().parent.parent


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


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting.

    `default` is the text that the environment variable would hold; "" with `required_in_production` means that
    production must be told. `secret` values are masked wherever settings are shown.
    """

    name: str
    read: Callable[[str], Any]
    default: str
    meaning: str
    secret: bool = False
    required_in_production: bool = False

    @property
    def variable(self) -> str:
        """The environment variable that overrides this setting."""
        return f"YUSHU_{self.name}"


SETTINGS: tuple[Setting, ...] = (
    Setting("ENV", one_of("development", "testing", "production"), "development", "which set of defaults is used"),
    Setting("DATA_DIR", path, "var", "folder of the database file, the index, keys and caches"),
    Setting(
        "DATABASE_URL",
        database_url,
        "sqlite:///yushu.sqlite",
        "the database; a relative SQLite file lies in DATA_DIR",
        secret=True,
    ),
    Setting("HOST", text, "127.0.0.1", "address the web server listens on"),
    Setting("PORT", integer(1, 65535), "8000", "port the web server listens on"),
    Setting(
        "SITE_URL",
        site_url,
        "http://127.0.0.1:8000",
        "public address of the site, the base of links in mail and in /v2; by default where it listens",
    ),
    Setting("DEBUG", boolean, "0", "Flask's debugger and reloader; never in production"),
    Setting("LOG_FORMAT", one_of("console", "json"), "console", "how log lines are written"),
    Setting("LOG_LEVEL", one_of("debug", "info", "warning", "error"), "info", "the least level that is logged"),
    Setting(
        "SECRET_KEY",
        text,
        "",
        "signs cookies and tokens; without it a random one is kept in DATA_DIR/secret_key",
        secret=True,
        required_in_production=True,
    ),
    Setting(
        "ADDRESS_KEYS",
        words,
        "",
        "Fernet keys that encrypt addresses, newest first; without them one is kept in DATA_DIR/address_keys",
        secret=True,
        required_in_production=True,
    ),
    Setting("THREADS", integer(1, 256), "8", "threads of the web server's process, each serving one request at a time"),
    Setting("PROCESSES", integer(1, 64), "1", "processes of the web server; more than one needs MariaDB and Redis"),
    Setting(
        "POOL_WAIT_SECONDS", seconds, "5", "how long a request waits for a database connection before it gets a 503"
    ),
    Setting(
        "DATABASE_TIMEOUT_SECONDS", seconds, "10", "how long to wait for the database to connect, answer or unlock"
    ),
    Setting("DATABASE_CA", text, "", "file of the certificate authority of the MariaDB server; turns on verified TLS"),
    Setting("MAX_CONTENT_LENGTH", integer(1024), "2097152", "largest request body, in bytes"),
    Setting("TRUSTED_HOSTS", words, "", "host names the site answers to; empty: any"),
    Setting("SESSION_IDLE_DAYS", integer(1), "7", "days without a visit after which a member is logged out"),
    Setting("SESSION_DAYS", integer(1), "30", "days after which a member is logged out in any case"),
    Setting("TRUSTED_PROXIES", integer(0, 9), "0", "how many reverse proxies stand in front and set X-Forwarded-*"),
    Setting("TIME_ZONE", time_zone, "Asia/Shanghai", "time zone in which dates are shown"),
    Setting(
        "MAIL_URL",
        mail_url,
        "console:",
        "how mail leaves: console: (shown in the terminal), smtp://user:password@host:port, smtps://…, memory: (tests)",
        secret=True,
    ),
    Setting("MAIL_FROM", mailbox, "鱼书 <yushu@localhost>", "sender of the site's mail"),
    Setting("WORKER_PAUSE_SECONDS", seconds, "2", "how long the worker rests when nothing is due"),
    Setting(
        "PAGE_CACHE_SECONDS",
        integer(0),
        "60",
        "how long a visitor's page may be kept while the database is unchanged; 0: never",
    ),
    Setting("RATELIMIT_ENABLED", boolean, "1", "whether limits hold"),
    Setting(
        "RATELIMIT_STORAGE_URL",
        storage_url,
        "memory://",
        "where rates are counted; several web processes need redis://user:password@host:port/number",
        secret=True,
    ),
    Setting(
        "LIMIT_ADDRESS_FACTOR",
        integer(1),
        "40",
        "how many times what one person may do, one address may: a class shares one",
    ),
    Setting("LIMIT_LOGIN", allowance, "10 per 5 minutes", "wrong passwords"),
    Setting("LIMIT_SIGNUP", allowance, "5 per hour", "new accounts"),
    Setting("LIMIT_RESET", allowance, "5 per day", "reset links asked for"),
    Setting("LIMIT_SEARCH", allowance, "10 per second", "searches"),
    Setting("LIMIT_SUGGEST", allowance, "20 per second", "suggestions while typing"),
    Setting("LIMIT_ADD_BOOK", allowance, "30 per day", "books added by hand"),
    Setting("LIMIT_LISTS", allowance, "30 per day", "lists of books brought from elsewhere"),
    Setting("LIMIT_DRIFT", allowance, "20 per day", "requests for a book"),
    Setting("LIMIT_API", allowance, "600 per minute", "calls of /v2 from one address"),
    Setting(
        "SOURCES",
        some_of("open_library", "google_books", "yushu"),
        "",
        "where an unknown ISBN is looked up, in order: open_library, google_books, yushu; empty: nowhere",
    ),
    Setting("OPEN_LIBRARY_URL", web_address, "https://openlibrary.org", "base address of source open_library"),
    Setting(
        "GOOGLE_BOOKS_URL",
        web_address,
        "https://www.googleapis.com/books/v1",
        "base address of source google_books",
    ),
    Setting("GOOGLE_BOOKS_KEY", text, "", "key of source google_books, which is off without one", secret=True),
    Setting(
        "API_URL", web_address, "", "base address of source yushu: another site's /v2; the source is off without it"
    ),
    Setting("CONTACT", text, "", "mail address that sources are given with each question, to complain to"),
    Setting("UPSTREAM_BUDGET_SECONDS", seconds, "2.5", "how long all sources together may take for one book"),
    Setting(
        "COVER_HOSTS",
        words,
        "covers.openlibrary.org,archive.org,.archive.org,books.google.com,.googleusercontent.com,.doubanio.com",
        "hosts that a source's covers are fetched from; .x.org stands for all names under x.org",
    ),
    Setting("COVER_CACHE_BYTES", integer(0), "268435456", "how much disk covers may take, fetched and drawn, in bytes"),
    Setting("RECENT_BOOK_COUNT", integer(1, 200), "30", "how many books the first page shows as recent gifts"),
    Setting("OPEN_DRIFTS", integer(1, 100), "5", "how many requests a member may have open at once"),
    Setting("DRIFT_ANSWER_DAYS", integer(1, 365), "14", "days a giver has to answer a request"),
    Setting("DRIFT_RECEIPT_DAYS", integer(1, 365), "30", "days after posting until a book counts as received"),
    Setting(
        "DRIFT_ERASE_DAYS", integer(0, 365), "30", "days after its end until a drift's address and texts are erased"
    ),
    Setting("BEANS_UPLOAD_ONE_BOOK", beans, "0.5", "beans for a book that is listed as a gift"),
    Setting("BONUS_BOOKS", integer(0, 1000), "10", "for how many books of a member's life a listing pays beans"),
)
