"""Before the upload: databases copied consistently, files listed, changed ones looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from vigie.domain.evidence.structure import Soundness
from vigie.domain.finding import Finding, Gravity
from vigie.routines.backups.manifest import Inspect, Manifest, Row, read, walk
from vigie.routines.backups.plan import BackupPlan
from vigie.routines.backups.room import Room
from vigie.tools import databases
from vigie.tools.databases import DatabaseFailed, DatabaseTrouble
from vigie.tools.restic import literal

BROKEN_SHARE = 0.005  # more of the changed documents broken than this: no day's work does that
BROKEN_ALARM = 3  # one odd export is a concern; three are what an encryptor leaves first
SMALL = 64 << 20  # bytes hashed before the upload (0.05 s): the manifest travels with its snapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What one run is about to save.

    `folders` are those that exist; `excludes` are restic's patterns; `rows` every file with the
    hash it had if it has not changed, `changed` the rows that must be read.
    """

    folders: tuple[Path, ...]
    excludes: tuple[str, ...]
    rows: tuple[Row, ...]
    changed: tuple[Row, ...]
    broken: int = 0
    findings: tuple[Finding, ...] = field(default=())

    @property
    def held(self) -> bool:
        """Return whether retention must wait: good documents may be turning bad."""
        return self.broken > BROKEN_SHARE * len(self.changed)


def survey(
    plan: BackupPlan, room: Room, previous: Manifest | None, inspect: Inspect | None
) -> Survey:
    """Given the plan and the last manifest, copy the databases and list what is to be saved."""
    folders = tuple(folder for folder in plan.folders if folder.is_dir())
    findings = [_absent(folder) for folder in plan.folders if folder not in folders]
    leave = (*plan.excludes, *(p.location for p in plan.places if ":" not in p.location))
    listed = list(walk(folders, (*leave, str(room.folder))))
    live = [row for row in listed if databases.is_sqlite(row.path)]
    saved = _save_sqlite([row.path for row in live], room, findings)
    _save_postgresql(plan, room, findings)
    left_out = {file for path in saved for file in (path, *databases.companions(path))}
    rows = [row for row in listed if row.path not in left_out]
    rows += walk([room.databases], ()) if room.databases.is_dir() else []
    if previous is not None:
        rows = [_remembered(row, previous) for row in rows]
    changed = [row for row in rows if not row.sha256]
    read_now, broken = _look(changed, previous, inspect)
    finished = {row.path: row for row in read_now}
    found = Survey(
        folders=folders,
        excludes=tuple(
            literal(text) if Path(text).is_absolute() else text
            for text in (*leave, *map(str, (*room.private, *sorted(left_out))))
        ),
        rows=tuple(finished.get(row.path, row) for row in rows),
        changed=tuple(finished.get(row.path, row) for row in changed),
        broken=broken,
        findings=tuple(findings),
    )
    return replace(found, findings=(*findings, _alarm(found))) if found.held else found


def _absent(folder: Path) -> Finding:
    return Finding(
        gravity=Gravity.ALARM,
        fact="backup_folder_missing",
        clues={"subject": str(folder), "folder": str(folder)},
    )


def _alarm(found: Survey) -> Finding:
    grave = found.broken >= BROKEN_ALARM
    return Finding(
        gravity=Gravity.ALARM if grave else Gravity.CONCERN,
        fact="backup_documents_broken",
        numbers={"files": found.broken, "changed": len(found.changed)},
    )


def _remembered(row: Row, previous: Manifest) -> Row:
    known = previous.row(row.path)
    if known is not None and row.same_file(known):
        return known
    return replace(row, soundness=known.soundness) if known else row


def _look(
    changed: Sequence[Row], previous: Manifest | None, inspect: Inspect | None
) -> tuple[list[Row], int]:
    """Read what must be known before the upload; return those rows, and how many turned broken.

    Without an earlier manifest there is nothing to compare with: the first backup looks at
    nothing. A document that was broken before and still is has not turned broken.
    """
    looking = inspect if previous is not None else None
    if not looking and sum(row.size for row in changed) > SMALL:
        return [], 0
    before = {row.path: row.soundness for row in changed}
    after = [read(row, looking) for row in changed]
    broken = [
        row
        for row in after
        if row.soundness is Soundness.BROKEN and before[row.path] is not Soundness.BROKEN
    ]
    return after, len(broken)


def _save_sqlite(sources: Sequence[Path], room: Room, findings: list[Finding]) -> set[Path]:
    """Copy each live SQLite database; return those whose copy takes the place of the file.

    A database that cannot be copied soundly is saved as the file it is, and said.
    """
    saved: set[Path] = set()
    for source in sources:
        target = room.databases / source.relative_to(source.anchor)
        try:
            if not target.exists() or target.stat().st_mtime_ns != databases.age(source):
                databases.save_sqlite(source, target)
            saved.add(source)
        except (DatabaseFailed, OSError) as failure:
            target.unlink(missing_ok=True)
            findings.append(_database(failure, str(source)))
    _forget(room, {room.databases / path.relative_to(path.anchor) for path in saved})
    return saved


def _forget(room: Room, wanted: set[Path]) -> None:
    """Remove copies of databases that are no longer there; PostgreSQL's dumps have their place."""
    for row in walk([room.databases], (str(room.dumps),)) if room.databases.is_dir() else ():
        if row.path not in wanted:
            row.path.unlink()


def _save_postgresql(plan: BackupPlan, room: Room, findings: list[Finding]) -> None:
    for number, conninfo in enumerate(plan.databases, start=1):
        try:
            if not databases.postgresql_checksums(conninfo):
                findings.append(
                    Finding(
                        gravity=Gravity.CONCERN,
                        fact="backup_checksums_off",
                        clues={"subject": conninfo, "database": conninfo},
                    )
                )
            databases.dump_postgresql(conninfo, room.dumps / f"{number}.dump")
        except DatabaseFailed as failure:
            findings.append(_database(failure, conninfo))


def _database(failure: Exception, name: str) -> Finding:
    trouble = failure.trouble if isinstance(failure, DatabaseFailed) else DatabaseTrouble.NOT_SAVED
    return Finding(
        gravity=Gravity.ALARM,
        fact=trouble.value,
        clues={"subject": name, "database": name, "said": str(failure)},
    )
