"""Retention: what may go, decided where the repository lies and never on the practice's machine.

`keep-within` only: forged times made keep-daily drop 7 of 7 real snapshots. It counts from the
newest claimed time, so that one snapshot dated next year would let everything go: each claimed
time is held against the arrival of its file at the repository first.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie.domain.finding import Finding, Gravity
from vigie.routines.backups.making import HELD_TAG
from vigie.tools.restic import Restic, Snapshot

AHEAD = timedelta(hours=1)  # clocks of practices differ by minutes, not by more
BEHIND = timedelta(days=3)  # the first upload over a slow line; the time claimed is its beginning
WITHIN = re.compile(r"(\d+y)?(\d+m)?(\d+d)?")
SHORTEST = "1y"  # the default: a year of states of every document


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What retention did, or would do: the snapshots removed, or why none was."""

    removed: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


def arrivals(folder: Path) -> Mapping[str, datetime]:
    """Given a repository's folder, return when each snapshot's file was last written."""
    return {
        file.name: datetime.fromtimestamp(file.stat().st_mtime, UTC)
        for file in (folder / "snapshots").iterdir()
        if file.is_file()
    }


def forged(
    snapshots: Sequence[Snapshot], arrived: Mapping[str, datetime], now: datetime
) -> tuple[Snapshot, ...]:
    """Return the snapshots whose claimed time does not fit their arrival, or lies ahead of now."""
    return tuple(
        snapshot
        for snapshot in snapshots
        if snapshot.time > now + AHEAD
        or (came := arrived.get(snapshot.id)) is None
        or not came - BEHIND <= snapshot.time <= came + AHEAD
    )


def retain(
    restic: Restic,
    *,
    within: str = SHORTEST,
    dry_run: bool = False,
    settled: bool = False,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Kept:
    """Remove snapshots older than `within` before the newest, and the data only they need.

    Nothing is removed while a snapshot's time looks forged, while anybody works in the
    repository, or (unless a person `settled` it) while a machine says its documents turn bad.

    Raise ValueError if `within` is no duration like `1y6m`, or if the repository does not lie
    on a disk of this machine: arrival times are seen nowhere else.
    """
    folder = restic.repository.folder
    if folder is None or not within or not WITHIN.fullmatch(within):
        raise ValueError(within if folder else restic.repository.location)
    restic.unlock()
    if any((folder / "locks").iterdir()):  # whoever is left is at work
        return Kept(findings=(Finding(gravity=Gravity.NOTE, fact="backup_in_use"),))
    snapshots = restic.snapshots()
    strange = forged(snapshots, arrivals(folder), clock())
    waiting = [s for s in snapshots if HELD_TAG in s.tags] if not settled else []
    findings = tuple(
        Finding(gravity=gravity, fact=fact, numbers={"snapshots": count})
        for gravity, fact, count in (
            (Gravity.ALARM, "backup_time_forged", len(strange)),
            (Gravity.CONCERN, "backup_retention_waits", len(waiting)),
        )
        if count
    )
    if findings:
        return Kept(findings=findings)
    removed = restic.forget_within(within, dry_run=dry_run)
    if removed and not dry_run:
        restic.prune()
    return Kept(removed=removed)
