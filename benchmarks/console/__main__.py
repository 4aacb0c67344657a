"""How fast the pages of a large console are, and what an ordinary small one costs.

    python -m benchmarks.console make    makes 1,000 practices, 6,000 machines, 5 million rows
    python -m benchmarks.console pages   p95 of the desk and of a practice page, on PostgreSQL
    python -m benchmarks.console rest    what 40 practices' ordinary load costs on SQLite

`make` needs about 5 GB below --place and some minutes; the others less than a minute and a half.
Status 1 when a goal is missed.
"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "stage"))

from benchmarks.console import ground, pages, rest

PLACE = Path("/var/tmp/vigie-bench-console")  # noqa: S108  (a benchmark's scratch, removed by hand)


def main() -> int:
    """Do what was asked; return 1 when a goal was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["make", "pages", "rest"])
    parser.add_argument("--place", type=Path, default=PLACE)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--practices", type=int, default=1_000)
    parser.add_argument("--machines", type=int, default=6_000)
    parser.add_argument("--journal", type=int, default=5_000_000)
    asked = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    if asked.what == "make":
        size = ground.Size(asked.practices, asked.machines, asked.journal)
        pages.make(asked.place, size)
        return 0
    if asked.what == "pages":
        return pages.measure(asked.place, asked.requests)
    return rest.measure(asked.seconds)


if __name__ == "__main__":
    sys.exit(main())
