"""Blocks: have nothing more to do with a member, and take that back. Nobody is told."""

from __future__ import annotations

from sqlalchemy import delete

from app import events
from app.db.database import rows_touched
from app.domain.block import MOST_BLOCKS, AlreadyBlocked, MetAt, NobodyToBlock, NotBlocked, TooManyBlocks
from app.extensions import db
from app.libs.clock import epoch
from app.models.member_block import MemberBlock
from app.queries.member_block import BlockQueries
from app.services.exchange.tools import ExchangeTools
from app.services.unit_of_work import insert_once, use_case


class Blocks:
    """The use cases of a block."""

    def __init__(self, tools: ExchangeTools, blocks: BlockQueries) -> None:
        self._tools = tools
        self._clock = tools.clock
        self._blocks = blocks

    @use_case
    def block(self, member_id: int, at: MetAt, id_: int) -> str:
        """Block whom a member meets at a place, and return their nickname.

        A member who has been blocked meets the other at their common drifts alone, as if there were nothing else of theirs.

        :raises NobodyToBlock: :raises AlreadyBlocked: :raises TooManyBlocks: as they say.
        """
        self._tools.ledger.lock(member_id)  # two at once count each other
        other = self._blocks.find_met(member_id, at, id_)
        if other is None:
            raise NobodyToBlock
        if self._blocks.has_blocked(member_id, other.id):
            raise AlreadyBlocked
        if at is not MetAt.DRIFT and self._blocks.has_blocked(other.id, member_id):
            raise NobodyToBlock
        if self._blocks.count_of(member_id) >= MOST_BLOCKS:
            raise TooManyBlocks(most=MOST_BLOCKS)
        insert_once(MemberBlock, member_id=member_id, blocked_id=other.id, create_time=epoch(self._clock.now()))
        events.member_blocked.publish(member=member_id)
        return other.nickname

    @use_case
    def unblock(self, member_id: int, blocked_id: int) -> None:
        """Take a block back.

        :raises NotBlocked: where there is none.
        """
        gone = delete(MemberBlock).where(MemberBlock.member_id == member_id, MemberBlock.blocked_id == blocked_id)
        if not rows_touched(db.session.execute(gone)):
            raise NotBlocked
        events.member_unblocked.publish(member=member_id)
