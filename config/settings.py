"""Every setting of the program: its name, type, default and meaning.

To add one, add an entry here and a row to ``docs/settings.md`` and ``settings.zh.md``; a test compares them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from config.readers import (
    allowance,
    beans,
    boolean,
    database_url,
    fernet_keys,
    integer,
    mail_url,
    mailbox,
    one_of,
    path,
    seconds,
    site_url,
    some_of,
    storage_url,
    text,
    time_zone,
    web_address,
    words,
)


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
        fernet_keys,
        "",
        "Fernet keys that encrypt addresses, newest first; without them one is kept in DATA_DIR/address_keys",
        secret=True,
        required_in_production=True,
    ),
    Setting(
        "THREADS", integer(1, 256), "8", "threads of a web process for looking at pages, one request at a time each"
    ),
    Setting(
        "WRITE_THREADS", integer(1, 256), "8", "threads of a web process for forms and all else that may change data"
    ),
    Setting("PROCESSES", integer(1, 64), "1", "processes of the web server; more than one needs MariaDB and Redis"),
    Setting(
        "REQUEST_WAIT_SECONDS",
        seconds,
        "10",
        "how long one request may wait in all, for a thread, a connection, locks and repeats, before it gets a 503",
    ),
    Setting(
        "POOL_WAIT_SECONDS", seconds, "5", "how long a request waits for a database connection before it gets a 503"
    ),
    Setting(
        "DATABASE_TIMEOUT_SECONDS", seconds, "10", "how long to wait for the database to connect, answer or unlock"
    ),
    Setting("DATABASE_CA", text, "", "file of the certificate authority of the MariaDB server; turns on verified TLS"),
    Setting("MAX_CONTENT_LENGTH", integer(1024), "2097152", "largest request body, in bytes"),
    Setting(
        "HEADER_SECONDS", integer(1, 60), "10", "how long a connection may take for a request's headers, or be idle"
    ),
    Setting("BODY_SECONDS", seconds, "5", "how long a request's body may take, besides the time that its size allows"),
    Setting(
        "BODY_BYTES_PER_SECOND", integer(1), "16384", "how fast a request's body must come; what is slower gets a 408"
    ),
    Setting("TRUSTED_HOSTS", words, "", "host names the site answers to; empty: any"),
    Setting("SESSION_IDLE_DAYS", integer(1), "7", "days without a visit after which a member is logged out"),
    Setting("SESSION_DAYS", integer(1), "30", "days after which a member is logged out in any case"),
    Setting("UNCONFIRMED_DAYS", integer(7), "30", "days after which an account that was never confirmed is forgotten"),
    Setting(
        "KEEP_DELETED_DAYS",
        integer(1, 365),
        "14",
        "days for which a deleted list can be restored, and ended sessions and invitations are kept, before they are removed",
    ),
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
    Setting(
        "LIMIT_ACCOUNT_FACTOR",
        integer(1),
        "5",
        "how many times the wrong guesses of one network may come from all networks for one account; known browsers aside",
    ),
    Setting(
        "LIMIT_LOGIN", allowance, "10 per 5 minutes", "wrong passwords for one account from one network or browser"
    ),
    Setting("LIMIT_CODE", allowance, "10 per 5 minutes; 30 per day", "wrong codes of a second factor, in the same way"),
    Setting("LIMIT_SIGNUP", allowance, "5 per hour", "new accounts"),
    Setting("LIMIT_RESET", allowance, "5 per day", "reset links asked for"),
    Setting("LIMIT_SEARCH", allowance, "10 per second", "searches"),
    Setting("LIMIT_SUGGEST", allowance, "20 per second", "suggestions while typing"),
    Setting("LIMIT_ELSEWHERE", allowance, "20 per minute", "searches at the sources outside"),
    Setting("LIMIT_ADD_BOOK", allowance, "30 per day", "books added by hand"),
    Setting("LIMIT_LISTS", allowance, "30 per day", "lists of books brought from elsewhere"),
    Setting("LIMIT_HOLIDAY", allowance, "20 per day", "holidays taken or ended"),
    Setting("LIMIT_DRIFT", allowance, "20 per day", "requests for a book"),
    Setting("LIMIT_API", allowance, "600 per minute; 40 per second", "calls of /v2 that are not answered from memory"),
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
