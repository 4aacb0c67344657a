"""The same attacks where the system does not tell who writes: Windows, macOS, network shares.

    python benchmarks/ransomware/pidless.py [--quick] [--runs 5]

Played at the speed of the fastest LockBit unless --rate says otherwise. Nobody can be frozen
without a process id: what ends an attack here is that the folder is covered read-only.
"""

import sys
from statistics import median

from attacks import FASTEST_KNOWN, parser, play

MOST_LOST = 4  # the goal, as a median over all attacks


def main() -> int:
    """Play the attacks without process ids; return 1 when the goal is missed."""
    options = parser()
    options.set_defaults(rate=FASTEST_KNOWN)
    asked = options.parse_args()
    asked.watch = [*asked.watch, "--without-pids"]
    lost = [run.lost for run in play(asked)]
    return 0 if min(lost) >= 0 and median(lost) <= MOST_LOST else 1


if __name__ == "__main__":
    sys.exit(main())
