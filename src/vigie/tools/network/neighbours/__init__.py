"""Neighbours: who answered on the wire, as the system's own table has it. Needs no privilege.

A device that drops everything must still say its hardware address, or nobody could reach it.
"""

import sys
from collections.abc import Mapping
from typing import Protocol


class Neighbours(Protocol):
    """The system's table of neighbours."""

    def seen(self) -> Mapping[str, str]:
        """Return address → hardware address (`aa:bb:cc:dd:ee:ff`) of those that answered."""

    def close(self) -> None:
        """Close what is open."""


def of_this_system() -> Neighbours:
    """Return this system's table."""
    if sys.platform == "linux":
        from vigie.tools.network.neighbours import linux  # noqa: PLC0415  (one system's own)

        return linux.Linux()
    else:  # noqa: RET505  (each system is type-checked on its own)
        from vigie.tools.network.neighbours import arp  # noqa: PLC0415

        return arp.Arp()
