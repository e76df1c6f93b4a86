"""The migrations run up and down on both databases and say the same as the models."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text

from app.container import container
from app.domain.beans import EntryKind
from app.domain.nickname import NicknameReserved, NicknameTaken, nickname_key
from app.extensions import db, pool_of
from app.models import BookList, Invitation, UserSession
from app.services.exchange.gifts import Offer
from tests.support.apps import make_app
from tests.support.books import SHELF, stock
from tests.support.members import PASSWORD, quick_passwords

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def fresh_url(database_kind, request):
    if database_kind == "mariadb":
        return request.getfixturevalue("mariadb_server").create_database("migrations")
    return "sqlite:///fresh.sqlite"


def test_up_down_and_up_again(fresh_url: str, tmp_path: Path):
    app = make_app(tmp_path, fresh_url)
    with app.app_context():
        upgrade()
        assert "book" in inspect(db.engine).get_table_names()
        downgrade(revision="base")
        assert inspect(db.engine).get_table_names() == ["alembic_version"]
        upgrade()
        assert "book" in inspect(db.engine).get_table_names()
    assert pool_of(app).leased == 0


def test_the_models_and_the_migrations_agree(fresh_url: str, tmp_path: Path):
    app = make_app(tmp_path, fresh_url)
    with app.app_context():
        upgrade()
    result = app.test_cli_runner().invoke(args=["db", "check"])
    assert result.exit_code == 0, result.output


def test_lists_invitations_and_sessions_stay_alive_and_those_deleted_since_do_not_come_back(
    fresh_url: str, tmp_path: Path
):
    """Through the migration that brings `status`, up and down."""
    app = make_app(tmp_path, fresh_url)
    rows = (
        (
            "INSERT INTO user (id, email, email_key, nickname, nickname_key, password_hash, create_time) "
            "VALUES (1, '', 'a', '', 'a', '', 1)"
        ),
        "INSERT INTO user_session (id, user_id, token_hash, seen_time, create_time) VALUES (1, 1, 'a', 1, 1)",
        "INSERT INTO user_session (id, user_id, token_hash, seen_time, create_time) VALUES (2, 1, 'b', 1, 1)",
        "INSERT INTO invitation (id, code, maker_id, places, expires_at, create_time) VALUES (1, 'a', 1, 1, 1, 1)",
        "INSERT INTO book_list (id, user_id, name, header, create_time) VALUES (1, 1, '', '[]', 1)",
        "INSERT INTO book_list (id, user_id, name, header, create_time) VALUES (2, 1, '', '[]', 1)",
        "INSERT INTO book_list_row (list_id, number, cells, verdict, create_time) VALUES (2, 1, '[]', '', 1)",
    )
    with app.app_context():
        upgrade(revision="0015")
        with db.auto_commit() as session:
            for row in rows:
                session.execute(text(row))
        upgrade()
        with db.auto_commit():
            assert (BookList.query.count(), Invitation.query.count(), UserSession.query.count()) == (2, 1, 2)
            for model in (BookList, UserSession):
                model.query.filter_by(id=2).mark_deleted(at=5)
        downgrade(revision="0015")
        with db.auto_commit() as session:
            for table, left in (("book_list", 1), ("book_list_row", 0), ("invitation", 1), ("user_session", 1)):
                assert session.execute(text(f"SELECT COUNT(*) FROM {table}")).scalar() == left
        upgrade()
    assert pool_of(app).leased == 0


def test_members_whose_names_look_the_same_keep_them_and_nobody_new_gets_one(fresh_url: str, tmp_path: Path):
    """Through the migration that compares nicknames by their looks, up and down."""
    app = make_app(tmp_path, fresh_url)
    quick_passwords(app)
    names = {1: "Ivan", 2: "lvan", 3: "小满", 4: "小 满", 5: "管理员", 6: "1van", 7: "lvan 2"}
    insert = (
        "INSERT INTO user (id, email, email_key, nickname, nickname_key, password_hash, confirmed_at, create_time) "
        "VALUES (:id, :email, :email, :nickname, :key, :hash, 1, 1)"
    )
    box = app.extensions["container"]
    with app.app_context():
        upgrade(revision="0018")
        stored = box.members.passwords.hash(PASSWORD, "member")
        with db.auto_commit() as session:
            for number, name in names.items():
                values = {
                    "id": number,
                    "email": f"m{number}@a.org",
                    "nickname": name,
                    "key": name.casefold(),
                    "hash": stored,
                }
                session.execute(text(insert), values)
            session.execute(
                text(insert), {"id": 8, "email": " 8", "nickname": "已注销的书友 8", "key": " 8", "hash": "!"}
            )
        upgrade()
        keys = dict(box.core.sql.fetchall("SELECT id, nickname_key FROM user"))
        assert keys == {1: "lvan", 2: "lvan 2", 3: "小满", 4: "小满 4", 5: "管理员", 6: "lvan 6", 7: "lvan2", 8: " 8"}
        for number, name in names.items():
            known = box.members.accounts.authenticate(email=f"m{number}@a.org", password=PASSWORD)
            assert known.nickname == name
            box.members.profiles.change(number, nickname=name, language="en", wants_mail=False)
        for look in ("IVAN", "小 满", "管理员"):
            with pytest.raises((NicknameTaken, NicknameReserved)):
                box.members.registration.register(email="n@a.org", nickname=look, password=PASSWORD, language="zh")
        downgrade(revision="0018")
        assert dict(box.core.sql.fetchall("SELECT id, nickname_key FROM user")) == {
            **{number: name.casefold() for number, name in names.items()},
            8: " 8",
        }
    assert pool_of(app).leased == 0


def test_members_with_enclosed_letters_leave_the_plain_key_to_who_holds_it(fresh_url: str, tmp_path: Path):
    app = make_app(tmp_path, fresh_url)
    box = app.extensions["container"]
    insert = (
        "INSERT INTO user (id, email, email_key, nickname, nickname_key, password_hash, create_time) "
        "VALUES (:id, :email, :email, :nickname, :key, '!', 0)"
    )
    names = {1: "🅐lice", 2: "Alice", 3: "🅱ob", 4: "🇧ob", 5: "小满"}
    with app.app_context():
        upgrade(revision="0024")
        with db.auto_commit() as session:
            for number, nickname in names.items():
                key = nickname_key(nickname) if nickname.isalpha() else nickname.casefold()
                row = {"id": number, "email": f"{number}@example.org", "nickname": nickname, "key": key}
                session.execute(text(insert), row)
        upgrade(revision="0025")
        keys = dict(box.core.sql.fetchall("SELECT id, nickname_key FROM user"))
    alice, bob = nickname_key("Alice"), nickname_key("Bob")
    assert keys == {1: f"{alice} 1", 2: alice, 3: bob, 4: f"{bob} 4", 5: nickname_key("小满")}


def test_welcomes_of_before_are_carried_over_to_marks(fresh_url: str, tmp_path: Path):
    """A deleted account's address is known by the hash alone that the ledger held; that person gets no second welcome."""
    app = make_app(tmp_path, fresh_url)
    digests = {
        name: hashlib.sha256(f"{name}@example.com".encode()).hexdigest()[:40] for name in ("gone", "both", "old")
    }
    with app.app_context():
        upgrade(revision="0021")
        with db.auto_commit() as session:
            for number, (email, confirmed, status) in enumerate(
                [("", 9, 0), ("both@example.com", 9, 1), ("both+tag@example.com", 9, 1), ("code@example.com", 5, 1)], 1
            ):
                session.execute(
                    text(
                        "INSERT INTO user (email, email_key, nickname, nickname_key, password_hash, role, language, wants_mail, "
                        "confirmed_at, create_time, status) VALUES (:email, :key, :name, :name, '-', 'member', 'zh', 1, :at, 5, :status)"
                    ),
                    {
                        "email": email,
                        "key": email or " deleted 1",
                        "name": f"书友{number}",
                        "at": confirmed,
                        "status": status,
                    },
                )
            for member, digest in ((1, digests["gone"]), (2, digests["both"]), (2, digests["old"])):
                session.execute(
                    text(
                        "INSERT INTO bean_transfer (source, target, amount, subject, reason, create_time) "
                        "VALUES ('mint', :account, 5, 'welcome', :digest, 7)"
                    ),
                    {"account": f"member:{member}", "digest": digest},
                )
            session.execute(
                text("INSERT INTO bean_balance (user_id, balance, create_time) VALUES (1, 5, 7), (2, 10, 7)")
            )
        upgrade()
        rows = container.core.sql.fetchall("SELECT person_id FROM user ORDER BY id")
        assert [row[0] for row in rows] == [1, 2, 2, 4], "one person had both spellings of a mailbox"
        reasons = {row[0] for row in container.core.sql.fetchall("SELECT reason FROM bean_transfer")}
        assert reasons == {"mark:1", "mark:2", "mark:3"}
        marks = [row[0] for row in container.core.sql.fetchall("SELECT mark FROM mark")]
        assert not set(marks) & set(digests.values()), "nothing is left that can be guessed at"
        assert container.core.sql.fetchone("SELECT COUNT(*) FROM member_mark WHERE member_id = 4") == (0,)
        assert list(container.exchange.ledger_queries.list_breaches(container.exchange.policy)) == []
        stock(app)
        for name in ("gone", "both", "old", "new"):
            member = container.members.registration.create(
                email=f"{name}@example.com" if name != "both" else "both+again@example.com",
                nickname=f"再来{name}",
                password="鱼传尺素 2026 双鲤",
                is_confirmed=True,
            )
            container.exchange.gifts.offer(member, SHELF[0].isbn13, Offer())
            assert container.exchange.ledger_queries.get_balance(member) == (10 if name == "new" else 5), name
        assert list(container.exchange.ledger_queries.list_breaches(container.exchange.policy)) == []
    assert pool_of(app).leased == 0


