"""Our own parsers under damage: `python -m benchmarks.documents.fuzz --minutes 10 [--seed N]`.

The shapes and papers of our own generators, damaged at random, are read by the reader of documents,
that of letters, that of a text and the copier of exFAT, in one process: what a cell would have
caught is a finding here. An exception, or more than ten seconds of processor for one input, is
kept in `--keep` and ends with status 1.
"""

import argparse
import os
import random
import resource
import struct
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "stage"))

SLOW = 10.0  # seconds of the processor
LARGEST = 200_000  # bytes of what is damaged
TABLES = 2_500_000  # bytes of a small exFAT volume in which its tables and folders lie
MEMORY = 3_000_000_000
_LETTER = b"""From: A <a@b.invalid>
To: c@d.invalid
Subject: =?utf-8?b?w6k=?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/html

<p>Bonjour <a href='https://a.invalid'>ici</a></p>
--x
Content-Type: text/plain; name=a.vbs
Content-Disposition: attachment
Content-Transfer-Encoding: base64

Qm9uam91cg==
--x--
"""
Way = Callable[[bytes, str], object]


def main() -> int:
    """Damage and read until the time is over; return 1 where anything went wrong."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--minutes", type=float, default=10.0)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir()) / "vigie-fuzz")
    options = asked.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    chance = random.Random(options.seed)  # noqa: S311  (to be played again)
    whole = list(material())
    ends = time.monotonic() + 60 * options.minutes
    count: Counter[str] = Counter()
    wrong, slowest = 0, 0.0
    while time.monotonic() < ends:
        kind, name, content = chance.choice(whole)
        damaged = mutated(content, chance, TABLES if kind == "exfat" else None)
        began = time.process_time()
        try:
            WAYS[kind](damaged, name)
            trouble = ""
        except Exception:  # noqa: BLE001  (any of them is what is looked for)
            trouble = traceback.format_exc()
        took = time.process_time() - began
        slowest = max(slowest, took)
        count[kind] += 1
        if trouble or took > SLOW:
            wrong += 1
            options.keep.mkdir(parents=True, exist_ok=True)
            place = options.keep / f"{kind}-{options.seed}-{sum(count.values())}"
            place.write_bytes(damaged)
            print(f"{place} {name}: {took:.1f} s\n{trouble}", flush=True)
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    said = ", ".join(f"{kind} {count[kind]}" for kind in sorted(count))
    print(
        f"{sum(count.values())} inputs ({said}), {wrong} wrong, slowest {slowest:.2f} s, {most} MB"
    )
    return 1 if wrong else 0


def mutated(content: bytes, chance: random.Random, within: int | None = None) -> bytes:
    """Return the bytes with a few of the first `within` changed, gone, doubled or cut off."""
    raw = bytearray(content)
    for _ in range(chance.choice((1, 1, 4, 20, 60))):
        at = chance.randrange(min(len(raw), within or len(raw)) + 1)
        match chance.randrange(6):
            case 0:
                raw[at : at + 1] = bytes([chance.choice((0, 1, 127, 128, 255))])
            case 1:
                del raw[at : at + chance.randrange(1, 200)]
            case 2:
                other = chance.randrange(len(raw) + 1)
                raw[at:at] = raw[other : other + chance.randrange(400)]
            case 3:
                size = chance.choice((2, 4, 8))
                raw[at : at + size] = chance.choice((b"\xff", b"\x00", b"\x7f")) * size
            case 4 if chance.random() < 0.2:  # noqa: PLR2004  (a cut ends most of it)
                del raw[at:]
            case _:
                raw[at : at + 4] = chance.randbytes(4)
    return bytes(raw)


def _document(content: bytes, name: str) -> object:
    from vigie.readers.document.parse import look  # noqa: PLC0415  (found once the path is set)

    return look(content, name=name, passwords=("1234",))


def _letter(content: bytes, _name: str) -> object:
    from vigie.readers.mail.parse import parse  # noqa: PLC0415

    return parse(content)


def _text(content: bytes, _name: str) -> object:
    from vigie.knowledge.writing import masked, search  # noqa: PLC0415

    text = content.decode("utf-8", "replace")
    return masked(text, search(text))


def _exfat(content: bytes, _name: str) -> object:
    from vigie.tools.volumes.exfat_tree import Volume, copy  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as out, tempfile.TemporaryFile() as key:
        key.write(content)
        key.flush()
        try:
            copy(Volume(key.fileno(), 0), out, 2_000_000)
        except (OSError, ArithmeticError, ValueError, IndexError, struct.error) as trouble:
            return trouble  # the program ends: what did not come out is taken out by its number
    return None


WAYS = {"document": _document, "letter": _letter, "text": _text, "exfat": _exfat}


def material() -> Sequence[tuple[str, str, bytes]]:
    """Return what is damaged: kind of reader, name, bytes."""
    from hostile_documents import shapes  # noqa: PLC0415  (found once the path is set)
    from hostile_mail import hostile  # noqa: PLC0415
    from ordinary_documents import curiosities  # noqa: PLC0415

    papers = [("document", name, content) for _, name, content in shapes()]
    papers += [("document", name, make()) for name, make in curiosities()]
    letters = [("letter", "a.eml", content) for content in hostile([_LETTER], 200)]
    lines = (ROOT / "benchmarks" / "words" / "lines.txt").read_bytes().splitlines()
    texts = [("text", "a.txt", b" ".join(lines[n : n + 4])) for n in range(0, len(lines), 4)]
    small = [one for one in papers if len(one[2]) < LARGEST]
    return [*small, *letters, *texts[:40], *(("exfat", "key.img", _key()) for _ in range(4))]


def _key() -> bytes:
    """Return the beginning of a key with folders and files; needs root, exfatprogs, exfat-fuse."""
    from key_images import made  # noqa: PLC0415  (found once the path is set)

    with tempfile.TemporaryDirectory() as scratch:
        papers = Path(scratch) / "papers"
        for number in range(12):
            place = papers / f"dossier {number % 3}"
            place.mkdir(parents=True, exist_ok=True)
            (place / f"compte rendu {number}.txt").write_bytes(b"Bonjour\n" * 600 * number)
        image = made(Path(scratch) / "key.img", "exfat", papers, megabytes=8)
        return image.read_bytes()


if __name__ == "__main__":
    os.nice(10)
    sys.exit(main())
