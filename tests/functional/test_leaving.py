"""Taking one's data along, and leaving."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta

import pytest

from app.domain.block import MetAt
from app.domain.moderation import Stop
from app.extensions import db
from app.models.bean import BeanTransfer
from app.models.book_list import BookListRow
from app.models.drift import Drift
from app.models.gift import Gift
from app.models.message import OutboxMail
from app.models.user import AccountToken, Invitation, User, UserSession
from app.services.exchange.gifts import Offer
from tests.support.exchange import AT_HOME, HOME, ISBNS, Exchange, away
from tests.support.mails import deliver, post_office
from tests.support.members import PASSWORD, MadeMember, login, make_member, open_session, quick_passwords
from tests.support.pages import PageClient
from tests.support.routes import contents
from tests.support.rows import count_rows, count_rows_of, get_row, list_rows


@pytest.fixture
def app(any_database_app):
    quick_passwords(any_database_app)
    post_office(any_database_app)
    return any_database_app


@pytest.fixture
def member(app, clock):
    return make_member(app)


def exported(client) -> dict[str, bytes]:
    response = client.get("/personal/export")
    assert response.mimetype == "application/zip"
    assert response.headers["Cache-Control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(response.data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_export_holds_everything_in_json_and_csv_and_nothing_of_others(app, page, member):
    stranger = make_member(app, "老周")
    page.post("/reset/password", {"email": member.email}, status=200)
    page.post("/reset/password", {"email": stranger.email}, status=200)
    login(page.http, member)
    files = exported(page.http)
    account = json.loads(files["account.json"])[0]
    assert (account["nickname"], account["email"]) == ("小满", member.email)
    assert account["registered_at"] == "2026-03-01T12:00:00+00:00"
    assert json.loads(files["letters.json"])[0]["kind"] == "reset_password"
    rows = list(csv.DictReader(io.StringIO(files["account.csv"].decode("utf-8-sig"))))
    assert rows[0]["nickname"] == "小满"
    assert {name.partition(".")[2] for name in files} == {"txt", "json", "csv"}
    everything = b"".join(files.values())
    assert stranger.email.encode() not in everything
    assert b"$argon2" not in everything


@pytest.mark.parametrize("nickname", ["=1+1", "＝1+1", "＋1", "－1+1", "＠SUM(1)"])
def test_no_cell_of_the_csv_is_a_formula(app, page, nickname):
    member = make_member(app, nickname)
    login(page.http, member)
    rows = list(csv.DictReader(io.StringIO(exported(page.http)["account.csv"].decode("utf-8-sig"))))
    assert rows[0]["nickname"] == f"'{nickname}"


def test_leaving_needs_the_password(app, page, member):
    login(page.http, member)
    page.get("/personal/delete")
    assert "密码不对" in page.post("/personal/delete", {"password": "a guess"}, status=200).text
    page.get("/personal")


def test_who_left_is_out_everywhere_and_nothing_personal_is_left(app, page, member):
    elsewhere = app.test_client()
    login(elsewhere, member)
    page.post("/reset/password", {"email": member.email}, status=200)
    deliver(app)
    login(page.http, member)
    page.post("/personal/delete", {"password": PASSWORD})
    assert page.http.get("/personal").status_code == 303
    assert elsewhere.get("/personal").status_code == 303
    page.post("/login", {"email": member.email, "password": PASSWORD}, status=200)
    users = contents(app)["user"]
    assert len(users) == 1, "the row stays for the ledger"
    assert member.email not in repr(users)
    assert "小满" not in repr(users)
    with app.app_context():
        assert (count_rows(UserSession), count_rows(AccountToken)) == (0, 0)
        assert {mail.user_id for mail in list_rows(OutboxMail)} <= {None}


def test_address_and_nickname_are_free_again(app, page, member):
    login(page.http, member)
    page.post("/personal/delete", {"password": PASSWORD})
    again = make_member(app)
    assert again.id != member.id
    login(page.http, again)
    page.post("/personal/delete", {"password": PASSWORD})


def test_who_is_put_out_may_be_let_in_again(app, page, member):
    login(page.http, member)
    run = app.test_cli_runner().invoke
    assert run(args=["user", "disable", member.email]).exit_code == 0
    assert page.http.get("/personal").status_code == 303
    client = PageClient(app)
    client.post("/login", {"email": member.email, "password": PASSWORD}, status=200)
    assert run(args=["user", "enable", member.email]).exit_code == 0
    client.post("/login", {"email": member.email, "password": PASSWORD})


def test_what_is_over_is_deleted_by_the_clock(app, clock, member):
    container = app.extensions["container"]
    for _browser in range(2):
        login(app.test_client(), member)
        clock.advance(timedelta(days=6))
    with app.app_context():
        container.members.account_tokens.make("reset", member.id)
        clock.advance(timedelta(days=2))
        container.members.account_tokens.make("confirm", member.id)
        jobs = {job.name: job for job in container.operations.scheduler.jobs}
        assert (jobs["forget old sessions"].run(), jobs["forget old links"].run()) == (2, 1)
        assert [token.kind for token in list_rows(AccountToken)] == ["confirm"]


def test_accounts_that_were_never_confirmed_are_forgotten(app, clock, member):
    box = app.extensions["container"]
    never = make_member(app, "从未", is_confirmed=False)
    here = make_member(app, "还在", is_confirmed=False)
    put_out = make_member(app, "出局", is_confirmed=False)
    job = next(job for job in box.operations.scheduler.jobs if job.name == "forget unconfirmed accounts")
    with app.app_context():
        box.members.leaving.disable(put_out.email)
        clock.advance(timedelta(days=29))
        late = make_member(app, "后来", is_confirmed=False)
        open_session(box, here.id)
        assert job.run() == 0
        clock.advance(timedelta(days=2))
        assert job.run() == 1
        assert job.run() == 0, "another worker finds nothing left to do"
        assert [account.id for account in list_rows(User, status=1)] == [member.id, here.id, put_out.id, late.id]
        assert count_rows(BeanTransfer) == 0
    assert make_member(app, "从未").id != never.id, "address and nickname are free again"


def test_who_confirms_at_the_last_moment_stays(app, clock):
    late = make_member(app, "最后", is_confirmed=False)
    box = app.extensions["container"]
    with app.app_context():
        clock.advance(timedelta(days=31))
        limit = int(clock.now().timestamp()) - 30 * 86400
        assert box.members.directory.list_unconfirmed(before=limit) == (late.id,)
        box.members.registration.confirm(box.members.account_tokens.make("confirm", late.id))
        assert not box.members.leaving.forget_unconfirmed(late.id, before=limit)
        assert next(box.members.directory.walk_accounts()).nickname == "最后"


def test_no_table_knows_more_of_who_left_than_the_ledger_and_others_need(app):
    with app.app_context():
        exchange = Exchange(app)
        giver, reader = exchange.rich("小满"), exchange.rich("老周")
        exchange.offer(giver, ISBNS[1], Offer(note="我家的钥匙在垫子下面"))
        drift = exchange.drifts.request(reader, exchange.offer(giver, ISBNS[0]), AT_HOME)
        exchange.drifts.post(giver, drift)
        exchange.wishes.wish_for(giver, ISBNS[2])
        exchange.container.exchange.holidays.take(giver, away(exchange, 3))
        for one in (giver, reader):
            exchange.container.exchange.blocks.block(one, MetAt.DRIFT, drift)
        box = app.extensions["container"]
        box.lists.book_lists.bring(giver, "书单", ISBNS[3].encode())
        box.lists.book_lists.forget(giver, box.lists.book_lists.bring(giver, "删掉的书单", ISBNS[3].encode()))
        box.exchange.saved_addresses.keep(giver, HOME)
        box.members.invitation_desk.make(giver, places=1, days=1, note="给三班的小李")
        box.members.second_factors.begin(giver)
        login(app.test_client(), MadeMember(giver, "", ""))
        box.members.sessions.end_others(giver)
        login(app.test_client(), MadeMember(giver, "", ""))
        needed = frozenset({"bean_balance", "bean_debt", "drift", "gift", "wish", "invitation", "member_mark"})
        assert len(count_rows_of(giver, but=needed)) > 5
        box.members.leaving.delete(giver)
        assert count_rows_of(giver, but=needed) == {}
        assert count_rows(BookListRow) == 0
        assert {gift.note for gift in list_rows(Gift, user_id=giver)} == {""}
        assert [invitation.note for invitation in list_rows(Invitation)] == [""]
        assert get_row(Drift, drift).giver_name == ""
        assert exchange.state(drift) == "mailed", "what is on its way runs to its end"
        assert exchange.breaches() == []
        exchange.drifts.receive(reader, drift)
        assert exchange.breaches() == []


#: The table of the export in which each table that names a member is found; None for hashes of what only the member knows.
EXPORTED_AS = {
    "account_token": None,
    "bean_balance": "beans",
    "bean_debt": "debts",
    "book_list": "lists",
    "drift": "drifts",
    "gift": "gifts",
    "holiday": "holidays",
    "invitation": "invitations",
    "member_block": "blocks",
    "member_mark": "marks",
    "moderation_case": "decisions",
    "moderator_act": "decisions",
    "notice": "notices",
    "open_listing": "gifts",
    "outbox_mail": "letters",
    "recovery_code": None,
    "report": "reports",
    "saved_address": "saved_address",
    "second_factor": "account",
    "user_session": "sessions",
    "wish": "wishes",
}


def test_every_table_that_names_a_member_is_in_the_export(app):
    naming = {
        table.name
        for table in db.metadata.sorted_tables
        if "user_id" in table.columns or any(key.target_fullname == "user.id" for key in table.foreign_keys)
    }
    assert naming == EXPORTED_AS.keys()
    exported_tables = {one.name for one in app.extensions["container"].operations.export._tables}
    assert exported_tables == {name for name in EXPORTED_AS.values() if name}


def test_the_export_holds_what_one_wrote_and_what_was_decided_about_one(app):
    with app.app_context():
        exchange = Exchange(app)
        giver, moderator = exchange.member("小满"), exchange.member("版主", role="moderator")
        readers = [exchange.rich(f"读者{number}") for number in range(4)]
        for reader, isbn in zip(readers[:2], ISBNS[:2], strict=True):
            drift = exchange.mailed(giver, reader, isbn)
            exchange.pass_days(15)
            exchange.drifts.claim_lost(reader, drift)
        exchange.container.exchange.moderation.lift(moderator, giver, Stop.GIVING, reason="是快递公司的错")
        exchange.drifts.receive(readers[1], drift)  # it came late, and the bean is owed again
        exchange.mailed(giver, readers[3], ISBNS[1], tracking="LX1")
        declined = exchange.drifts.request(readers[2], exchange.offer(giver, ISBNS[2]), AT_HOME)
        exchange.drifts.reject(giver, declined, reason="出门了")
        exchange.container.moderation.sanctions.suspend(moderator, giver, 1, reason="空包裹")
        own = {name: rows(giver) for name, rows in _rows_of(app).items()}
        (asked,) = _rows_of(app)["drifts"](readers[3])
        (owed,) = _rows_of(app)["debts"](readers[1])
    assert [row["reason"] for row in own["decisions"]] == ["是快递公司的错", "空包裹"]
    assert own["decisions"][1]["until"] == own["account"][0]["suspended_until"]
    assert datetime.fromisoformat(own["decisions"][1]["until"]).tzinfo is UTC, "a moment is written as all others are"
    written = [{key: row[key] for key in ("message", "refusal", "tracking") if row[key]} for row in own["drifts"]]
    assert written == [{}, {}, {"tracking": "LX1"}, {"refusal": "出门了"}]
    assert (asked["message"], asked["refusal"], asked["tracking"]) == (AT_HOME.message, "", "")
    assert (owed["tenths"], owed["subject"]) == (10, f"drift:{drift}")


def _rows_of(app):
    return {one.name: one.rows for one in app.extensions["container"].operations.export._tables}