#: Entries as they were written before they had a kind: source, target, subject, reason; and the kind that they have.
ENTRIES = (
    ("mint", "member:1", "welcome", "mark:1", EntryKind.WELCOME),
    ("mint", "member:2", "welcome", "member:2", EntryKind.WELCOME),
    ("mint", "member:1", "gift:1", "bonus 1", EntryKind.BONUS),
    ("member:1", "mint", "gift:1", "bonus 1 back", EntryKind.BONUS_BACK),
    ("member:2", "escrow", "drift:1", "escrow in", EntryKind.ESCROW),
    ("escrow", "member:2", "drift:1", "escrow out", EntryKind.REFUND),
    ("member:2", "escrow", "drift:2", "escrow in", EntryKind.ESCROW),
    ("escrow", "member:1", "drift:2", "escrow out", EntryKind.PAYOUT),
    ("member:1", "mint", "drift:2", "escrow out, left", EntryKind.SWEEP),
    ("cover", "member:1", "drift:1", "covered", EntryKind.COVER),
    ("member:2", "cover", "debt:1", "from 0", EntryKind.DEBT),
    ("member:2", "member:1", "debt:2", "from 0", EntryKind.DEBT),
    ("member:1", "mint", "debt:2", "from 0, left", EntryKind.SWEEP),
    ("member:2", "mint", "member:2", "left 0123456789abcdef", EntryKind.SWEEP),
)


