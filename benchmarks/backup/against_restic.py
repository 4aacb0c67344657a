"""Backup and restore of a generated practice beside restic alone, and a proof over it.

    python benchmarks/backup/against_restic.py --megabytes 3000 --files 10000 --rounds 5

Each round backs the same documents up to four fresh repositories, by restic alone and by `vigie
backup now` in turn (A B B A, the next round B A A B: what comes later is slower on many a disk),
then restores all in that order too; a round's figure is the mean of two. What will be read is read
once before each work: nobody finds a warmer cache. `--synced` adds a `sync`
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


class Alone:
    """One backup and one restore by restic, in a repository of its own below `folder`."""

    def __init__(self, folder: Path, documents: Path) -> None:
        self.out, self.documents = folder / "back", documents
        folder.mkdir()
        (folder / "key").write_text("banc")
        self.env = {**os.environ, "RESTIC_PASSWORD_FILE": str(folder / "key"),
                    "RESTIC_REPOSITORY": str(folder / "repository"),
                    "RESTIC_CACHE_DIR": str(folder / "cache")}  # fmt: skip
        subprocess.run(["restic", "init", "-q"], env=self.env, check=True)

    def backup(self) -> float:
        """Return the seconds of a first backup."""
        return timed(["restic", "backup", "-q", str(self.documents)], self.env)

    def restore(self, *, synced: bool) -> float:
        """Return the seconds of a whole restore."""
        restore = ["restic", "restore", "latest", "--target", str(self.out)]
        return timed(restore, self.env, synced=synced)


class Ours:
    """The same by Vigie; its restored documents are compared with the first ones."""

    def __init__(self, folder: Path, documents: Path) -> None:
        self.out, self.documents = folder / "back", documents
        folder.mkdir()
        self.env = {**os.environ, "VIGIE_HOME": str(folder / "home")}
        self.env.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program is compiled once
        self.vigie = [str(Path(sys.executable).with_name("vigie")), "backup"]
        self.at = ["--repository", str(folder / "repository")]
        sheet = ["--sheet", str(folder / "sheet.pdf")]
        timed([*self.vigie, "init", *sheet, *self.at], self.env)

    def backup(self) -> float:
        """Return the seconds of a first backup."""
        return timed([*self.vigie, "now", *self.at, "--folder", str(self.documents)], self.env)

    def restore(self, *, synced: bool) -> float:  # noqa: ARG002  (Vigie waits for the disk anyway)
        """Return the seconds of a whole restore."""
        seconds = timed([*self.vigie, "restore", *self.at, "--to", str(self.out)], self.env)
        # A database comes back as its consistent copy: the same rows, not the same bytes.
        diff = ["diff", "-r", "--exclude=*.db*", str(self.documents), f"{self.out}{self.documents}"]
        subprocess.run(diff, check=True)
        return seconds

    def prove(self) -> float:
        """Return the seconds of a monthly proof, which must hold."""
        begun = time.monotonic()
        prove = [*self.vigie, "prove", "--monthly", "--json", *self.at]
        said = subprocess.run(prove, env=self.env, check=True, stdout=subprocess.PIPE).stdout
        assert json.loads(said)["held"]
        return time.monotonic() - begun


def round_of(folder: Path, documents: Path, *, synced: bool, swap: bool) -> Seconds:
    """Run one round in an empty folder and return the seconds of each work."""
    first, second = reversed(WHO) if swap else WHO
    order = first, second, second, first
    turns = [
        (who, (Alone if who == "restic" else Ours)(folder / str(number), documents))
        for number, who in enumerate(order)
    ]
    taken: dict[str, list[float]] = {}
    for who, turn in turns:
        read_once(documents)
        taken.setdefault(f"backup_{who}", []).append(turn.backup())
    for who, turn in turns:
        read_once(turn.out.parent)
        taken.setdefault(f"restore_{who}", []).append(turn.restore(synced=synced))
    seconds = {name: statistics.mean(each) for name, each in taken.items()}
    ours = next(turn for _, turn in turns if isinstance(turn, Ours))
    return {**seconds, "proof": ours.prove()}


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
