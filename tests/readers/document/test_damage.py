"""Whatever becomes of a document's bytes, its reader ends with an answer and in time."""

import random
import time

import pytest
from hostile_documents import shapes

from vigie.readers.document.parse import look

MUTANTS = 150


def mutated(content: bytes, chance: random.Random) -> bytes:
    raw = bytearray(content)
    for _ in range(chance.choice((1, 4, 20))):
        at = chance.randrange(len(raw) + 1)
        match chance.randrange(4):
            case 0:
                raw[at : at + 1] = bytes([chance.choice((0, 127, 128, 255))])
            case 1:
                del raw[at : at + chance.randrange(1, 40)]
            case 2:
                raw[at:at] = raw[: chance.randrange(60)]
            case _:
                raw[at : at + 4] = chance.randbytes(4)
    return bytes(raw)


@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_document_raises_nothing_and_ends(seed: int) -> None:
    chance = random.Random(seed)
    small = [(name, content) for _, name, content in shapes() if len(content) < 100_000]
    for _ in range(MUTANTS):
        name, content = chance.choice(small)
        began = time.process_time()
        look(mutated(content, chance), name=name, passwords=("1234",))
        assert time.process_time() - began < 10