def test_entries_of_before_get_the_kind_that_their_cause_tells_and_receipts_keep_who_confirmed_them(
    fresh_url: str, tmp_path: Path
) -> None:
    assert {kind for *_, kind in ENTRIES} == set(EntryKind)
    app = make_app(tmp_path, fresh_url)
    with app.app_context():
        upgrade(revision="0023")
        with db.auto_commit() as session:
            for number in (1, 2):
                session.execute(
                    text(
                        "INSERT INTO user (id, email, email_key, nickname, nickname_key, password_hash, create_time) "
                        "VALUES (:id, '', :key, :key, :key, '', 1)"
                    ),
                    {"id": number, "key": f"m{number}"},
                )
            session.execute(
                text(
                    "INSERT INTO gift (id, user_id, isbn13, open_time, create_time) VALUES (1, 1, '9787020002207', 1, 1)"
                )
            )
            for number, pressed in ((1, 0), (2, 1)):
                session.execute(
                    text(
                        "INSERT INTO drift (id, gift_id, isbn13, title, requester_id, giver_id, requester_name, giver_name, "
                        "state, pressed, create_time) VALUES (:id, 1, '9787020002207', '', 2, 1, '', '', 'received', :pressed, 1)"
                    ),
                    {"id": number, "pressed": pressed},
                )
            for source, target, subject, reason, _ in ENTRIES:
                session.execute(
                    text(
                        "INSERT INTO bean_transfer (source, target, amount, subject, reason, create_time) "
                        "VALUES (:source, :target, 10, :subject, :reason, 1)"
                    ),
                    {"source": source, "target": target, "subject": subject, "reason": reason},
                )
        upgrade()
        columns = "source, target, subject, reason"
        assert container.core.sql.fetchall(f"SELECT {columns}, kind FROM bean_transfer ORDER BY id") == list(ENTRIES)
        assert container.core.sql.fetchall("SELECT id, confirmed_by_reader FROM drift ORDER BY id") == [(1, 0), (2, 1)]
        downgrade(revision="0023")
        assert container.core.sql.fetchall(f"SELECT {columns} FROM bean_transfer ORDER BY id") == [
            row[:4] for row in ENTRIES
        ]
        assert container.core.sql.fetchall("SELECT id, pressed FROM drift ORDER BY id") == [(1, 0), (2, 1)]
    assert pool_of(app).leased == 0


