"""A large site, made by a few dozen statements: so many members, and everything else in proportion.

What waits for a job today is the same few rows at any size; what merely stands there grows with the members.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from app.db.dialects import dialect_of
from app.domain.block import MOST_BLOCKS
from app.domain.city import City, find_city, towns_around
from app.domain.city_choice import SHOWN_FROM
from app.domain.work import RULE
from app.libs.clock import epoch
from app.services.catalogue import works
from app.services.members.sessions import hash_token
from tests.bench.harness import fill as fill_books
from tests.bench.harness import opened
from tests.support.apps import NOON

DAY = 86_400
NOW = epoch(NOON)
LONG_AGO = NOW - 400 * DAY
#: How many rows of each kind a job finds to be done, at any size.
DUE = 5
#: The member whose pages are looked at, also a moderator; somebody with a long history; and the cookie's tokens.
MODERATOR, BUSY = 1, 10
TOKENS = {MODERATOR: "the moderator's token", BUSY: "the busy member's token"}
#: Where half of the members live: a quarter of all in the first, the others around it.
CITIES = towns_around(cast("City", find_city(1796236)), 60)
#: A gift that may be asked for.
GIFT = 50
#: Works that every member has wished and got long ago, so that they have as many persons as the site has, and share them all.
BEST_SELLERS = (801, 802)
#: How many drifts, notices, transfers the busy member has on top of everybody's share.
HISTORY = 400

_SQLITE = ("PRAGMA foreign_keys = OFF", "PRAGMA synchronous = OFF", "PRAGMA journal_mode = MEMORY", "BEGIN")
_MARIADB = (
    "SET SESSION foreign_key_checks = 0, unique_checks = 0, sql_mode = 'PIPES_AS_CONCAT,STRICT_ALL_TABLES'",
    "START TRANSACTION",
)
#: The states of drifts in their order: (share of the members' number, state, state of its gift).
_OPEN = ("waiting", "mailed", "disputed")


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many rows of each kind a site of `members` has."""

    members: int

    @property
    def books(self) -> int:
        return self.members // 5

    @property
    def on_shelf(self) -> int:
        return self.members * 8 // 10

    @property
    def waiting(self) -> int:
        return self.members // 10

    @property
    def mailed(self) -> int:
        return self.members // 10

    @property
    def disputed(self) -> int:
        return self.members // 200

    @property
    def open_drifts(self) -> int:
        return self.waiting + self.mailed + self.disputed

    @property
    def gifts(self) -> int:
        return self.on_shelf + self.open_drifts

    @property
    def drifts(self) -> int:
        return self.members * 2

    @property
    def notices(self) -> int:
        return self.members * 5


