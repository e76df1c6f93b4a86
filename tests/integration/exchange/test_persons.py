"""One person behind several accounts: deleted and made again, or with an address changed many times."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from contextlib import suppress

import pytest
from cryptography.fernet import Fernet

from app.domain.beans import MINT
from app.domain.drift_request import OwnGift
from app.domain.errors import Refusal
from app.extensions import db
from app.libs.encryption import Sealer
from app.libs.mail_addresses import address_digest, canonical_address
from app.models.bean import BeanBalance, BeanTransfer
from app.models.user import Mark, MemberMark, SiteSecret, User
from app.services.unit_of_work import UseCases
from tests.support.at_once import AT_ONCE, at_once
from tests.support.exchange import AT_HOME, ISBNS, Exchange
from tests.support.members import PASSWORD
from tests.support.rows import count_rows, list_rows

ADDRESS = "xiao.man+books@gmail.com"


@pytest.fixture
def exchange(crowded_exchange: Exchange) -> Exchange:
    return crowded_exchange


def minted() -> int:
    """Return what the mint paid, in tenths of a bean."""
    return sum(transfer.amount for transfer in list_rows(BeanTransfer, source=MINT))


def persons() -> set[int]:
    """Return whose accounts there are."""
    return {account.person_id for account in list_rows(User)}


def take_for(account: int, person: int) -> None:
    """Let the site take an account for that of a person, against what its marks say."""
    with db.auto_commit():
        User.query.filter_by(id=account).update({"person_id": person})


def test_delete_and_come_back_gets_no_second_two_books(exchange: Exchange) -> None:
    """Four lives of one address in 17 days had eight books."""
    givers = [exchange.member(f"送书人{number}") for number in range(4)]
    books = 0
    for life, giver in enumerate(givers):
        member = exchange.join(f"转世{life}", ADDRESS)
        for isbn in ISBNS[:4]:
            exchange.offer(member, isbn)
        for isbn in ISBNS[4:6]:
            with suppress(Refusal):
                drift = exchange.drifts.request(member, exchange.offer(giver, isbn), AT_HOME)
                exchange.drifts.post(giver, drift)
                exchange.drifts.receive(member, drift)
                books += 1
        exchange.container.members.leaving.delete(member)
        exchange.pass_days(4)
    assert books == 2
    assert minted() == 25 + 4 * 15, "four listings and a welcome of one person, and what the givers' listings paid"


def test_changing_the_address_four_times_a_day_earns_nothing(exchange: Exchange) -> None:
    """Two accounts minted 43 beans in eight days."""
    members = [exchange.join(name, f"{name.encode().hex()}@example.com") for name in ("换信箱的", "也换信箱")]
    gifts = [exchange.offer(member) for member in members]
    for day in range(8):
        for change in range(4):
            for member, gift in zip(members, gifts, strict=True):
                exchange.move(member, f"m{member}d{day}c{change}@example.com")
                exchange.gifts.withdraw(member, gift)
                exchange.gifts.resume(member, gift)
        exchange.pass_days(1)
    assert [exchange.balance(member) for member in members] == [10, 10]


def test_thirty_two_accounts_with_one_mark_get_one_welcome(exchange: Exchange) -> None:
    members = []
    for number in range(AT_ONCE):
        members.append(exchange.join(f"同一人{number}", ADDRESS))
        exchange.move(members[-1], f"away{number}@example.com")
    won, lost = at_once(exchange, [lambda member=member: exchange.offer(member) for member in members])
    assert (won, lost) == (AT_ONCE, [])
    assert count_rows(BeanTransfer, subject="welcome") == 1
    assert minted() == 25, "four bonuses and a welcome, for all of them together"


def test_who_came_by_a_code_is_paid_after_a_first_receipt(exchange: Exchange) -> None:
    moderator = exchange.member("版主")
    code = exchange.container.members.invitation_desk.make(moderator, places=2, days=3, note="")
    exchange.container.members.registration.register(
        email="code@example.com", nickname="凭码来的", password=PASSWORD, language="zh", invitation=code
    )
    member = exchange.container.members.directory.get_id("code@example.com")
    first = exchange.offer(member)
    assert exchange.balance(member) == 0
    reader = exchange.rich("读者")
    drift = exchange.drifts.request(reader, first, AT_HOME)
    exchange.drifts.post(member, drift)
    exchange.drifts.receive(reader, drift)
    assert exchange.balance(member) == 10
    exchange.offer(member, ISBNS[1])
    assert exchange.balance(member) == 20, "a bonus, and the welcome that had waited"


def test_a_reset_by_mail_makes_an_invited_account_known(exchange: Exchange) -> None:
    moderator = exchange.member("版主")
    code = exchange.container.members.invitation_desk.make(moderator, places=2, days=3, note="")
    exchange.container.members.registration.register(
        email="code@example.com", nickname="凭码来的", password=PASSWORD, language="zh", invitation=code
    )
    member = exchange.container.members.directory.get_id("code@example.com")
    token = exchange.container.members.account_tokens.make("reset", member, email="code@example.com")
    exchange.container.members.accounts.reset_password(token, "另一个 2026 的密码呀")
    exchange.offer(member)
    assert exchange.balance(member) == 10


def test_ratio_and_losses_are_those_of_all_accounts(exchange: Exchange) -> None:
    member = exchange.join("旧账号", ADDRESS)
    for isbn in ISBNS[:4]:
        exchange.offer(member, isbn)
    giver = exchange.member("送书人")
    lost = exchange.mailed(giver, member, ISBNS[4])
    exchange.pass_days(15)
    exchange.drifts.claim_lost(member, lost)
    received = exchange.mailed(giver, member, ISBNS[5])
    exchange.drifts.receive(member, received)
    exchange.container.members.leaving.delete(member)
    again = exchange.join("新账号", "x.iaoman+again@googlemail.com")
    standing = exchange.container.exchange.facts.get_standing(again)
    assert (standing.received, standing.sent, standing.lost_in, standing.parcels_in) == (2, 0, 1, 2)
    assert exchange.balance(again) == 0
    other = exchange.container.exchange.facts.get_standing(giver)
    assert (other.received, other.sent, other.lost_out, other.parcels_out) == (0, 1, 1, 2)


def test_the_second_claim_of_a_year_by_another_account_goes_to_a_moderator(exchange: Exchange) -> None:
    member, giver = exchange.join("旧账号", ADDRESS), exchange.member("送书人")
    exchange.offer(member)
    first = exchange.mailed(giver, member, ISBNS[4])
    exchange.pass_days(15)
    assert exchange.drifts.claim_lost(member, first) == "lost"
    again = exchange.join("另一个", "other@example.com")
    exchange.offer(again)
    second = exchange.mailed(giver, again, ISBNS[5])
    exchange.move(member, "away@example.com")
    exchange.move(again, ADDRESS)
    exchange.pass_days(15)
    assert exchange.drifts.claim_lost(again, second) == "disputed"


def test_nobody_asks_for_the_gift_of_their_other_account(exchange: Exchange) -> None:
    one = exchange.join("一号", ADDRESS)
    exchange.move(one, "away@example.com")
    other = exchange.join("二号", ADDRESS)
    exchange.offer(one, ISBNS[1])
    with pytest.raises(OwnGift):
        exchange.drifts.request(one, exchange.offer(other), AT_HOME)


def test_thirty_two_confirmations_of_one_mailbox_make_one_person(exchange: Exchange) -> None:
    members = [exchange.member(f"接力{number}") for number in range(AT_ONCE)]

    def confirm(member: int) -> None:
        with db.auto_commit():
            exchange.container.members.marks.add(member, ADDRESS)

    won, lost = at_once(
        exchange,
        [
            lambda member=member: UseCases(exchange.container.core.clock).run(lambda: confirm(member))
            for member in members
        ],
    )
    assert (won, lost) == (AT_ONCE, [])
    assert persons() == {min(members)}


def test_a_debt_follows_the_person_who_comes_back(exchange: Exchange) -> None:
    member, giver = exchange.join("旧账号", ADDRESS), exchange.member("送书人")
    exchange.offer(member)
    late = exchange.mailed(giver, member, ISBNS[4])
    exchange.pass_days(15)
    exchange.drifts.claim_lost(member, late)
    exchange.drifts.post(giver, exchange.drifts.request(member, exchange.offer(giver, ISBNS[5]), AT_HOME))
    exchange.drifts.receive(member, late)
    assert exchange.container.exchange.ledger_queries.get_owed(member) == 10, "to cover, which had paid the giver"
    exchange.container.members.leaving.delete(member)
    again = exchange.join("新账号", ADDRESS)
    assert exchange.container.exchange.ledger_queries.get_owed(again) == 10
    exchange.offer(again, ISBNS[1])
    exchange.offer(again, ISBNS[2])
    assert exchange.balance(again) == 0
    assert (
        exchange.container.exchange.ledger_queries.get_owed(again)
        == exchange.container.exchange.ledger_queries.get_owed(member)
        == 0
    )
    exchange.offer(again, ISBNS[3])
    assert exchange.balance(again) == 5


def test_nobody_pays_themselves_when_the_two_sides_of_a_debt_become_one_person(exchange: Exchange) -> None:
    debtor, creditor = exchange.rich("欠的"), exchange.member("债主")
    other, third = exchange.rich("另一位"), exchange.rich("第三位")
    lost = [exchange.mailed(creditor, other, ISBNS[1]), exchange.mailed(creditor, debtor, ISBNS[2])]
    on_its_way = exchange.mailed(creditor, third, ISBNS[0])
    exchange.pass_days(15)
    for member, drift in zip((other, debtor), lost, strict=True):
        exchange.drifts.claim_lost(member, drift)
    exchange.drifts.request(debtor, exchange.offer(exchange.member("送书人"), ISBNS[3]), AT_HOME)
    exchange.drifts.receive(debtor, lost[1])
    assert exchange.container.exchange.ledger_queries.get_owed(debtor) == 10, "the giver's second loss was not covered"
    exchange.move(debtor, ADDRESS)
    exchange.move(debtor, "away@example.com")
    exchange.move(creditor, ADDRESS)
    before = exchange.balance(creditor)
    exchange.drifts.receive(third, on_its_way)
    assert exchange.balance(creditor) == before + 10


def test_the_mark_outlives_the_account_and_the_rotation_of_keys(exchange: Exchange) -> None:
    member = exchange.join("要走的", ADDRESS)
    exchange.offer(member)
    exchange.container.members.leaving.delete(member)
    new = Fernet.generate_key().decode()
    old = exchange.container.core.settings["ADDRESS_KEYS"]
    exchange.container.operations.key_rotation._sealer = Sealer([new, *old])
    assert exchange.container.operations.key_rotation.run() == 1
    exchange.container.members.marks._sealer = Sealer([new])
    again = exchange.join("又来了", ADDRESS)
    exchange.offer(again)
    assert exchange.balance(again) == 5, "a bonus, and no second welcome"


def test_no_mark_is_made_of_an_address_that_can_be_guessed_at(exchange: Exchange) -> None:
    exchange.join("小满", ADDRESS)
    guess = address_digest(canonical_address(ADDRESS))
    [stored] = list_rows(Mark)
    assert stored.mark not in {guess, hashlib.sha256(guess.encode()).hexdigest()}
    [secret] = list_rows(SiteSecret)
    assert secret.sealed.startswith("gAAAA")


def test_the_count_of_what_the_mint_paid_is_independent(exchange: Exchange) -> None:
    """An account paid beyond what its person may have, and one taken for another person, are both found."""
    member = exchange.join("小满", ADDRESS)
    exchange.offer(member)
    exchange.container.members.leaving.delete(member)
    again = exchange.join("又来了", ADDRESS)
    exchange.pass_days(1)
    take_for(again, again)
    assert [breach.what for breach in exchange.breaches()] == [
        "an account is taken for another person than its marks say"
    ]
    gifts = [exchange.offer(again, isbn) for isbn in ISBNS[:4]]
    found = {breach.what: breach.values for breach in exchange.breaches()}
    payment, *where = found["the mint paid more than the rules allow"]
    assert where == [f"member:{again}", f"gift:{gifts[-1]}"], "the fifth bonus of a person without a receipt"
    with db.auto_commit():
        BeanTransfer.query.filter_by(id=payment).delete()
        BeanBalance.query.filter_by(user_id=again).update({"balance": 15})
    take_for(again, member)


def test_the_count_takes_accounts_of_one_person_together_however_far_apart(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two accounts are read at a time here; those of a person stand at both ends, and between them is a chain of mailboxes."""
    monkeypatch.setattr("app.queries.mint_records._ACCOUNTS", 2)
    first = exchange.join("第一个", ADDRESS)
    exchange.offer(first)
    others = [exchange.join(f"别人{number}", f"other{number}@example.com") for number in range(3)]
    chained = exchange.join("中间的", "chain@example.com")
    exchange.move(first, "away@example.com")
    exchange.move(chained, ADDRESS)
    last = exchange.join("最后的", "chain@example.com")
    exchange.pass_days(1)
    for isbn in ISBNS[1:4]:
        exchange.offer(last, isbn)
    assert len(persons()) == 1 + len(others)
    assert exchange.breaches() == []
    take_for(last, last)
    assert [breach.values for breach in exchange.breaches()] == [(last, last)]
    take_for(last, first)


def test_a_member_takes_their_marks_along(exchange: Exchange) -> None:
    member = exchange.join("小满", ADDRESS)
    exchange.move(member, "away@example.com")
    exchange.join("别人", "other@example.com")
    with zipfile.ZipFile(io.BytesIO(exchange.container.operations.export.zipped(member))) as archive:
        rows = json.loads(archive.read("marks.json"))
    own = {confirmed.mark_id for confirmed in list_rows(MemberMark, member_id=member)}
    assert [row["mark"] for row in rows] == [stored.mark for stored in list_rows(Mark) if stored.id in own]
    assert len(own) == 2
    assert all(row["confirmed_at"].startswith("2026-") for row in rows)
