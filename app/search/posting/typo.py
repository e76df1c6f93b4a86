"""Search: slips of the pen, by a deletion table over the vocabulary (the idea of SymSpell).

Two words one slip apart (a letter more, fewer, other, or two swapped) share a string that each becomes by leaving out at most one letter.
So the index keeps, for each word, the hashes of what is left of its first seven letters; a question does the same and compares.
Words of eight letters and more may be two slips off.
"""

from __future__ import annotations

from zlib import crc32

LOOKED_AT = 7
LONG_WORD = 8


def allowed_slips(term: str) -> int:
    """Return how many slips a term of this length may contain (its kind letter does not count)."""
    return 2 if len(term) > LONG_WORD else 1


def slips(term: str) -> set[int]:
    """Return the hashes (32 bits) under which a term is kept and asked for."""
    kind, start = term[:1], term[1 : 1 + LOOKED_AT]
    shapes = {start}
    edge = shapes
    for _ in range(allowed_slips(term)):
        edge = {shape[:at] + shape[at + 1 :] for shape in edge for at in range(len(shape))}
        shapes = shapes | edge
    return {crc32((kind + shape).encode()) for shape in shapes}


def distance(one: str, other: str, limit: int) -> int:
    """Return the number of slips between two words (swapped neighbours are one), or limit + 1 if there are more."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, above, row = row, before, [i]
        for j, other_letter in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other_letter))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == other_letter:
                cost = min(cost, above[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)