class Crowd:
    """Fills a migrated database."""

    def __init__(self, connection: Any, kind: str, sizes: Sizes, sealed: str) -> None:
        self._cursor = connection.cursor()
        self._kind = kind
        self._sealed = f"'{sealed}'"
        self.sizes = sizes

    def insert(self, table: str, count: int, **columns: object) -> None:
        """Insert `count` rows; each column is an expression of `i`, which counts from 1."""
        names, values = ", ".join(columns), ", ".join(map(str, columns.values()))
        if self._kind == "sqlite":
            numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})"
            self._run(f"{numbers} INSERT INTO {table} ({names}) SELECT {values} FROM n")
        else:
            self._run(f"INSERT INTO {table} ({names}) SELECT {values} FROM (SELECT seq AS i FROM seq_1_to_{count}) n")

    def fill(self) -> None:
        for prepare in _SQLITE if self._kind == "sqlite" else _MARIADB:
            self._run(prepare)
        self._add_works()
        self._add_members()
        self._add_gifts()
        self._add_cities()
        self._add_drifts()
        self._add_cases()
        self._add_holidays()
        self._add_blocks()
        self._add_beans()
        self._add_messages()
        self._add_lists()
        self._run("COMMIT")
        if self._kind == "sqlite":
            self._run("PRAGMA journal_mode = WAL")
        else:
            self._cursor.execute("SHOW TABLES")
            for (table,) in self._cursor.fetchall():
                self._run(f"ANALYZE TABLE `{table}`")

    def _run(self, statement: str) -> None:
        self._cursor.execute(statement)
        self._cursor.fetchall()

    def _add_works(self) -> None:
        settled = self.sizes.books - DUE
        self.insert("work", settled, work_key="'w' || i", create_time=LONG_AGO)
        self._run(f"UPDATE book SET work_id = id WHERE id <= {settled}")
        for name, number in ((works.RULE_NOTED, RULE), (works.UPTO_NOTED, settled)):
            self.insert("site_count", 1, name=f"'{name}'", number=number, create_time=LONG_AGO)

    def _add_members(self) -> None:
        n = self.sizes.members
        unconfirmed, left = "i > 100 AND i % 50 = 7", "i > 100 AND i % 100 = 3"
        due = f"i > {n - DUE}"
        self.insert(
            "user",
            n,
            person_id="i",
            email="'m' || i || '@example.net'",
            email_key="'m' || i || '@example.net'",
            nickname="'书友' || i",
            nickname_key="REPLACE(REPLACE('书友' || i, '0', 'o'), '1', 'l')",
            password_hash="'!'",
            role=f"CASE WHEN i IN ({MODERATOR}, 2, 3) THEN 'moderator' ELSE 'member' END",
            status=f"CASE WHEN {left} THEN 0 ELSE 1 END",
            deleted_at=f"CASE WHEN {left} THEN {NOW - 30 * DAY} END",
            confirmed_at=f"CASE WHEN ({unconfirmed}) OR ({left}) OR ({due}) THEN NULL ELSE {LONG_AGO} END",
            disabled_at=f"CASE WHEN i > 100 AND i % 1000 = 4 THEN {NOW - DAY} END",
            create_time=f"CASE WHEN {unconfirmed} THEN {NOW - DAY} ELSE {LONG_AGO} + i END",
        )
        old = f"i <= {DUE} AND i NOT IN ({', '.join(map(str, TOKENS))})"
        ended = "i > 100 AND i % 10 = 0"
        tokens = " ".join(f"WHEN {member} THEN '{hash_token(token)}'" for member, token in TOKENS.items())
        self.insert(
            "user_session",
            n - DUE,
            user_id="i",
            token_hash=f"CASE i {tokens} ELSE 't' || i END",
            agent="'test'",
            status=f"CASE WHEN {ended} THEN 0 ELSE 1 END",
            deleted_at=f"CASE WHEN i BETWEEN 101 AND 300 AND {ended} THEN {NOW - 30 * DAY} WHEN {ended} THEN {NOW - DAY} END",
            seen_time=f"CASE WHEN {old} THEN {LONG_AGO} ELSE {NOW - 60} - i % 1000 END",
            create_time=f"CASE WHEN {old} THEN {LONG_AGO} ELSE {NOW - 5 * DAY} END",
        )
        self.insert("mark", n, mark="'mark ' || i", create_time=LONG_AGO)
        self.insert("member_mark", n, mark_id="i", member_id="i", create_time=LONG_AGO)
        self.insert("site_secret", 1, id=1, sealed=self._sealed, create_time=LONG_AGO)
        self.insert("saved_address", n // 2, user_id="i", sealed=self._sealed, create_time=NOW)
        self.insert(
            "second_factor", n // 20, user_id="i + 100", sealed_secret=self._sealed, enabled_at=NOW, create_time=NOW
        )
        self.insert("recovery_code", n // 2, user_id="1 + i % 100", code_hash="'c' || i", create_time=NOW)
        self._set_few(
            "account_token", n // 10, "expires_at", user_id="1 + i % 1000", kind="'confirm'", token_hash="'l' || i"
        )
        self._set_few("use_case_done", n, "create_time", id="'u' || i")
        self.insert("throttle", n, name="'pace ' || i", last_time=NOW, create_time=NOW)
        self.insert(
            "invitation",
            n // 1000,
            code="'i' || i",
            maker_id="1 + i % 3",
            places=5,
            used=0,
            status="CASE WHEN i % 2 = 0 THEN 0 ELSE 1 END",
            deleted_at=f"CASE WHEN i % 2 = 0 THEN {NOW - DAY} END",
            expires_at="1 + i",
            create_time=NOW,
        )

    def _set_few(self, table: str, count: int, column: str, **columns: object) -> None:
        """Insert rows of which the first few are old by this column, and all others of today."""
        columns |= {"create_time": NOW, column: f"CASE WHEN i <= {DUE} THEN {LONG_AGO} ELSE {NOW + 60} END"}
        self.insert(table, count, **columns)

    def _isbn(self, number: str) -> str:
        return f"(SELECT isbn13 FROM book WHERE id = 1 + ({number}) % {self.sizes.books})"

    def _add_gifts(self) -> None:
        """Put gifts on the shelf, then those of the open drifts, in the drifts' order."""
        s = self.sizes
        state = f"WHEN i <= {s.on_shelf} THEN 'open' WHEN i <= {s.on_shelf + s.waiting} THEN 'reserved'"
        self.insert(
            "gift",
            s.gifts,
            id="i",
            user_id=f"CASE WHEN i <= {s.on_shelf} THEN i ELSE {self._giver(f'i - {s.on_shelf}')} END",
            isbn13=self._isbn("i"),
            state=f"CASE {state} ELSE 'launched' END",
            open_time=f"{LONG_AGO} + i",
            create_time=f"{LONG_AGO} + i",
        )
        self.insert("gift_telling", 5, gift_id="i", create_time=NOW)
        self.insert(
            "wish",
            s.members,
            user_id="i",
            isbn13=self._isbn("i * 3 + 1"),
            state="CASE WHEN i % 10 = 0 THEN 'fulfilled' ELSE 'open' END",
            scope="CASE WHEN i % 2 = 0 THEN 'edition' ELSE 'language' END",
            create_time=f"{NOW - DAY}",
        )
        for book in BEST_SELLERS:
            self.insert(
                "wish",
                s.members,
                user_id="i",
                isbn13=self._isbn(str(book - 1)),
                state="'fulfilled'",
                create_time=LONG_AGO,
            )
        for table in ("gift", "wish"):
            self._run(f"UPDATE {table} SET work_id = (SELECT b.work_id FROM book b WHERE b.isbn13 = {table}.isbn13)")
        place = {
            "gift": "isbn13, 0",
            "wish": "CASE scope WHEN 'edition' THEN isbn13 ELSE '' END, CASE scope WHEN 'edition' THEN 0 ELSE work_id END",
        }
        places = f"SELECT user_id, PLACE, 'KIND', id, {NOW} FROM TABLE WHERE state = 'open'"
        for table in ("gift", "wish"):
            select = places.replace("KIND", table).replace("TABLE", table).replace("PLACE", place[table])
            also = (
                "" if table == "gift" else " AND isbn13 <> (SELECT MIN(isbn13) FROM gift WHERE gift.id = wish.user_id)"
            )
            self._run(
                f"INSERT INTO open_listing (user_id, isbn13, work_id, kind, listing_id, create_time) {select}{also}"
            )

    def _add_cities(self) -> None:
        """Let half of the members show a city, and their gifts tell it."""
        others = " ".join(f"WHEN {n} THEN {city}" for n, city in enumerate(CITIES))
        cases = f"CASE id % {len(CITIES)} {others} END"
        self._run(
            f"UPDATE user SET city_id = CASE WHEN id % 4 = 0 OR id = {BUSY} THEN {CITIES[0]} ELSE {cases} END, city_shown = 1 "
            "WHERE id % 2 = 0"
        )
        self._run(
            "UPDATE gift SET city_id = (SELECT u.city_id FROM user u WHERE u.id = gift.user_id), language = CASE WHEN id % 3 = 0 THEN 'en' ELSE 'zh' END"
        )
        for city in CITIES:
            self._run(f"INSERT INTO shown_city (city_id, members, create_time) VALUES ({city}, {SHOWN_FROM}, {NOW})")

    def _giver(self, drift: str) -> str:
        return f"1 + (({drift}) * 3 + 1) % {self.sizes.members}"

    def _add_drifts(self) -> None:
        """Make the waiting, mailed and disputed ones first, then those that ended, then the busy member's."""
        s = self.sizes
        is_open, is_waiting = f"i <= {s.open_drifts}", f"i <= {s.waiting}"
        state = (
            f"CASE WHEN {is_waiting} THEN 'waiting' WHEN i <= {s.waiting + s.mailed} THEN 'mailed' "
            f"WHEN {is_open} THEN 'disputed' WHEN i % 100 = 1 THEN 'lost' WHEN i % 10 = 2 THEN 'withdrawn' ELSE 'received' END"
        )
        is_busy = f"i > {s.drifts}"
        first_due = f"i <= {DUE} OR i BETWEEN {s.waiting + 1} AND {s.waiting + DUE}"
        stopped = f"i BETWEEN 2000 AND {2000 + s.members // 200}"
        self.insert(
            "drift",
            s.drifts + HISTORY,
            id="i",
            gift_id=f"CASE WHEN {is_open} THEN {s.on_shelf} + i ELSE {s.on_shelf + s.waiting} + 1 + i % {s.mailed} END",
            open_gift_id=f"CASE WHEN {is_open} THEN {s.on_shelf} + i END",
            isbn13=self._isbn("i"),
            title="'书 ' || i",
            requester_id=f"CASE WHEN {is_busy} THEN {BUSY} ELSE 1 + (i * 3) % {s.members} END",
            giver_id=self._giver("i"),
            requester_name="'a'",
            giver_name="'b'",
            state=state,
            reminded=f"CASE WHEN {is_open} THEN 2 ELSE 0 END",
            due_at=f"CASE WHEN {first_due} THEN {NOW - DAY} WHEN {is_open} THEN {NOW + 3 * DAY} + i % 1000 END",
            remind_at=f"CASE WHEN {first_due} THEN {NOW - 60} WHEN {is_open} THEN {NOW + DAY} + i % 1000 END",
            stopped_at=f"CASE WHEN {stopped} THEN {NOW - 20 * DAY} END",
            stopped_for=f"CASE WHEN {stopped} THEN 1 + i % 2 * 2 ELSE 0 END",
            mailed_at=f"CASE WHEN {is_waiting} OR i > {s.open_drifts} AND i % 10 = 2 THEN NULL ELSE {NOW - 20 * DAY} END",
            claimed_at=f"CASE WHEN i % 100 = 1 OR i > {s.waiting + s.mailed} AND {is_open} THEN {NOW - 10 * DAY} END",
            ended_at=f"CASE WHEN {is_open} THEN NULL WHEN i > {s.drifts - DUE} THEN {NOW - 60 * DAY} ELSE {NOW - 5 * DAY} END",
            confirmed_by_reader="1",
            create_time=f"{NOW - 10 * DAY}",
        )
        self.insert(
            "drift_event", s.drifts, drift_id="i", kind="'waiting'", party="'requester'", create_time=NOW - 10 * DAY
        )
        self.insert("drift_address", s.members, drift_id="i", sealed=self._sealed, create_time=NOW)
        self.insert(
            "moderator_act",
            s.members // 100,
            moderator_id=MODERATOR,
            kind="CASE WHEN i % 2 = 0 THEN 'received' ELSE 'lift giving' END",
            drift_id="CASE WHEN i % 2 = 0 THEN i END",
            member_id="CASE WHEN i % 2 = 1 THEN i + 100 END",
            create_time=NOW - DAY,
        )

    def _add_cases(self) -> None:
        """Report gifts, the first of them by very many; few cases are open, and few that were closed still have their words."""
        n = self.sizes.members // 100
        is_open = f"i <= {self.sizes.disputed}"
        self.insert(
            "moderation_case",
            n,
            kind="CASE WHEN i % 2 = 1 THEN 'gift' ELSE 'dispute' END",
            subject_id=f"{GIFT} - 1 + i",
            isbn13=self._isbn("i"),
            member_id=f"{GIFT} - 1 + i",
            reason="'selling'",
            quote="'x'",
            due_at=f"{NOW} + i",
            is_open=f"CASE WHEN {is_open} THEN 1 END",
            closed_time=f"CASE WHEN {is_open} THEN NULL WHEN i > {n - DUE} THEN {LONG_AGO} ELSE {NOW - DAY} END",
            create_time=NOW - DAY,
        )
        self.insert(
            "report",
            2 * n + HISTORY,
            case_id=f"CASE WHEN i <= {n} THEN i ELSE 1 END",
            user_id=f"CASE WHEN i <= {min(HISTORY // 4, n)} THEN {BUSY} ELSE 1000 + i END",
            reason="'selling'",
            note="'x'",
            create_time=NOW - 3 * DAY,
        )

    def _add_holidays(self) -> None:
        """Send every tenth member away, a few of them just now, and give the busy one a history."""
        n = self.sizes.members // 10
        is_busy = f"i > {n}"
        is_new = f"i BETWEEN {n - DUE + 1} AND {n}"
        self.insert(
            "holiday",
            n + HISTORY,
            member_id=f"CASE WHEN {is_busy} THEN {BUSY} ELSE i * 10 - 1 END",
            from_at=f"CASE WHEN {is_busy} THEN {LONG_AGO} WHEN {is_new} THEN {NOW - 60} ELSE {NOW - 20 * DAY} END",
            until=f"CASE WHEN {is_busy} THEN {NOW - 100 * DAY} + i WHEN i % 10 = 0 THEN {NOW - DAY} ELSE {NOW + 10 * DAY} END",
            stage=f"CASE WHEN {is_busy} OR i % 10 = 0 THEN 'over' WHEN {is_new} THEN 'planned' ELSE 'long' END",
            due_at=f"CASE WHEN {is_busy} OR i % 10 = 0 THEN NULL WHEN {is_new} THEN {NOW - 60} ELSE {NOW + 10 * DAY} END",
            create_time=f"{NOW - 21 * DAY}",
        )

    def _add_blocks(self) -> None:
        """Let everybody have blocked somebody, the busy member as many as one may, and a hundredth of all the busy member."""
        n, most = self.sizes.members, MOST_BLOCKS
        is_of_busy, is_against = f"i > {n} AND i <= {n + most}", f"i > {n + most}"
        self.insert(
            "member_block",
            n + most + n // 100,
            member_id=f"CASE WHEN {is_of_busy} THEN {BUSY} WHEN {is_against} THEN 1000 + i - {n + most} ELSE i END",
            blocked_id=f"CASE WHEN {is_of_busy} THEN 200 + i - {n} WHEN {is_against} THEN {BUSY} ELSE 1 + (i + 17) % {n} END",
            create_time=NOW,
        )

    def _add_beans(self) -> None:
        """Enter welcomes that pay for everything, and what each drift moved; then fold the balances."""
        s = self.sizes
        amount = f"CASE WHEN i = {BUSY} THEN {100 + 10 * HISTORY} ELSE 100 END"
        self._add_transfers(s.members, "'mint'", "'member:' || i", amount, "'welcome'", "'welcome'", "'mark ' || i")
        drifts = "INSERT INTO bean_transfer (source, target, amount, kind, subject, reason, create_time) SELECT "
        self._run(
            f"{drifts} 'member:' || requester_id, 'escrow', 10, 'escrow', 'drift:' || id, 'escrow in', {NOW} FROM drift"
        )
        self._run(
            f"{drifts} 'escrow', 'member:' || CASE WHEN state = 'received' THEN giver_id ELSE requester_id END, 10, "
            "CASE WHEN state = 'received' THEN 'payout' ELSE 'refund' END, "
            f"'drift:' || id, 'escrow out', {NOW} FROM drift WHERE open_gift_id IS NULL"
        )
        member = "CAST(SUBSTR(account, 8) AS INTEGER)"
        self._run(
            f"INSERT INTO bean_balance (user_id, balance, create_time) SELECT {member}, SUM(amount), {NOW} FROM ("
            "SELECT target AS account, amount FROM bean_transfer WHERE target LIKE 'member:%' UNION ALL "
            f"SELECT source, -amount FROM bean_transfer WHERE source LIKE 'member:%') t GROUP BY {member}"
        )
        self.insert(
            "bean_debt",
            s.members // 100,
            debtor_id="i + 100",
            creditor="'member:7'",
            amount=10,
            subject="'lost ' || i",
            create_time=NOW,
        )

    def _add_transfers(self, count: int, *values: str) -> None:
        names = ("source", "target", "amount", "kind", "subject", "reason")
        self.insert("bean_transfer", count, **dict(zip(names, values, strict=True)), create_time=NOW)

    def _add_messages(self) -> None:
        s = self.sizes
        self.insert(
            "notice",
            s.notices + 5 * HISTORY,
            user_id=f"CASE WHEN i > {s.notices} THEN {BUSY} ELSE 1 + i % {s.members} END",
            kind="'drift_requested'",
            drift_id=f"1 + i % {s.drifts}",
            read_at=f"CASE WHEN i % 3 = 0 THEN NULL ELSE {NOW - DAY} END",
            create_time=NOW - 3 * DAY,
        )
        failed = "i % 100 = 0"
        self.insert(
            "outbox_mail",
            s.members * 2,
            message_id="'<' || i || '@yushu>'",
            user_id=f"CASE WHEN i <= {DUE} THEN {self._giver('i + 100')} ELSE 1 + i % {s.members} END",
            address="''",
            language="'zh'",
            kind=f"CASE WHEN {failed} OR i <= {DUE} THEN 'drift_requested' ELSE 'remind_giver' END",
            subject="'书'",
            context="'{}'",
            state=f"CASE WHEN {failed} OR i <= {DUE} THEN 'failed' WHEN i > {s.members * 2 - DUE} THEN 'queued' ELSE 'sent' END",
            due_at=f"CASE WHEN i <= {DUE} OR i > {s.members * 2 - DUE} THEN {NOW - 60} ELSE {NOW - 9 * DAY} END",
            ended_at=(
                f"CASE WHEN i BETWEEN {DUE + 1} AND {2 * DUE} THEN {LONG_AGO} WHEN i <= {DUE} THEN {NOW - 60} "
                f"WHEN i > {s.members * 2 - DUE} THEN NULL ELSE {NOW - 9 * DAY} END"
            ),
            create_time=f"CASE WHEN i <= {DUE} THEN {NOW - 120} ELSE {NOW - 9 * DAY} END",
        )

    def _add_lists(self) -> None:
        n = self.sizes.members // 100
        self.insert(
            "book_list",
            n,
            user_id="i",
            name="'书单'",
            header="'[\"书名\"]'",
            create_time=f"CASE WHEN i BETWEEN 20 AND 24 THEN {LONG_AGO} ELSE {NOW - DAY} END",
        )
        self.insert(
            "book_list_row",
            n * 50,
            list_id="1 + (i - 1) % " + str(n),
            number=f"1 + (i - 1 - (i - 1) % {n}) / {n}",
            cells="'[]'",
            title="'三体'",
            verdict="'pending'",
            create_time=NOW,
        )


def make_crowd(folder: Path, url: str, members: int) -> None:
    """Migrate and fill a database; the same rows each time."""
    sizes = Sizes(members)
    fill_books(folder, url, sizes.books)
    with opened(folder, url) as app:
        sealed = app.extensions["container"].core.sealer.seal(
            {"name": "小满", "mobile": "13800138000", "address": "四川省成都市草堂路三十七号"}
        )
    dialect = dialect_of(url, data_dir=folder, timeout_seconds=600)
    if dialect.NAME == "sqlite":
        with closing(sqlite3.connect(dialect.file, isolation_level=None)) as connection:
            Crowd(connection, "sqlite", sizes, sealed).fill()
    else:
        connection = dialect.connect()
        try:
            Crowd(connection, "mysql", sizes, sealed).fill()
        finally:
            connection.close()
    with opened(folder, url) as app:
        app.extensions["container"].catalogue.search_index.rebuild()
