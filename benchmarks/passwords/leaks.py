"""How long one look-up among known leaks takes, and how that grows with their number.

    python benchmarks/passwords/leaks.py make FOLDER [--entries 10000000]
    python benchmarks/passwords/leaks.py run FOLDER

`make` writes a made-up list as Pwned Passwords' downloader does (one ordered file), and a second
index with the ranges of a *billion* entries: every range has its place and its 954 entries, of
which only those of 4,096 ranges are written (the rest of the file is a hole). A look-up reads one
place and one range, so that a look-up in a written range costs what it costs in the whole file,
but for the memory that keeps what was read before. `run` imports the first and times both, warm
and with the file dropped from the memory before each look-up.
"""

import argparse
import hashlib
import os
import random
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from vigie.tools.leaks import ENTRIES_AT, ENTRY, HEADING, MAGIC, PLACE, RANGES, Leaks, weight
from vigie.tools.leaks.importing import make as make_index

BILLION, WRITTEN = 1_000_000_000, 4096
LOOK_UPS = 10_000


def listed(entries: int) -> Iterator[str]:
    """Yield made-up lines in the order of their hashes."""
    rng = random.Random(20261125)  # noqa: S311  (made up, and the same each time)
    done = 0
    for number in range(RANGES):
        wanted = round(entries * (number + 1) / RANGES) - done
        done += wanted
        for suffix in sorted(rng.getrandbits(140) for _ in range(wanted)):
            yield f"{number:05X}{suffix:035X}:{int(rng.paretovariate(0.7))}\n"


def billion(path: Path) -> None:
    """Write the index of a billion entries, of which a few thousand ranges are there."""
    rng = random.Random(7)  # noqa: S311
    per_range = BILLION // RANGES
    with path.open("wb") as file:
        file.write(HEADING.pack(MAGIC, per_range * RANGES) + b"\xff" * (RANGES // 8))
        file.write(b"".join((n * per_range).to_bytes(PLACE) for n in range(RANGES + 1)))
        for number in range(0, RANGES, RANGES // WRITTEN):
            found = sorted(rng.getrandbits(32) for _ in range(per_range))
            file.seek(ENTRIES_AT + number * per_range * ENTRY)
            file.write(b"".join(n.to_bytes(4) + bytes([weight(3)]) for n in found))
        file.truncate(ENTRIES_AT + per_range * RANGES * ENTRY)
        file.flush()
        os.fsync(file.fileno())


def timed(path: Path, *, cold: bool, step: int, look_ups: int) -> list[float]:
    """Return the milliseconds of each look-up, of hashes in ranges `step` apart."""
    rng = random.Random(3)  # noqa: S311
    times = []
    with Leaks(path) as leaks:
        for _ in range(look_ups):
            number = rng.randrange(0, RANGES, step)
            digest = (number << 140 | rng.getrandbits(140)).to_bytes(20)
            if cold:
                os.posix_fadvise(leaks._file, 0, 0, os.POSIX_FADV_DONTNEED)  # noqa: SLF001
            began = time.perf_counter()
            leaks.times_of(digest)
            times.append((time.perf_counter() - began) * 1e3)
    return sorted(times)


def _digest(number: int) -> bytes:
    return hashlib.sha1(str(number).encode(), usedforsecurity=False).digest()


def row(name: str, times: list[float]) -> None:
    """Print one row of the table."""
    p99 = times[int(len(times) * 0.99)]
    print(f"| {name} | {statistics.median(times):.3f} | {p99:.3f} | {times[-1]:.3f} |")


def make(folder: Path, entries: int) -> None:
    """Write the list and the large index."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "pwned.txt").open("w", encoding="ascii", buffering=1 << 20) as file:
        file.writelines(listed(entries))
    billion(folder / "billion")


def run(folder: Path) -> None:
    """Import, look up, print."""
    began = time.perf_counter()
    done = make_index(folder / "pwned.txt", folder / "leaks")
    took = time.perf_counter() - began
    text, index = ((folder / name).stat().st_size for name in ("pwned.txt", "leaks"))
    print(f"{done.entries} entries imported in {took:.1f} s; {text} bytes of text, {index} kept")
    with Leaks(folder / "leaks") as leaks, (folder / "pwned.txt").open() as file:
        for number, line in enumerate(file):
            if number % 1000 == 0:
                assert leaks.times_of(bytes.fromhex(line[:40])), line
        strangers = sum(bool(leaks.times_of(_digest(n))) for n in range(1_000_000))
    print(f"one entry in a thousand found again; {strangers} of 1,000,000 strangers taken for one")
    print("| look-up, ms | median | p99 | worst |\n|---|---|---|---|")
    row(
        f"{done.entries} entries, warm",
        timed(folder / "leaks", cold=False, step=1, look_ups=LOOK_UPS),
    )
    row("the same, cold", timed(folder / "leaks", cold=True, step=1, look_ups=1_000))
    step = RANGES // WRITTEN
    row("a billion, warm", timed(folder / "billion", cold=False, step=step, look_ups=LOOK_UPS))
    row("the same, cold", timed(folder / "billion", cold=True, step=step, look_ups=1_000))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["make", "run"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--entries", type=int, default=10_000_000)
    chosen = parser.parse_args()
    make(chosen.folder, chosen.entries) if chosen.what == "make" else run(chosen.folder)
