"""Backup and restore of a generated practice beside restic alone, and a proof over it.

    python benchmarks/backup/against_restic.py --megabytes 3000 --files 10000 --rounds 5

Each round backs the same documents up to two fresh repositories, once by `vigie backup now` and
once by restic alone, in turn (A B, then B A), then restores both in that order too. The documents
are read once before each work: who comes second finds no warmer a cache. `--synced` adds a `sync`
to restic's restore: Vigie waits for the disk before it puts files in place, restic does not. The
proof is a monthly one.

The documents stay in `--place` and each round is a line of its `rounds.jsonl`, so that a machine
shared with others can run one round at a time; the table is about all rounds of that file.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from vigie.routines.rehearsals.sample import make_practice

GOAL = 1.05  # times restic alone, backup and restore together
PROOF_GOAL = 120.0  # seconds
WHO = "restic", "vigie"
CHUNK = 1 << 20  # bytes

Seconds = dict[str, float]


def timed(argv: Sequence[str], env: Mapping[str, str], *, synced: bool = False) -> float:
    """Run a program to its end and return the seconds it took."""
    begun = time.monotonic()
    subprocess.run(argv, env=env, check=True, stdout=subprocess.DEVNULL)
    if synced:
        os.sync()
    return time.monotonic() - begun


def read_once(folder: Path) -> None:
    """Read every file below a folder, and have the disk write what waits."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb", buffering=0) as file:
                while file.read(CHUNK):
                    pass
    os.sync()


def round_of(folder: Path, documents: Path, *, synced: bool, swap: bool) -> Seconds:
    """Run one round in an empty folder and return the seconds of each work."""
    key, alone, ours = folder / "key", folder / "alone", folder / "vigie"
    key.write_text("banc")
    plain = {**os.environ, "RESTIC_PASSWORD_FILE": str(key), "RESTIC_REPOSITORY": str(alone),
             "RESTIC_CACHE_DIR": str(folder / "cache")}  # fmt: skip
    home = {**os.environ, "VIGIE_HOME": str(folder / "home")}
    home.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once
    vigie = [str(Path(sys.executable).with_name("vigie")), "backup"]
    at = ["--repository", str(ours)]
    subprocess.run(["restic", "init", "-q"], env=plain, check=True)
    subprocess.run([*vigie, "init", "--sheet", str(folder / "f.pdf"), *at], env=home, check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    works = {
        "backup_restic": lambda: timed(["restic", "backup", "-q", str(documents)], plain),
        "backup_vigie": lambda: timed([*vigie, "now", *at, "--folder", str(documents)], home),
        "restore_restic": lambda: timed(
            ["restic", "restore", "latest", "--target", str(folder / "a")], plain, synced=synced
        ),
        "restore_vigie": lambda: timed([*vigie, "restore", *at, "--to", str(folder / "v")], home),
    }
    order = list(works)
    if swap:
        order = [order[1], order[0], order[3], order[2]]
    seconds = {}
    for name in order:
        read_once(documents if name.startswith("backup") else folder)
        seconds[name] = works[name]()
    # A database comes back as its consistent copy: the same rows, not the same bytes.
    diff = ["diff", "-r", "--exclude=*.db*", str(documents), f"{folder / 'v'}{documents}"]
    subprocess.run(diff, check=True)
    begun = time.monotonic()
    proof = subprocess.run([*vigie, "prove", "--monthly", "--json", *at], env=home, check=True,
                           capture_output=True, text=True)  # fmt: skip
    seconds["proof"] = time.monotonic() - begun
    assert json.loads(proof.stdout)["held"]
    return seconds


def table(what: str, rounds: Sequence[Seconds]) -> bool:
    """Print the medians and their ratios; return whether the goals are met."""
    medians = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    print(f"{what}, medians of {len(rounds)}")
    ratio = 0.0
    for parts in ("backup",), ("restore",), ("backup", "restore"):
        alone, ours = (sum(medians[f"{part}_{who}"] for part in parts) for who in WHO)
        title, ratio = " and ".join(parts), ours / alone
        print(f"{title:20} restic {alone:7.2f} s  vigie {ours:7.2f} s  ratio {ratio:.3f}")
    print(f"proof (299 files and every database): {medians['proof']:.1f} s")
    return ratio <= GOAL and medians["proof"] <= PROOF_GOAL


def main() -> int:
    """Make the documents if need be, play the rounds, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=5, help="0: only the documents and the table")
    parser.add_argument("--synced", action="store_true")
    parser.add_argument("--place", type=Path, default=Path("/var/tmp/vigie-bench/backup"))  # noqa: S108  (a disk, not a tmpfs)
    chosen = parser.parse_args()
    what = f"{chosen.megabytes} MB, {chosen.files} files{', synced' * chosen.synced}"
    documents = chosen.place / f"cabinet-{chosen.megabytes}-{chosen.files}"
    if not documents.exists():
        part = documents.with_name(documents.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        make_practice(part, files=chosen.files, bytes_total=chosen.megabytes * 1_000_000)
        part.rename(documents)
    book = chosen.place / "rounds.jsonl"
    for _ in range(chosen.rounds):
        folder = chosen.place / "round"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        swap = len(_rounds(book, what)) % 2 == 1
        seconds = round_of(folder, documents, synced=chosen.synced, swap=swap)
        shutil.rmtree(folder)
        with book.open("a") as lines:
            lines.write(json.dumps({"what": what, **seconds}) + "\n")
    rounds = _rounds(book, what)
    return 0 if not rounds or table(what, rounds) else 1


def _rounds(book: Path, what: str) -> Sequence[Seconds]:
    lines = map(json.loads, book.read_text().splitlines()) if book.exists() else ()
    return [line for line in lines if line.pop("what") == what]


if __name__ == "__main__":
    sys.exit(main())
