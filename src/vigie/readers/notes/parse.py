"""What runs in the cell: a document's bytes to the number of passwords that it holds."""

import os
from typing import Any

from vigie.knowledge.passwords import notes
from vigie.readers.notes.rows import Sealed, rows_of

_PIECE = 1 << 22


def read(descriptor: int, *, name: str, whole: bool = False) -> dict[str, Any]:
    """Return how many passwords the open file holds: `{"passwords": 3}`; `sealed` if it is locked.

    With `whole`, `entries` are given as well, `[place, login, password]` each: for the vault alone.
    """
    stem, _, ending = name.rpartition(".")
    pieces: list[bytes] = []
    while piece := os.pread(descriptor, _PIECE, sum(map(len, pieces))):
        pieces.append(piece)
    try:
        found = notes.entries(list(rows_of(b"".join(pieces), ending.lower())), stem or name)
    except Sealed:
        return {"passwords": 0, "sealed": True}
    answer: dict[str, Any] = {"passwords": len(found), "sealed": False}
    if whole:
        answer["entries"] = [[each.place, each.login, each.password] for each in found]
    return answer
