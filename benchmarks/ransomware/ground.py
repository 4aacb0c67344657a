"""The ground: a sample on a real filesystem, put back as it was between two runs."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from vigie.routines.rehearsals.manifest import MARKER, Manifest
from vigie.routines.rehearsals.sample import make_practice

PLACE = Path("/var/tmp/vigie-bench")  # noqa: S108  (on a disk: /tmp may be a tmpfs)


@dataclass(frozen=True, slots=True)
class Ground:
    """A master that nothing touches, and the practice that is watched and attacked."""

    master: Path
    practice: Path
    beside: Path
    manifest: Manifest

    def reset(self) -> None:
        """Make the practice identical to the master again, and empty everything beside it."""
        shutil.rmtree(self.beside, ignore_errors=True)
        self.beside.mkdir(parents=True)
        wanted = {*self.manifest.documents, MARKER}
        _clear(self.practice, wanted)
        damaged = {MARKER, *self.manifest.lost(self.practice)}
        for path in wanted:
            original, copy = self.master / path, self.practice / path
            if path in damaged or not copy.exists() or copy.stat().st_nlink > 1:
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.unlink(missing_ok=True)
                shutil.copy2(original, copy)
            shutil.copystat(original, copy)

    def size(self) -> str:
        """Return how much there is, for a table's head."""
        return f"{len(self.manifest.documents)} documents, {self.manifest.size / 1e6:.0f} MB"


def ground(files: int, bytes_total: int, place: Path = PLACE) -> Ground:
    """Return the ground with a sample of `files` documents; it is made once and then kept."""
    master = place / f"master-{files}-{bytes_total}"
    if not (master / MARKER).exists():
        shutil.rmtree(master, ignore_errors=True)
        make_practice(master, files=files, bytes_total=bytes_total)
    manifest = Manifest.of(master)
    return Ground(master, place / "cabinet", place / "beside", manifest)


def still_mounted(folder: Path) -> bool:
    """Return whether something is mounted on `folder` or below it."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    return any(Path(line.split()[4]).is_relative_to(folder) for line in lines)


def _clear(folder: Path, wanted: set[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for place, folders, names in os.walk(folder, topdown=False):
        for name in names:
            path = Path(place) / name
            if path.is_symlink() or str(path.relative_to(folder)) not in wanted:
                path.unlink()
        for name in folders:
            path = Path(place) / name
            if path.is_symlink():
                path.unlink()
            elif not any(path.iterdir()):
                path.rmdir()
