"""Books that move to another work bring its wishers copies that are on the shelf already: one of each side is put down to be told of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from app.db.dialects import Params
from app.db.sql_helper import QueryCursor, in_list
from app.domain.gift import GiftState

#: The copy that came last of those that are not put down for others, and whether it is put down: 1 because of these very books, 2 for others.
_NEWEST = (
    "SELECT c.id, c.waiting FROM (SELECT g.id, CASE WHEN t.gift_id IS NULL THEN 0 WHEN t.moved_isbns = :moved THEN 1 ELSE 2 END AS waiting "
    f"FROM gift g LEFT JOIN gift_telling t ON t.gift_id = g.id WHERE g.work_id = :work AND g.state = '{GiftState.OPEN}' "
    "AND g.isbn13 {which} ({isbns})) c ORDER BY c.waiting = 2, c.id DESC LIMIT 1"
)
_PUT_DOWN = (
    "INSERT INTO gift_telling (gift_id, told_up_to, moved_isbns, left_work_id, to_moved, create_time) "
    "VALUES (:gift, 0, :moved, :left, :to_moved, :now)"
)
_PUT_DOWN_ANEW = "UPDATE gift_telling SET told_up_to = 0, left_work_id = :left, to_moved = :to_moved, create_time = :now WHERE gift_id = :gift"
#: It begins anew, for everybody whom it fulfils; who has heard of it is left out.
_BEGIN_ANEW = "UPDATE gift_telling SET told_up_to = 0, moved_isbns = NULL WHERE gift_id = :gift"


def put_down(cursor: QueryCursor, moves: Sequence[Params], *, now: int) -> None:
    """Put down of which copies those are to be told for whom they have become some, since books (`isbn`) moved from `old` to `work`."""
    sides: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    for move in moves:
        sides[move["old"], move["work"]].append(str(move["isbn"]))
    for (left, work), isbns in sorted(sides.items()):
        marks, params = in_list("i", isbns)
        for to_moved, which in enumerate(("IN", "NOT IN")):
            newest = _NEWEST.format(which=which, isbns=marks)
            moved = ",".join(isbns)
            found = cursor.execute(newest, params | {"work": work, "moved": moved}).fetchone() if work else None
            if found is None:
                continue
            gift, waiting = found
            values = {"gift": gift, "moved": moved, "left": left, "to_moved": to_moved, "now": now}
            cursor.execute((_PUT_DOWN, _PUT_DOWN_ANEW, _BEGIN_ANEW)[waiting], values)