def test_plainer_names_keep_versions_of_books_use_cases_and_throttles(fresh_url: str, tmp_path: Path) -> None:
    app = make_app(tmp_path, fresh_url)
    with app.app_context():
        upgrade(revision="0025")
        with db.auto_commit() as session:
            for row in (
                "INSERT INTO book (id, isbn13, title, summary, ver, create_time) VALUES (1, '9787020002207', '红楼梦', '', 7, 1)",
                "INSERT INTO search_change (book, ver, rank_value, terms) VALUES (1, 7, 5, '')",
                "INSERT INTO use_case (id, create_time) VALUES ('key', 3)",
                "INSERT INTO pace (name, last_time, create_time) VALUES ('tell 1', 4, 3)",
            ):
                session.execute(text(row))
        for change, version, done, throttle in (
            (upgrade, "version", "use_case_done", "throttle"),
            (lambda: downgrade(revision="0025"), "ver", "use_case", "pace"),
            (upgrade, "version", "use_case_done", "throttle"),
        ):
            change()
            sql = container.core.sql
            assert sql.fetchall(f"SELECT id, {version} FROM book") == [(1, 7)]
            assert sql.fetchall(f"SELECT book, {version}, rank_value FROM search_change") == [(1, 7, 5)]
            assert sql.fetchall(f"SELECT id, create_time FROM {done}") == [("key", 3)]
            assert sql.fetchall(f"SELECT name, last_time FROM {throttle}") == [("tell 1", 4)]
            assert {"use_case", "pace", "use_case_done", "throttle"} & set(inspect(db.engine).get_table_names()) == {
                done,
                throttle,
            }
    assert pool_of(app).leased == 0


