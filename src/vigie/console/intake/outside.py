"""The look from outside: a connection to each port of the address that asked, and not a byte."""

import socket
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from ipaddress import ip_address

from vigie.wire.outside import OutsideSight

_PATIENCE = 2.0  # seconds for a connection across the Internet
_AT_ONCE = 16
APART = 300.0  # seconds between two looks at one practice

Connects = Callable[[str, int], bool]


@dataclass(slots=True)
class Seldom:
    """One look at a time for each practice, in the memory of one worker."""

    clock: Callable[[], float] = time.monotonic
    _last: dict[int, float] = field(default_factory=dict)

    def take(self, practice_id: int) -> bool:
        """Return whether a practice may be looked at again."""
        now = self.clock()
        if now - self._last.get(practice_id, -APART) < APART:
            return False
        self._last[practice_id] = now
        return True


def connects(address: str, port: int) -> bool:
    """Return whether a connection is accepted; it is closed without a byte."""
    try:
        with socket.create_connection((address, port), timeout=_PATIENCE):
            return True
    except OSError:
        return False


def look(address: str, ports: Iterable[int], reaches: Connects = connects) -> OutsideSight:
    """Return which ports of a public address accept a connection.

    Nothing is looked at where the address is not public: the console then stands inside, or
    behind something that hides who asked.
    """
    try:
        public = ip_address(address).is_global
    except ValueError:
        public = False
    if not public:
        return OutsideSight(looked=False)
    wanted = tuple(dict.fromkeys(ports))
    with ThreadPoolExecutor(_AT_ONCE) as several:
        reached = several.map(lambda port: reaches(address, port), wanted)
        opened = tuple(port for port, there in zip(wanted, reached, strict=True) if there)
    return OutsideSight(looked=True, open=opened)
