"""The USB bus of this machine: what is plugged in, and the door that nothing new passes by itself.

One module per system behind two small Protocols, chosen in the composition root. Linux: `linux`
sees (udev, sysfs), `sysfs` or `usbguard` is the door. `windows` and `macos` are not yet run.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One device as the system shows it now; what its firmware says of itself is untrusted.

    `number` grows with each plugging-in at one bus. `interfaces` are those the system has set up,
    `untrusted_descriptors` all that the device offers. `typing`: the system made a keyboard of it.
    `open`: it may work. `disks` are device nodes, `in_use` says that something is mounted of them.
    """

    place: str
    number: int
    vendor: int
    product: int
    untrusted_serial: str = ""
    untrusted_title: str = ""
    untrusted_descriptors: bytes = b""
    untrusted_reports: tuple[bytes, ...] = ()
    interfaces: frozenset[tuple[int, int, int]] = frozenset()
    typing: bool = False
    open: bool = True
    disks: tuple[str, ...] = ()
    in_use: bool = False


class Bus(Protocol):
    """What is plugged in."""

    def devices(self) -> Sequence[Seen]:
        """Return every device but the hubs the machine itself has, in the order of their places."""

    def wait(self, seconds: float) -> bool:
        """Return once something changed, or False after that time."""

    def built_in_keyboards(self) -> int:
        """Return how many keyboards belong to the machine itself: a portable has one."""


class Door(Protocol):
    """What may work. Every call may raise OSError."""

    def shut(self) -> None:
        """Let nothing new work by itself; what works goes on. Shut twice, it is shut."""

    def reopen(self) -> None:
        """Put back what was before `shut`."""

    def let_in(self, place: str) -> None:
        """Let the device at this place work."""

    def keep_out(self, place: str) -> None:
        """Stop the device at this place."""
