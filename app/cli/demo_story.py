"""One whole exchange, told step by step by the services that carry it out."""

from __future__ import annotations

from datetime import timedelta

import click

from app.container import container
from app.domain.account import Role
from app.domain.beans import shown
from app.libs.clock import FrozenClock
from app.services.exchange.drifts import Ask, PostalRecipient
from app.services.exchange.gifts import Offer

_GIVER, _READER = "老周", "小满"


def tell(clock: FrozenClock, *, password: str) -> None:
    """Let two members meet over a book, and print what each step does to beans, gift and drift."""
    book = container.catalogue.books.list_popular(1)[0].facts
    giver, reader = (enter(name, password=password) for name in (_GIVER, _READER))
    drifts = container.exchange.drifts

    _say(1, f"{_GIVER} 和 {_READER} 注册并确认了邮箱。 · Two members register and confirm.", giver, reader)
    container.exchange.wishes.wish_for(reader, book.isbn13)
    _say(2, f"{_READER} 把《{book.title}》加进心愿。 · The reader wishes for the book.", giver, reader)
    gift = container.exchange.gifts.offer(giver, book.isbn13, Offer(note="书页干净")).gift_id
    _say(
        3, f"{_GIVER} 放上一本：得 0.5 豆，第一次另得 0.5。 · Listing pays 0.5, the first time 0.5 more.", giver, reader
    )
    for other in container.catalogue.books.list_popular(2)[1:]:
        container.exchange.gifts.offer(reader, other.facts.isbn13, Offer())
    _say(4, f"{_READER} 也放上一本，于是有了 1 豆。 · The reader lists one, too, and has 1 bean.", giver, reader)
    home = PostalRecipient(name="示例读者", mobile="13800000000", address="示例省示例市读书路一号院二号楼三零四室")
    drift = drifts.request(reader, gift, Ask(recipient=home, message="谢谢！"))
    _say(
        5,
        "请求：1 豆先由鱼书保管，地址加密存放。 · The request puts 1 bean into escrow; the address is sealed.",
        giver,
        reader,
    )
    drifts.open_address(giver, drift)
    _say(6, f"{_GIVER} 打开地址，{_READER} 看得到这条记录。 · Opening the address leaves a record.", giver, reader)
    clock.advance(timedelta(days=2))
    drifts.post(giver, drift, carrier="邮政", tracking="DEMO000001")
    _say(7, "寄出：礼物送走了，心愿也算达成。 · Posted: the gift is launched, the wish fulfilled.", giver, reader)
    clock.advance(timedelta(days=4))
    drifts.receive(reader, drift)
    _say(8, f"收到：保管的 1 豆给了 {_GIVER}。 · Received: the bean goes to the giver.", giver, reader)
    clock.advance(timedelta(days=31))
    container.exchange.drift_deadlines.erase()
    _say(
        9,
        "三十天后，地址、留言和单号都抹掉了。 · Thirty days later address, message and number are erased.",
        giver,
        reader,
    )
    breaches = list(container.exchange.ledger_queries.breaches(container.exchange.policy))
    click.echo("账本核对无误。 · The ledger is sound." if not breaches else f"broken: {breaches}")


def enter(name: str, *, password: str, role: Role = "member") -> int:
    """Make a confirmed member who wants no mail, and give their number."""
    email = f"demo{name.encode().hex()}@example.com"
    member_id = container.members.registration.create(
        email=email, nickname=name, password=password, is_confirmed=True, role=role
    )
    container.members.profiles.change(member_id, nickname=name, language="zh", wants_mail=False)
    return member_id


def _say(number: int, what: str, giver: int, reader: int) -> None:
    balance = container.exchange.ledger_queries.balance
    click.echo(f"{number}. {what}")
    click.echo(f"   {_GIVER} {shown(balance(giver))} · {_READER} {shown(balance(reader))}")