def test_wishes_of_before_stay_those_of_one_edition_and_their_owners_are_asked_once(
    fresh_url: str, tmp_path: Path
) -> None:
    one, other, lone = "9787020002207", "9787020008735", "9787536692930"
    app = make_app(tmp_path, fresh_url)
    with app.app_context():
        upgrade(revision="0028")
        with db.auto_commit() as session:
            for row in (
                "INSERT INTO work (id, work_key, create_time) VALUES (5, 'k', 1)",
                (
                    f"INSERT INTO book (id, isbn13, title, summary, work_id, create_time) VALUES (1, '{one}', '红楼梦', '', 5, 1), "
                    f"(2, '{other}', '红楼梦', '', 5, 1), (3, '{lone}', '三体', '', 0, 1)"
                ),
                "INSERT INTO user (id, email, email_key, nickname, nickname_key, password_hash, create_time) VALUES "
                + ", ".join(f"({n}, '{n}@b.cn', '{n}@b.cn', '书友{n}', '书友{n}', 'x', 1)" for n in (1, 2, 3)),
                f"INSERT INTO gift (id, user_id, isbn13, note, open_time, create_time) VALUES (1, 1, '{one}', '', 1, 1)",
                (
                    "INSERT INTO wish (id, user_id, isbn13, state, create_time) "
                    f"VALUES (1, 2, '{one}', 'open', 7), (2, 2, '{lone}', 'open', 8), (3, 3, '{one}', 'withdrawn', 9)"
                ),
                (
                    "INSERT INTO open_listing (user_id, isbn13, kind, listing_id, create_time) "
                    f"VALUES (1, '{one}', 'gift', 1, 1), (2, '{one}', 'wish', 1, 7), (2, '{lone}', 'wish', 2, 8)"
                ),
            ):
                session.execute(text(row))
        sql = container.core.sql
        places = "SELECT user_id, isbn13, kind, listing_id, create_time FROM open_listing ORDER BY user_id, isbn13"
        before = sql.fetchall(places)
        for change in (upgrade, lambda: (downgrade(revision="0028"), upgrade())):
            change()
            assert sql.fetchall("SELECT id, work_id FROM gift") == [(1, 5)]
            assert sql.fetchall("SELECT id, work_id, scope, state FROM wish ORDER BY id") == [
                (1, 5, "edition", "open"),
                (2, 0, "edition", "open"),
                (3, 5, "edition", "withdrawn"),
            ]
            assert sql.fetchall(places) == before
            assert sql.fetchall("SELECT DISTINCT work_id FROM open_listing") == [(0,)]
            assert sql.fetchall("SELECT user_id, kind, create_time FROM notice") == [(2, "wishes_may_widen", 8)]

        with db.auto_commit() as session:  # what this version can say and the one before cannot
            for row in (
                "UPDATE wish SET scope = 'language' WHERE id = 1",
                "UPDATE open_listing SET isbn13 = '', work_id = 5 WHERE listing_id = 1 AND kind = 'wish'",
                (
                    "INSERT INTO wish (id, user_id, isbn13, work_id, scope, state, joined_to, create_time) "
                    f"VALUES (4, 2, '{other}', 5, 'language', 'joined', 1, 9), (5, 1, '{one}', 5, 'language', 'open', NULL, 9)"
                ),
            ):
                session.execute(text(row))
        downgrade(revision="0028")
        assert sql.fetchall("SELECT id, isbn13, state FROM wish ORDER BY id") == [
            (1, one, "open"),
            (2, lone, "open"),
            (3, one, "withdrawn"),
            (4, other, "open"),
            (5, one, "withdrawn"),  # the place is that of the member's own gift
        ]
        assert sql.fetchall(places) == sorted([*before, (2, other, "wish", 4, 9)])
    assert pool_of(app).leased == 0


