"""The register of devices: what a person has decided about each, and when it was last here."""

import hashlib
import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vigie.domain.evidence.usb import Device, Interface, Standing

FILE = "usb.db"  # in Vigie's home
_HOLD_FILES = frozenset({0x06, 0x08})  # the classes of pictures and of mass storage
_DIGITS = 5  # bytes of a device's number: enough for one practice, too few to tell the serial from

_COLUMNS = "SELECT number, vendor, product, serial, interfaces, title, standing, decided, seen"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS devices (
    number INTEGER PRIMARY KEY,
    vendor INTEGER NOT NULL,
    product INTEGER NOT NULL,
    serial TEXT NOT NULL,
    interfaces TEXT NOT NULL,
    title TEXT NOT NULL,
    standing TEXT NOT NULL,
    decided REAL,
    seen REAL NOT NULL
);
CREATE TABLE IF NOT EXISTS salt (practice TEXT NOT NULL);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One device of the register. `number` names it in reports, orders and commands."""

    number: int
    device: Device
    standing: Standing
    decided: datetime | None
    seen: datetime


class NeverForGood(Exception):
    """A key without a serial number cannot be listed for good: any other like it would pass."""


class Register:
    """The devices one machine has seen, in the file `path`; several processes may use it at once.

    `practice` is what the numbers are salted with, from the first day on: the same key has the same
    number at every machine of a practice, and another at the next practice.
    """

    def __init__(self, path: Path, practice: str = "") -> None:
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        # That a device was here may be lost with the power; what a person decided may not.
        self._base.execute("PRAGMA synchronous = NORMAL")
        self._base.executescript(_SCHEMA)
        self._base.execute(
            "INSERT INTO salt SELECT ? WHERE NOT EXISTS (SELECT 1 FROM salt)", (practice,)
        )
        (self._practice,) = self._base.execute("SELECT practice FROM salt").fetchone()
        path.chmod(0o600)

    def number(self, device: Device) -> int:
        """Return the device's number: whoever changes anything it says has another."""
        said = f"{self._practice}\n{device.model}\n{device.serial}\n{_written(device.interfaces)}"
        digest = hashlib.blake2b(said.encode("utf-8", "replace"), digest_size=_DIGITS).digest()
        return int.from_bytes(digest, "big") or 1

    def meet(self, device: Device, now: datetime) -> Known:
        """Write down that a device is here; return what is known of it."""
        number = self.number(device)
        with self._lock:
            self._base.execute(
                "INSERT INTO devices VALUES (?, ?, ?, ?, ?, ?, ?, NULL, ?)"
                " ON CONFLICT (number) DO UPDATE SET seen = excluded.seen",
                (
                    number,
                    device.vendor,
                    device.product,
                    device.serial,
                    _written(device.interfaces),
                    device.title,
                    Standing.UNKNOWN.value,
                    now.timestamp(),
                ),
            )
        known = self.find(number)
        if known is None:
            raise LookupError(number)
        return known

    def find(self, number: int) -> Known | None:
        """Return the device of this number, or None."""
        return next(iter(self._select("WHERE number = ?", number)), None)

    def known(self) -> tuple[Known, ...]:
        """Return every device, the latest seen first."""
        return self._select("ORDER BY seen DESC")

    def decide(self, number: int, standing: Standing, now: datetime) -> bool:
        """Write down what a person has decided; return whether the device is known.

        Raise NeverForGood for a key without a serial number that is to be allowed always.
        """
        known = self.find(number)
        if known is None:
            return False
        holds_files = any(each.kind in _HOLD_FILES for each in known.device.interfaces)
        if standing is Standing.ALWAYS and holds_files and not known.device.serial:
            raise NeverForGood(str(number))
        self._set(number, standing, now)
        return True

    def own(self, number: int, now: datetime) -> None:
        """Write down that this input device is the machine's own, unless a person decided."""
        known = self.find(number)
        if known and known.standing is Standing.UNKNOWN:
            self._set(number, Standing.OWN, now)

    def used(self, number: int) -> None:
        """Note that what was allowed once has been here."""
        with self._lock:
            self._base.execute(
                "UPDATE devices SET standing = ? WHERE number = ? AND standing = ?",
                (Standing.UNKNOWN.value, number, Standing.ONCE.value),
            )

    def forget(self, number: int) -> bool:
        """Forget a device and all that was decided about it; return whether it was known."""
        with self._lock:
            done = self._base.execute("DELETE FROM devices WHERE number = ?", (number,))
        return bool(done.rowcount)

    def standings(self) -> dict[int, Standing]:
        """Return what was decided about each device: cheap enough to ask every second."""
        with self._lock:
            rows = self._base.execute("SELECT number, standing FROM devices").fetchall()
        return {number: Standing(standing) for number, standing in rows}

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def _set(self, number: int, standing: Standing, now: datetime) -> None:
        with self._lock:
            self._base.execute("PRAGMA synchronous = FULL")
            self._base.execute(
                "UPDATE devices SET standing = ?, decided = ? WHERE number = ?",
                (standing.value, now.timestamp(), number),
            )
            self._base.execute("PRAGMA synchronous = NORMAL")

    def _select(self, which: str, *values: int) -> tuple[Known, ...]:
        query = f"{_COLUMNS} FROM devices {which}"  # our own words
        with self._lock:
            rows = self._base.execute(query, values).fetchall()
        return tuple(
            Known(
                number=number,
                device=Device(
                    place="",
                    vendor=vendor,
                    product=product,
                    serial=serial,
                    interfaces=_read(interfaces),
                    title=title,
                ),
                standing=Standing(standing),
                decided=datetime.fromtimestamp(decided, UTC) if decided else None,
                seen=datetime.fromtimestamp(seen, UTC),
            )
            for (
                number, vendor, product, serial, interfaces, title, standing, decided, seen
            ) in rows
        )  # fmt: skip


def _written(interfaces: frozenset[Interface]) -> str:
    return " ".join(
        f"{each.kind:02x}:{each.subclass:02x}:{each.protocol:02x}" for each in sorted(interfaces)
    )


def _read(text: str) -> frozenset[Interface]:
    return frozenset(
        Interface(*(int(part, 16) for part in each.split(":"))) for each in text.split()
    )
