"""Bring files back: whole or not at all at their final name, and nothing that stands is lost.

Restic writes into a scratch folder beside the target. Only when it has finished are the files
put in place, by renaming; a killed restore takes up what its scratch folder already holds.
"""

import errno
import filecmp
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from vigie.routines.backups.manifest import Manifest, Row, digest
from vigie.tools.databases import SQLITE_NAMES, companions
from vigie.tools.restic import Restic, Snapshot

FEW = 4000  # files asked for by name: more would not fit on one command line, so all are asked for
FLUSHED_EVERY = 1.0  # seconds: what is still to be written at the end is written within as many
STAGING = "staging"  # the last part of the path under which `Room` stages databases


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """How many files are in place, and how many older ones stand beside them under a new name."""

    files: int
    set_aside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Restorer:
    """Restores one snapshot below one folder: `/srv/a.txt` comes back as `target/srv/a.txt`.

    `manifest` (of that snapshot, if this machine still has it) lets a killed restore go on where
    it was. `clock` names files that are set aside.
    """

    restic: Restic
    snapshot: Snapshot
    target: Path
    manifest: Manifest | None = None
    tell: Callable[[int], None] | None = None
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def run(self, only: Sequence[Path] = ()) -> Restored:
        """Restore everything, or these original paths (files or folders); return the count.

        Raise ResticFailed or OSError (a full disk); run it again to go on.
        """
        work = self.target / f".vigie-restore-{self.snapshot.id[:8]}"
        whole = work.with_name(work.name + ".whole")
        if not whole.exists():
            wanted = self._wanted(work, only)
            work.mkdir(mode=0o700, parents=True, exist_ok=True)
            if wanted is None or wanted:
                with _flushed():
                    self.restic.restore(self.snapshot.id, work, only=wanted or (), tell=self.tell)
            self._unstage(work)
            _flush()  # a power cut after the renaming must not leave empty files behind
            whole.touch()
        placing = _Placing(self.clock().strftime("%Y%m%dT%H%M%S"))
        if work.exists():
            placing.merge(work, self.target)
            work.rmdir()
        whole.unlink()
        return Restored(files=placing.files, set_aside=placing.set_aside)

    def _wanted(self, work: Path, only: Sequence[Path]) -> Sequence[str] | None:
        """Return what restic must bring: some paths, nothing more (empty), or all (None)."""
        staging = self._staging()
        if only:
            staged = [staging / "databases" / p.relative_to(p.anchor) for p in only if staging]
            return [str(path) for path in (*only, *staged)]
        if self.manifest is None or not work.exists():
            return None
        missing = [row.path for row in self.manifest.rows() if not self._there(work, row)]
        return [str(path) for path in missing] if len(missing) <= FEW else None

    @staticmethod
    def _there(work: Path, row: Row) -> bool:
        """Return whether an earlier try brought this file whole; a half one is removed."""
        path = work / row.path.relative_to(row.path.anchor)
        if not path.is_file():
            return False
        with path.open("rb") as file:
            whole = digest(file.read) == row.sha256
        if not whole:
            path.unlink()
        return whole

    def _staging(self) -> Path | None:
        return next((Path(p) for p in self.snapshot.paths if Path(p).name == STAGING), None)

    def _unstage(self, work: Path) -> None:
        """Move the databases' consistent copies to where the databases live."""
        staging = self._staging()
        staged = work / staging.relative_to(staging.anchor) if staging else None
        if staged is None or not staged.exists():
            return
        if (staged / "databases").exists():
            _Placing("").merge(staged / "databases", work)
        shutil.rmtree(staged)
        for folder in staged.parents:
            if folder == work or any(folder.iterdir()):
                break
            folder.rmdir()


def _flush() -> None:
    if hasattr(os, "sync"):
        os.sync()


@contextmanager
def _flushed() -> Iterator[None]:
    """Have the disk write while restic decrypts, so that little is left to wait for at the end."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(FLUSHED_EVERY):
            _flush()

    thread = threading.Thread(target=work, name="flushing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class _Placing:
    """Renames a tree into another. What stands in the way with other content is set aside."""

    def __init__(self, stamp: str) -> None:
        self._stamp = stamp
        self.files = 0
        self.set_aside = 0

    def merge(self, source: Path, target: Path) -> None:
        """Move everything in `source` into the folder `target`; links there are not followed."""
        for entry in sorted(os.scandir(source), key=lambda entry: entry.name):
            here, there = Path(entry.path), target / entry.name
            if entry.is_dir(follow_symlinks=False) and there.is_dir() and not there.is_symlink():
                self.merge(here, there)
                here.rmdir()
                continue
            if os.path.lexists(there):
                if _same(here, there):
                    here.unlink()
                    self.files += 1
                    continue
                self._step_aside(there)
            self._put(here, there)

    def _step_aside(self, path: Path) -> None:
        """Keep what stands there under a new name, and a database's own log with it."""
        beside = companions(path) if path.suffix.lower() in SQLITE_NAMES else ()
        for file in (path, *(each for each in beside if each.exists())):
            number, ending = 0, f".avant-{self._stamp}"
            while os.path.lexists(aside := file.with_name(file.name + ending)):
                number += 1
                ending = f".avant-{self._stamp}-{number}"
            file.rename(aside)
        self.set_aside += 1

    def _put(self, here: Path, there: Path) -> None:
        self.files += _files(here)
        try:
            here.rename(there)
        except OSError as failure:
            if failure.errno != errno.EXDEV:
                raise
            part = there.with_name(f"{there.name}.vigie-part")  # another disk below the target
            shutil.copytree(here, part, symlinks=True) if here.is_dir() else shutil.copy2(
                here, part, follow_symlinks=False
            )
            part.rename(there)
            shutil.rmtree(here) if here.is_dir() else here.unlink()


def _files(path: Path) -> int:
    if path.is_symlink() or not path.is_dir():
        return 1
    return sum(len(files) for _, _, files in os.walk(path))


def _same(here: Path, there: Path) -> bool:
    plain = not here.is_symlink() and not there.is_symlink() and here.is_file() and there.is_file()
    return plain and filecmp.cmp(here, there, shallow=False)