def test_decisions_about_works_come_and_go_and_books_stay_where_they_are(fresh_url: str, tmp_path: Path) -> None:
    one, other = "9787020002207", "9787020008735"
    app = make_app(tmp_path, fresh_url)
    with app.app_context():
        upgrade(revision="0030")
        with db.auto_commit() as session:
            for row in (
                "INSERT INTO work (id, work_key, create_time) VALUES (5, 'k', 1), (6, 'l', 1)",
                (
                    f"INSERT INTO book (id, isbn13, title, summary, work_id, create_time) VALUES (1, '{one}', '红楼梦', '', 5, 1), "
                    f"(2, '{other}', '石头记', '', 6, 1)"
                ),
                "INSERT INTO moderator_act (id, kind, reason, create_time) VALUES (1, 'lift giving', 'x', 1)",
            ):
                session.execute(text(row))
        upgrade(revision="0031")
        sql = container.core.sql
        assert sql.fetchall("SELECT id, same_as FROM work ORDER BY id") == [(5, 0), (6, 0)]
        assert sql.fetchall("SELECT id, isbn13, other_isbn13 FROM moderator_act") == [(1, "", "")]
        with db.auto_commit() as session:
            for row in (
                "UPDATE work SET same_as = 5 WHERE id = 6",
                "UPDATE book SET work_id = 5",
                (
                    "INSERT INTO moderator_act (id, kind, isbn13, other_isbn13, create_time) "
                    f"VALUES (2, 'merge works', '{one}', '{other}', 2)"
                ),
                (
                    "INSERT INTO work_decision (id, kind, isbn13, other_isbn13, act_id, create_time) "
                    f"VALUES (1, 'merge', '{one}', '{other}', 2, 2)"
                ),
                (
                    "INSERT INTO work_override (isbn13, decision_id, work_id, known_by, rule, create_time) "
                    f"VALUES ('{one}', 1, 5, '{one}', 2, 2), ('{other}', 1, 6, '{other}', 2, 2)"
                ),
            ):
                session.execute(text(row))
        downgrade(revision="0030")
        assert sql.fetchall("SELECT id, work_id FROM book ORDER BY id") == [(1, 5), (2, 5)]
        assert sql.fetchall("SELECT id, kind FROM moderator_act") == [(1, "lift giving")]
        upgrade(revision="0031")
        assert sql.fetchvalue("SELECT COUNT(*) FROM work_decision") == 0
    assert pool_of(app).leased == 0


def test_reports_of_editions_disputes_and_stops_of_before_become_cases(fresh_url: str, tmp_path: Path) -> None:
    one, two, three = "9787020002207", "9787020008735", "9787536692930"
    app = make_app(tmp_path, fresh_url)
    drift = (
        "INSERT INTO drift (id, gift_id, isbn13, title, requester_id, giver_id, requester_name, giver_name, state, "
        "mailed_at, claimed_at, ended_at, create_time) VALUES "
    )
    with app.app_context():
        upgrade(revision="0038")
        with db.auto_commit() as session:
            for row in (
                "INSERT INTO user (id, person_id, email, email_key, nickname, nickname_key, password_hash, create_time) VALUES "
                + ", ".join(f"({n}, {n}, '{n}@b.cn', '{n}@b.cn', '书友{n}', '书友{n}', 'x', 1)" for n in (1, 2, 3, 4)),
                f"INSERT INTO gift (id, user_id, isbn13, note, open_time, create_time) VALUES (1, 1, '{one}', '', 1, 1)",
                (
                    "INSERT INTO edition_report (user_id, isbn13, other_isbn13, note, is_open, closed_time, create_time) VALUES "
                    f"(1, '{one}', '{two}', '甲', 1, NULL, 9), (2, '{one}', '{two}', '乙', 1, NULL, 7), "
                    f"(1, '{one}', '{two}', '以前', NULL, 5, 3), (2, '{one}', '{three}', '丙', 1, NULL, 8)"
                ),
                drift + f"(1, 1, '{one}', '', 2, 1, '', '', 'disputed', 5, 6, NULL, 1)",
                drift + ", ".join(f"({n}, 1, '{one}', '', 2, 3, '', '', 'lost', 5, 6, {n}, 1)" for n in (2, 3)),
                drift + ", ".join(f"({n}, 1, '{one}', '', 1, 4, '', '', 'lost', 5, 6, {n}, 1)" for n in (4, 5)),
                "INSERT INTO moderator_act (id, kind, member_id, reason, create_time) VALUES (1, 'lift giving', 4, '', 9)",
            ):
                session.execute(text(row))
        sql = container.core.sql
        columns = "user_id, isbn13, other_isbn13, note, is_open, closed_time, create_time"
        before = sql.fetchall(f"SELECT {columns} FROM edition_report ORDER BY user_id, create_time")
        upgrade(revision="0039")
        cases = sql.fetchall(
            "SELECT kind, subject_id, isbn13, other_isbn13, member_id, due_at, is_open FROM moderation_case "
            "ORDER BY kind, create_time, subject_id"
        )
        day = 86_400
        assert cases == [
            ("dispute", 1, one, "", None, 6 + 3 * day, 1),
            ("editions", 0, one, two, None, 3 + 14 * day, None),
            ("editions", 0, one, two, None, 7 + 14 * day, 1),
            ("editions", 0, one, three, None, 8 + 14 * day, 1),
            ("losses", 2, "", "", 2, 3 + 7 * day, 1),
            ("losses", 3, "", "", 3, 3 + 7 * day, 1),
            ("losses", 1, "", "", 1, 5 + 7 * day, 1),
        ], "whose losses a moderator has forgiven is not stopped"
        assert sql.fetchvalue("SELECT COUNT(*) FROM report") == len(before)
        downgrade(revision="0038")
        assert sql.fetchall(f"SELECT {columns} FROM edition_report ORDER BY user_id, create_time") == before
        upgrade(revision="0039")
        assert sql.fetchvalue("SELECT COUNT(*) FROM moderation_case") == len(cases)
    assert pool_of(app).leased == 0


