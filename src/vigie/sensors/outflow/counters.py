"""The counters of the network cards: bytes sent since each card came up.

They say how much left, never what or to whom. Cards inside the machine (loopback, bridges, ends of
tunnels) are left out: their bytes leave by a real card, or not at all.
"""

import re
from collections.abc import Mapping

import psutil

from vigie.sensors import SensorBlind

# Bridges, ends of virtual cables, tunnels: what leaves by them leaves again by a card.
_INSIDE = re.compile(r"^(lo\d*|Loopback.*|docker|br-|virbr|veth|vnet|tun|tap|wg|utun|dummy|ifb)")


def sent() -> Mapping[str, int]:
    """Return the bytes sent by each card since it came up. Raise SensorBlind without any card."""
    cards = psutil.net_io_counters(pernic=True)
    found = {name: int(card.bytes_sent) for name, card in cards.items() if not _INSIDE.match(name)}
    if not found:
        raise SensorBlind("not_supported", "no network card")
    return found


def between(before: Mapping[str, int], after: Mapping[str, int]) -> int:
    """Return the bytes sent between two readings.

    A counter that is smaller than before began again with its card: all it holds is new.
    """
    return sum(
        count - before[name] if name in before and count >= before[name] else count
        for name, count in after.items()
    )
