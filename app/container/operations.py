"""The container: what keeps the site running – checks at the start, jobs, delivery of mail, purging, exports."""

from __future__ import annotations

from datetime import timedelta
from functools import cached_property
from pathlib import Path

from app.container.catalogue import CatalogueParts
from app.container.core import Core, MailParts
from app.container.exchange import ExchangeParts, ListParts
from app.container.members import MemberParts
from app.container.moderation import ModerationParts
from app.db.soft_delete import purge_deleted
from app.extensions import pool_of
from app.libs.clock import epoch
from app.queries.operation import JobQueries, SchemaQueries, SealedTextQueries
from app.queries.personal_data import PersonalDataQueries
from app.search.index.merge import MergePolicy
from app.services.members.account_closure import Export, ExportTable
from app.services.members.account_tokens import secret_factories_for
from app.services.operations.key_rotation import KeyRotation
from app.services.operations.mail_delivery import MailDelivery, SecretFactory
from app.services.operations.purging import Purging
from app.services.operations.scheduler import Job, Scheduler
from app.services.operations.schema import Preflight, Schema

_TABLES_OF_ADDRESSES = ("drift_address", "saved_address")


class OperationParts:
    """What keeps the site running."""

    def __init__(
        self,
        core: Core,
        *,
        catalogue: CatalogueParts,
        mail: MailParts,
        exchange: ExchangeParts,
        members: MemberParts,
        moderation: ModerationParts,
        lists: ListParts,
    ) -> None:
        self._core = core
        self._catalogue = catalogue
        self._mail = mail
        self._exchange = exchange
        self._members = members
        self._moderation = moderation
        self._lists = lists

    @cached_property
    def schema(self) -> Schema:
        """Compare the database's schema with the code's."""
        return Schema(Path(self._core.app.root_path).parent / "migrations", SchemaQueries(self._core.sql).find_revision)

    @cached_property
    def preflight(self) -> Preflight:
        """Check whether this process may work on the database."""
        return Preflight(self.schema, self._core.sealer, SealedTextQueries(self._core.sql).list_samples)

    @cached_property
    def secret_factories(self) -> dict[str, SecretFactory]:
        """What makes the secrets of a kind of mail when it is sent."""
        return secret_factories_for(self._members.account_tokens)

    @cached_property
    def mail_delivery(self) -> MailDelivery:
        """Deliver the outbox."""
        return MailDelivery(
            mails=self._mail.mails,
            renderer=self._mail.renderer,
            transport=self._mail.transport,
            sender=self._mail.sender,
            clock=self._core.clock,
            secret_factories=self.secret_factories,
        )

    @cached_property
    def purging(self) -> Purging:
        """Remove for good what was deleted long enough ago."""
        keep = timedelta(days=self._core.settings["KEEP_DELETED_DAYS"])
        return Purging(self._core.clock, keep=keep)

    @cached_property
    def key_rotation(self) -> KeyRotation:
        """Rotate the keys of what is sealed."""
        return KeyRotation(self._core.clock, self._core.sealer)

    @cached_property
    def scheduler(self) -> Scheduler:
        """Run the jobs that return; each area adds its own."""
        return Scheduler(
            records=JobQueries(self._core.sql),
            clock=self._core.clock,
            jobs=(
                Job(name="count the site", every=timedelta(minutes=10), run=self._catalogue.site_counting.run),
                Job(
                    name="assign books to works",
                    every=timedelta(minutes=1),
                    run=self._catalogue.works.take_turn,
                ),
                Job(
                    name="link translations",
                    every=timedelta(minutes=1),
                    run=self._catalogue.families.take_turn,
                ),
                Job(
                    name="list short editions",
                    every=timedelta(minutes=1),
                    run=self._catalogue.short_edition_listing.take_turn,
                ),
                Job(
                    name="find works on the same lists",
                    every=timedelta(minutes=1),
                    run=self._catalogue.neighbours.take_turn,
                ),
                Job(
                    name="write the names of the catalogue",
                    every=timedelta(minutes=1),
                    run=self._catalogue.name_writing.take_turn,
                ),
                Job(
                    name="count what can be had by name",
                    every=timedelta(minutes=1),
                    run=self._catalogue.name_freshening.take_turn,
                ),
                Job(
                    name="count what can be browsed",
                    every=timedelta(minutes=5),
                    run=self._catalogue.browse_counting.run,
                ),
                Job(name="forget old mail", every=timedelta(hours=6), run=self.mail_delivery.forget_old),
                Job(name="forget old sessions", every=timedelta(hours=6), run=self._forget_old_sessions),
                Job(name="forget unconfirmed accounts", every=timedelta(days=1), run=self._forget_unconfirmed),
                Job(name="forget old links", every=timedelta(hours=6), run=self._members.account_tokens.forget_old),
                Job(
                    name="keep up the search index",
                    every=timedelta(minutes=1),
                    run=MergePolicy(self._catalogue.search_index, self._core.clock).run,
                    lease=timedelta(hours=2),
                ),
                Job(name="forget old lists", every=timedelta(days=1), run=self._lists.book_lists.forget_old),
                Job(name="purge what is deleted", every=timedelta(hours=1), run=self.purging.run),
                Job(
                    name="tell who wishes a new gift",
                    every=timedelta(minutes=1),
                    run=self._exchange.gift_announcements.run,
                ),
                Job(
                    name="write the languages of gifts",
                    every=timedelta(minutes=1),
                    run=self._exchange.gift_languages.take_turn,
                ),
                Job(name="begin and end holidays", every=timedelta(minutes=1), run=self._exchange.holidays.run),
                Job(name="the clocks of drifts", every=timedelta(minutes=10), run=self._exchange.drift_deadlines.run),
                Job(
                    name="erase what was reported",
                    every=timedelta(hours=6),
                    run=self._moderation.reports.erase_old,
                ),
                Job(name="erase old addresses", every=timedelta(hours=1), run=self._exchange.drift_deadlines.erase),
                Job(
                    name="clear the files of what was erased",
                    every=timedelta(hours=1) if self._core.sql.dialect == "sqlite" else timedelta(days=1),
                    run=self.clear_files,
                ),
            ),
        )

    @cached_property
    def export(self) -> Export:
        """Write everything about a member into a zip; each area adds its tables."""
        own = PersonalDataQueries(self._core.sql)
        return Export(
            (
                ExportTable("account", "账号 · your account", own.account),
                ExportTable("marks", "你确认过的邮箱的指纹 · marks of the mailboxes you confirmed", own.marks),
                ExportTable("sessions", "登录过的地方 · where you are logged in", own.sessions),
                ExportTable("letters", "鱼书写给你的信 · letters to you", own.mails),
                ExportTable("invitations", "你发的邀请码 · invitations you made", own.invitations),
                ExportTable("gifts", "你送的书 · your gifts", own.gifts),
                ExportTable("wishes", "你的心愿 · your wishes", own.wishes),
                ExportTable("drifts", "你的鱼漂 · your drifts", own.drifts),
                ExportTable("holidays", "你的假期 · your holidays", own.holidays),
                ExportTable("blocks", "你屏蔽的书友 · members you blocked", own.blocks),
                ExportTable("beans", "你的鱼豆 · your beans", own.beans),
                ExportTable("debts", "你欠的鱼豆 · beans you owe", own.debts),
                ExportTable("decisions", "版主对你的决定 · what moderators decided about you", own.decisions),
                ExportTable("reports", "你举报和申诉过的 · what you reported and appealed against", own.reports),
                ExportTable("notices", "你收到的消息 · your notices", own.notices),
                ExportTable("lists", "你带来的书单 · lists you brought", own.lists),
                ExportTable("saved_address", "你保存的地址 · your saved address", self._exchange.saved_addresses.rows),
            )
        )

    def clear_files(self) -> None:
        """Rid the files of the database of addresses that were erased."""
        purge_deleted(pool_of(self._core.app), _TABLES_OF_ADDRESSES)

    def _forget_old_sessions(self) -> int:
        idle, longest = (timedelta(days=self._core.settings[name]) for name in ("SESSION_IDLE_DAYS", "SESSION_DAYS"))
        return self._members.sessions.forget_old(idle=idle, longest=longest)

    def _forget_unconfirmed(self) -> int:
        before = epoch(self._core.clock.now() - timedelta(days=self._core.settings["UNCONFIRMED_DAYS"]))
        return self._members.leaving.forget_all_unconfirmed(before=before)
