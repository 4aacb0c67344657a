"""The inventory: every device as the last scan saw it, in a file of the practice's own machine."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from vigie.domain.evidence.printers import Device

INVENTORY = "network.db"  # in Vigie's home
_FORGOTTEN = timedelta(days=90)  # a device nobody saw for a season is news when it comes back

_SCHEMA = """
CREATE TABLE IF NOT EXISTS devices (
    network TEXT NOT NULL, identity TEXT NOT NULL, seen REAL NOT NULL, here INTEGER NOT NULL,
    device TEXT NOT NULL, PRIMARY KEY (network, identity)
);
CREATE TABLE IF NOT EXISTS networks (network TEXT PRIMARY KEY, scanned REAL NOT NULL);
"""


class Inventory:
    """What was seen last, in the file `path`; use it as a context. Idempotent after a kill."""

    def __init__(self, path: Path | str) -> None:
        self._base = sqlite3.connect(path, isolation_level=None, timeout=30)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def scanned(self, network: str) -> datetime | None:
        """Return when a network was scanned last, None for never."""
        row = self._base.execute(
            "SELECT scanned FROM networks WHERE network = ?", (network,)
        ).fetchone()
        return datetime.fromtimestamp(row[0], UTC) if row else None

    def before(self, device: Device) -> Device | None:
        """Return the last sight of a device, None for one that was never seen."""
        row = self._base.execute(
            "SELECT device FROM devices WHERE network = ? AND identity = ?",
            (device.network, device.identity),
        ).fetchone()
        return _read(row[0]) if row else None

    def macs(self) -> frozenset[str]:
        """Return the hardware addresses of every device that is remembered."""
        rows = self._base.execute("SELECT identity FROM devices").fetchall()
        return frozenset(identity for (identity,) in rows)

    def here(self, network: str) -> tuple[Device, ...]:
        """Return the devices that were there at the last scan."""
        rows = self._base.execute(
            "SELECT device FROM devices WHERE network = ? AND here = 1 ORDER BY identity",
            (network,),
        ).fetchall()
        return tuple(device for (text,) in rows if (device := _read(text)))

    def keep(self, networks: Iterable[str], devices: Sequence[Device], at: datetime) -> None:
        """Keep what one scan of these networks saw."""
        with closing(self._base.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            for network in networks:
                cursor.execute("UPDATE devices SET here = 0 WHERE network = ?", (network,))
                cursor.execute("REPLACE INTO networks VALUES (?, ?)", (network, at.timestamp()))
            cursor.executemany(
                "REPLACE INTO devices VALUES (?, ?, ?, 1, ?)",
                [
                    (d.network, d.identity, at.timestamp(), msgspec.json.encode(d).decode())
                    for d in devices
                ],
            )
            cursor.execute("DELETE FROM devices WHERE seen < ?", ((at - _FORGOTTEN).timestamp(),))
            cursor.execute("COMMIT")


def _read(text: str) -> Device | None:
    try:
        return msgspec.json.decode(text, type=Device)
    except msgspec.MsgspecError:  # written by another version: seen for the first time again
        return None
