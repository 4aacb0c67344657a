"""What the benchmarks ask of `vigie watch --json`, tried once on thirty documents.

    python benchmarks/ransomware/conformance.py

One JSON object per line on stdout and nothing else; first `ready`; for an attack a `verdict` with
findings (each with a fact) and outcomes (each with a deed and a result); SIGTERM ends it with
nothing left mounted and nobody left stopped by mistake.
"""

import subprocess
import sys
from pathlib import Path

import family
from ground import PLACE, ground, still_mounted

from vigie.routines.rehearsals.blackbox import Watch

PATIENCE = 60.0  # seconds


def main() -> int:
    """Print one line for each demand; return how many were not met."""
    family.adopt_orphans()
    place = ground(30, 2_000_000, Path(sys.argv[1]) if len(sys.argv) > 1 else PLACE)
    place.reset()
    met: dict[str, bool] = {}
    with Watch(place.practice, place.beside / "watch") as watch:
        met["the first line says ready"] = watch.said[0].kind == "ready"
        ours = frozenset({watch.pid})
        subprocess.Popen(
            [
                *(sys.executable, "-m", "vigie.routines.rehearsals.encryptors"),
                *(str(place.practice), "in_place", "--progress", str(place.beside / "progress")),
                *("--elsewhere", str(place.beside / "elsewhere"), "--rate", "20"),
            ],
            start_new_session=True,
        )
        met["an attack gives a verdict"] = bool(watch.wait(lambda s: s.kind == "verdict", PATIENCE))
        met["its findings name facts"] = all(said.facts for said in watch.verdicts)
        done = watch.wait(lambda said: "RESTORE" in said.deeds("DONE"), PATIENCE)
        met["an outcome says RESTORE is DONE"] = bool(done)
        met["the attacker is frozen"] = family.stopped(family.living(ours))
        family.end(ours)
    met["nothing stays mounted"] = not still_mounted(place.practice)
    met["every document is back"] = not place.manifest.lost(place.practice)
    for demand, kept in met.items():
        print(f"{'yes' if kept else 'NO '}  {demand}")
    return sum(not kept for kept in met.values())


if __name__ == "__main__":
    sys.exit(main())
