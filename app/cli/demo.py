"""`flask demo`: fill an empty site with members and trades, or play one exchange step by step."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import click
from flask.cli import with_appcontext

from app import events
from app.cli.user_errors import reports_user_errors
from app.container import container
from app.domain.account import Role
from app.domain.beans import shown
from app.domain.drift import DriftState
from app.domain.drift_request import PostalRecipient
from app.domain.gift import Condition, Postage
from app.libs.clock import FrozenClock, SystemClock
from app.services.exchange.drifts import Ask
from app.services.exchange.gifts import Offer

PASSWORD = "yu-chuan-chi-su"  # noqa: S105 - known on purpose: a demo is for looking around
NAMES = ("小满", "老周", "荷叶上的雨", "阿禾", "林间", "Mira", "海盐", "七月", "砚秋", "南乔", "Ben", "拾光")
MODERATOR = "守书人"
DAYS = 45
_BOOKS_EACH = 4
_NOTES = ("有几处铅笔笔记", "", "腰封还在", "书脊有点晒白了")
_HOME = PostalRecipient(name="示例读者", mobile="13800000000", address="示例省示例市读书路一号院二号楼三零四室")


@click.command("demo")
@click.option("--story", is_flag=True, help="Play one whole exchange step by step instead, for learners.")
@with_appcontext
@reports_user_errors
def demo(*, story: bool) -> None:
    """Fill an empty site with members, gifts, wishes and drifts in every state; never in production.

    Every member's password is printed at the end.
    """
    if container.core.settings["ENV"] == "production":
        raise click.ClickException("a demo has no place on a production site")
    if any(container.members.directory.walk_accounts()):
        raise click.ClickException("this site has members already; a demo wants an empty one")
    wanted = 2 if story else len(NAMES) * _BOOKS_EACH
    known = len(container.catalogue.books.list_popular(wanted))
    if known < wanted:
        raise click.ClickException(
            f"a demo wants {wanted} popular books, and {known} are here; `python3 run.py start` loads them"
        )
    with events.quiet(), _clock_set_back(days=DAYS) as clock:
        if story:
            tell(clock, password=PASSWORD)
        else:
            Fair(clock).run()
        if container.catalogue.name_writing.can_write():
            container.catalogue.name_writing.write_all()
        container.catalogue.browse_counting.run()
    click.echo(f"Every member's password is {PASSWORD}; `python3 run.py flask user list` shows their addresses.")


@contextmanager
def _clock_set_back(*, days: int) -> Iterator[FrozenClock]:
    """Let the parts of this process live in the past, so that the demo has a history."""
    clock = FrozenClock(SystemClock().now() - timedelta(days=days))
    container.core.clock = clock
    yield clock


class Fair:
    """Twelve members and a moderator who trade for a month and a half."""

    def __init__(self, clock: FrozenClock) -> None:
        self._clock = clock
        self._day = 0
        self._books = [book.facts.isbn13 for book in container.catalogue.books.list_popular(len(NAMES) * _BOOKS_EACH)]
        self._members = [enter(name, password=PASSWORD) for name in NAMES]
        enter(MODERATOR, password=PASSWORD, role="moderator")
        self._gifts = [self._list_books(number) for number in range(len(self._members))]

    def run(self) -> None:
        """Bring a drift to each state, in the order in which a calendar would."""
        drifts = container.exchange.drifts
        self._ask(0)  # nobody answers: it expires
        lost, disputed, returned, received = (self._posted(number) for number in (1, 2, 3, 4))
        self._until(6)
        drifts.receive(self._reader(4), received)
        self._until(10)
        drifts.take_back(self._giver(3), returned)
        self._until(18)
        drifts.claim_lost(self._reader(1), lost)
        drifts.claim_lost(self._reader(2), disputed)
        self._until(30)
        drifts.reject(self._giver(5), self._ask(5), reason="这本我还想再读一遍，对不起。")
        drifts.withdraw(self._reader(6), self._ask(6))
        container.exchange.moderation.decide(None, self._ask(7), DriftState.CANCELLED, reason="双方商量好，改日再约。")
        self._until(40)
        self._posted(8)
        met = self._ask(10, recipient=None)
        self._until(42)
        container.exchange.meetings.miss(self._giver(10), met)
        self._until(DAYS - 1)
        self._ask(9)
        for number, isbn13 in enumerate(self._books[:6]):
            container.exchange.wishes.wish_for(self._members[(number + 6) % len(self._members)], isbn13)
        self._until(DAYS)
        self._report()

    def _list_books(self, number: int) -> list[int]:
        mine = self._books[number * _BOOKS_EACH : (number + 1) * _BOOKS_EACH]
        return [
            container.exchange.gifts.offer(
                self._members[number],
                isbn13,
                Offer(
                    condition=list(Condition)[(number + place) % 4],
                    postage=list(Postage)[(number + place) % 2],
                    note=_NOTES[place],
                ),
            ).gift_id
            for place, isbn13 in enumerate(mine)
        ]

    def _giver(self, number: int) -> int:
        return self._members[number]

    def _reader(self, number: int) -> int:
        return self._members[(number + 1) % len(self._members)]

    def _ask(self, number: int, *, recipient: PostalRecipient | None = _HOME) -> int:
        ask = Ask(recipient=recipient, message="一直想读这一本，先谢谢你。")
        return container.exchange.drifts.request(self._reader(number), self._gifts[number][0], ask)

    def _posted(self, number: int) -> int:
        drift = self._ask(number)
        container.exchange.drifts.post(
            self._giver(number), drift, carrier="邮政", tracking="" if number == 1 else f"DEMO{number:06}"
        )
        return drift

    def _until(self, day: int) -> None:
        while self._day < day:
            self._day += 1
            self._clock.advance(timedelta(days=1))
            container.exchange.gift_announcements.run()
            container.exchange.drift_deadlines.run()
            container.exchange.drift_deadlines.erase()

    def _report(self) -> None:
        states = container.core.sql.fetchall("SELECT state, COUNT(*) FROM drift GROUP BY state ORDER BY state")
        click.echo("drifts: " + ", ".join(f"{count} {state}" for state, count in states))


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
    breaches = list(container.exchange.ledger_queries.list_breaches(container.exchange.policy))
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
    balance = container.exchange.ledger_queries.get_balance
    click.echo(f"{number}. {what}")
    click.echo(f"   {_GIVER} {shown(balance(giver))} · {_READER} {shown(balance(reader))}")
