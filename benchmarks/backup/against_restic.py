"""Backup and restore of a generated practice beside restic alone, and a proof over it.

    uv run benchmarks/backup/against_restic.py --megabytes 3000 --files 10000 --rounds 5

Each round backs the same documents up to two fresh repositories, once by `vigie backup now` and
once by restic alone, in turn, then restores both. `--synced` adds a `sync` to restic's restore:
Vigie waits for the disk before it puts files in place, restic does not. The proof is a monthly
one, over the last round.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from vigie.routines.rehearsals.sample import make_practice

WHO = "restic", "vigie"


def timed(argv: Sequence[str], env: dict[str, str], *, synced: bool = False) -> float:
    """Run a program to its end and return the seconds it took."""
    begun = time.monotonic()
    subprocess.run(argv, env=env, check=True, stdout=subprocess.DEVNULL)
    if synced:
        os.sync()
    return time.monotonic() - begun


def round_of(folder: Path, documents: Path, *, synced: bool, swap: bool) -> dict[str, float]:
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
        os.sync()
        seconds[name] = works[name]()
    begun = time.monotonic()
    proof = subprocess.run([*vigie, "prove", "--monthly", "--json", *at], env=home, check=True,
                           capture_output=True, text=True)  # fmt: skip
    seconds["proof"] = time.monotonic() - begun
    assert json.loads(proof.stdout)["held"]
    return seconds


def main() -> None:
    """Print the medians and their ratio as a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--synced", action="store_true")
    chosen = parser.parse_args()
    rounds = []
    with tempfile.TemporaryDirectory(prefix="vigie-bench-") as name:
        documents = Path(name) / "cabinet"
        make_practice(documents, files=chosen.files, bytes_total=chosen.megabytes * 1_000_000)
        for number in range(chosen.rounds):
            folder = Path(name) / "round"
            folder.mkdir()
            rounds.append(round_of(folder, documents, synced=chosen.synced, swap=bool(number % 2)))
            shutil.rmtree(folder)
    medians = {name: statistics.median(r[name] for r in rounds) for name in rounds[0]}
    print(f"{chosen.megabytes} MB, {chosen.files} files, medians of {chosen.rounds}")
    works = ("backup",), ("restore",), ("backup", "restore")
    for parts in works:
        alone, ours = (sum(medians[f"{part}_{who}"] for part in parts) for who in WHO)
        title = " and ".join(parts)
        print(f"{title:20} restic {alone:7.2f} s  vigie {ours:7.2f} s  ratio {ours / alone:.3f}")
    print(f"proof over {chosen.files} files (299 and every database): {medians['proof']:.1f} s")


if __name__ == "__main__":
    main()
