"""Linux: journald's boots, and wtmp as `last -x` shows it.

journald says "Journal stopped" at the end of a boot that ended by itself. wtmp has a `shutdown`
record between two boots; after the next clean stop `last` fills in a plausible end for the others,
so that its durations are not believed, only whether the record is there.
"""

import json
import struct
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vigie.tools.stops import LastStop

JOURNAL_STOPPED = "d93fb3c9c24d451a97cea615ce59c00b"  # SD_MESSAGE_JOURNAL_STOPPED
WTMP = Path("/var/log/wtmp")
LIMIT = 30.0
_RECORD = struct.Struct("<h2xi32s4s32s256shhiii4I20s")  # utmp(5) on 64-bit Linux: 384 bytes
_RUN_LEVEL, _BOOT = 1, 2


@dataclass(frozen=True, slots=True)
class LinuxStops:
    """The records of this machine; `journal` names another folder of journals."""

    wtmp: Path = WTMP
    journal: Path | None = None

    def last(self) -> LastStop:
        """Return what journald tells, else what wtmp does."""
        told = self._by_journal()
        return told if told.clean is not None else by_wtmp(self.wtmp)

    def _by_journal(self) -> LastStop:
        ends = self._entries("--lines=1")
        if not ends:
            return LastStop()
        stopped = self._entries(f"MESSAGE_ID={JOURNAL_STOPPED}")
        return LastStop(clean=bool(stopped), at=ends[-1])

    def _entries(self, *more: str) -> list[datetime]:
        """Return when the entries of the boot before this one were written."""
        where = [f"--directory={self.journal}"] if self.journal else []
        argv = ["journalctl", "--boot=-1", "--quiet", "--output=json", *where, *more]
        try:
            done = subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return []
        return list(times_in(done.stdout)) if not done.returncode else []


def times_in(raw: str) -> Iterator[datetime]:
    """Yield the times of journald's JSON lines."""
    for line in raw.splitlines():
        try:
            micros = int(json.loads(line)["__REALTIME_TIMESTAMP"])
        except (ValueError, KeyError, TypeError):
            continue
        yield datetime.fromtimestamp(micros / 1e6, UTC)


def by_wtmp(path: Path) -> LastStop:
    """Return what wtmp tells: a boot that no shutdown record stands before was no clean stop."""
    try:
        raw = path.read_bytes()
    except OSError:
        return LastStop()
    seen: list[tuple[str, datetime]] = []
    for start in range(0, len(raw) // _RECORD.size * _RECORD.size, _RECORD.size):
        kind, _, _, _, user, _, _, _, _, seconds, *_ = _RECORD.unpack_from(raw, start)
        name = user.rstrip(b"\0")
        at = datetime.fromtimestamp(seconds, UTC)
        if kind == _BOOT:
            seen.append(("boot", at))
        elif kind == _RUN_LEVEL and name == b"shutdown":
            seen.append(("shutdown", at))
        else:
            seen.append(("life", at))
    boots = [number for number, (what, _) in enumerate(seen) if what == "boot"]
    if len(boots) < 2:  # noqa: PLR2004  (this one, and the one before)
        return LastStop()
    between = seen[boots[-2] + 1 : boots[-1]]
    clean = any(what == "shutdown" for what, _ in between)
    return LastStop(clean=clean, at=between[-1][1] if between else seen[boots[-2]][1])
