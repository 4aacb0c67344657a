"""What a power cut, a tired disk or bad memory do to a file: one harm at a time, by chance."""

from collections.abc import Callable, Mapping
from random import Random

PAGE, SECTOR = 4096, 512  # bytes: what a file system writes at once, and what a disk does
MOST_FLIPS = 8


def bit_flip(content: bytes, chance: Random) -> bytes:
    """Turn one to eight bits anywhere."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, MOST_FLIPS)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def torn_tail(content: bytes, chance: Random) -> bytes:
    """Cut the end off: what was still in memory when the power went."""
    return content[: chance.randrange(len(content))]


def zero_page(content: bytes, chance: Random) -> bytes:
    """Leave one page of zeros: a block that was promised and never written."""
    size = PAGE if len(content) > 2 * PAGE else min(SECTOR, len(content))
    at = chance.randrange(max(1, len(content) // size)) * size
    return content[:at] + bytes(len(content[at : at + size])) + content[at + size :]


def swapped_blocks(content: bytes, chance: Random) -> bytes:
    """Exchange two blocks: written to each other's place."""
    size = PAGE if len(content) > 3 * PAGE else SECTOR
    blocks = [content[at : at + size] for at in range(0, len(content), size)]
    if len(blocks) > 2:  # noqa: PLR2004  (two whole ones beside the last)
        a, b = chance.sample(range(len(blocks) - 1), 2)
        blocks[a], blocks[b] = blocks[b], blocks[a]
    return b"".join(blocks)


HARMS: Mapping[str, Callable[[bytes, Random], bytes]] = {
    "bit_flip": bit_flip,
    "torn_tail": torn_tail,
    "zero_page": zero_page,
    "swapped_blocks": swapped_blocks,
}


def damaged(content: bytes, harm: str, chance: Random) -> bytes:
    """Return `content` with one harm done to it; a harm that changes nothing becomes a bit flip."""
    changed = HARMS[harm](content, chance)
    while changed == content:
        changed = bit_flip(content, chance)
    return changed
