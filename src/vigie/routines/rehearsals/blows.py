"""Blows: what an encryptor does to one document. `encryptors` checks the folder first."""

import base64
import mmap
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

from vigie.routines.rehearsals.progress import Progress

CHUNK = 1 << 20  # bytes read and written at once
BLOCK = 4096  # bytes: what intermittent encryptors take and leave
ENDING = ".verrouille"

# The key is drawn and thrown away: the harm is true.
scramble = Cipher(AES(os.urandom(32)), CTR(os.urandom(16))).encryptor().update


@dataclass(frozen=True, slots=True)
class Victim:
    """One document: where it is, its slot in the progress, and a folder outside the sample."""

    path: Path
    slot: int
    progress: Progress
    elsewhere: Path

    def harm(self) -> AbstractContextManager[None]:
        """Surround the call that does the harm."""
        return self.progress.harming(self.slot)

    @property
    def locked(self) -> Path:
        """Return the name that the encrypted document will bear."""
        return self.path.with_name(self.path.name + ENDING)


Blow = Callable[[Victim], None]


def _overwrite(victim: Victim, path: Path, spans: Callable[[int], Iterable[range]]) -> None:
    with path.open("r+b", buffering=0) as document:
        for span in spans(os.fstat(document.fileno()).st_size):
            for start in span[::CHUNK]:
                document.seek(start)
                scrambled = scramble(document.read(min(CHUNK, span.stop - start)))
                document.seek(start)
                with victim.harm():
                    document.write(scrambled)


def _whole(size: int) -> Iterator[range]:
    yield range(size)


def _every_other_block(size: int) -> Iterator[range]:
    return (range(start, min(start + BLOCK, size)) for start in range(0, size, 2 * BLOCK))


def _head(size: int) -> Iterator[range]:
    yield range(min(BLOCK, size))


def _all_but_the_head(size: int) -> Iterator[range]:
    yield range(min(BLOCK, size // 2), size)


def in_place(victim: Victim) -> None:
    """Overwrite the whole document where it is."""
    _overwrite(victim, victim.path, _whole)


def intermittent(victim: Victim) -> None:
    """Overwrite every other block of 4 KiB."""
    _overwrite(victim, victim.path, _every_other_block)


def head_only(victim: Victim) -> None:
    """Overwrite the first 4 KiB."""
    _overwrite(victim, victim.path, _head)


def tail_only(victim: Victim) -> None:
    """Overwrite all but the first 4 KiB, so that the file still looks like its kind."""
    _overwrite(victim, victim.path, _all_but_the_head)


def truncated(victim: Victim) -> None:
    """Empty the document, then write it anew."""
    scrambled = scramble(victim.path.read_bytes())
    with victim.harm():
        victim.path.write_bytes(scrambled)


def in_base64(victim: Victim) -> None:
    """Write it anew as base64, which looks like text."""
    scrambled = base64.b64encode(scramble(victim.path.read_bytes()))
    with victim.harm():
        victim.path.write_bytes(scrambled)


def new_then_deleted(victim: Victim) -> None:
    """Write a new file, then delete the document."""
    victim.locked.write_bytes(scramble(victim.path.read_bytes()))
    deleted(victim)


def replaced(victim: Victim) -> None:
    """Write a new file, then rename it over the document."""
    victim.locked.write_bytes(scramble(victim.path.read_bytes()))
    with victim.harm():
        victim.locked.replace(victim.path)


def overwritten_then_renamed(victim: Victim) -> None:
    """Overwrite the document, then give it another name."""
    in_place(victim)
    victim.path.rename(victim.locked)


def renamed_first(victim: Victim) -> None:
    """Give the document another name, then overwrite it."""
    victim.path.rename(victim.locked)
    _overwrite(victim, victim.locked, _whole)


def mapped(victim: Victim) -> None:
    """Overwrite it through memory, without a call to write."""
    with victim.path.open("r+b") as document, mmap.mmap(document.fileno(), 0) as memory:
        for start in range(0, len(memory), CHUNK):
            scrambled = scramble(memory[start : start + CHUNK])
            with victim.harm():
                memory[start : start + CHUNK] = scrambled


def moved_out(victim: Victim) -> None:
    """Move the document out of the sample and overwrite it there."""
    away = victim.elsewhere / f"{victim.slot}{ENDING}"
    with victim.harm():
        victim.path.rename(away)
    _overwrite(victim, away, _whole)


def moved_out_and_back(victim: Victim) -> None:
    """Move it out, overwrite it there, and move it back under another name."""
    moved_out(victim)
    (victim.elsewhere / f"{victim.slot}{ENDING}").rename(victim.locked)


def deleted(victim: Victim) -> None:
    """Delete the document."""
    with victim.harm():
        victim.path.unlink()