def test_deadlines_that_stood_still_did_so_for_mail_and_an_older_version_finds_no_holiday(
    fresh_url: str, tmp_path: Path
) -> None:
    app = make_app(tmp_path, fresh_url)
    user = (
        "INSERT INTO user (id, email, email_key, nickname, nickname_key, password_hash, create_time) VALUES "
        "(1, '', 'a', '', 'a', '', 1), (2, '', 'b', '', 'b', '', 1)"
    )
    gift = (
        "INSERT INTO gift (id, user_id, isbn13, state, pause, open_time, create_time) VALUES "
        "(1, 1, '1', 'reserved', NULL, 1, 1), (2, 1, '2', 'reserved', NULL, 1, 1), (3, 1, '3', 'paused', 'silent', 1, 1)"
    )
    drift = (
        "INSERT INTO drift (id, gift_id, open_gift_id, isbn13, title, requester_id, giver_id, requester_name, giver_name, state, "
        "due_at, stopped_at, create_time) VALUES (1, 1, 1, '1', '', 2, 1, '', '', 'waiting', 100, 10, 1), "
        "(2, 2, 2, '2', '', 2, 1, '', '', 'waiting', 100, NULL, 1)"
    )
    stopped = "SELECT id, stopped_at, stopped_for FROM drift ORDER BY id"
    with app.app_context():
        upgrade(revision="0039")
        with db.auto_commit() as session:
            for row in (user, gift, drift):
                session.execute(text(row))
        upgrade()
        sql = container.core.sql
        assert sql.fetchall(stopped) == [(1, 10, 1), (2, None, 0)]
        with db.auto_commit() as session:
            for row in (
                "UPDATE gift SET pause = 'holiday' WHERE id = 3",
                "UPDATE drift SET stopped_for = 3 WHERE id = 1",
                "UPDATE drift SET stopped_for = 2, stopped_at = 20 WHERE id = 2",
                "INSERT INTO drift_event (drift_id, kind, party, create_time) VALUES (1, 'expired', 'holiday', 1)",
                "INSERT INTO holiday (member_id, from_at, until, create_time) VALUES (1, 1, 9, 1)",
                "INSERT INTO member_block (member_id, blocked_id, create_time) VALUES (1, 2, 1)",
            ):
                session.execute(text(row))
        downgrade(revision="0039")
        assert sql.fetchall("SELECT state, pause FROM gift WHERE id = 3") == [("paused", "silent")]
        ((mail, mail_due), (runs, due)) = sql.fetchall("SELECT stopped_at, due_at FROM drift ORDER BY id")
        assert (mail, mail_due, runs) == (10, 100, None)
        assert due > 1_700_000_000, "it stood still for all that time"
        assert sql.fetchvalue("SELECT party FROM drift_event") == "clock"
    assert pool_of(app).leased == 0
