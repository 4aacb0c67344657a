"""The machine itself, as it stood when it was looked at."""

from dataclasses import dataclass
from datetime import date

from vigie.domain.evidence import Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """One file system: `free` bytes of `size`. `place` stays local."""

    place: str
    size: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineSeen(Evidence):
    """How a machine stands. Whatever is None could not be known: that is no good news.

    `failing`: disks that say they fail, or gave up sectors. `antivirus`: whether one runs, with
    signatures `signature_days` old. `encrypted`: every disk with documents on it. `locks`: every
    desktop's screen locks soon. `supported_until`: the maker's last day for this system.
    `refreshed_days`: since updates were looked for; `updated_days`: since some were installed;
    `pending`: security updates that wait. `clock_seconds`: how far the clock is off.
    """

    rooms: tuple[Room, ...] = ()
    disks: int = 0
    failing: int = 0
    firewall: bool | None = None
    antivirus: bool | None = None
    signature_days: int | None = None
    encrypted: bool | None = None
    locks: bool | None = None
    supported_until: date | None = None
    refreshed_days: int | None = None
    updated_days: int | None = None
    pending: int | None = None
    clock_seconds: int | None = None
