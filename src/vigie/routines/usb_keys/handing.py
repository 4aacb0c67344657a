"""Handing on: the clean copies of a key as one folder that nobody can write to, there at once.

The folder appears whole, under its name, when every file of the key has been judged; a key that
is taken out, a disk that fills or a kill before that leave nothing behind.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from vigie.guards.stray_usb_key.contents import refused
from vigie.knowledge.key_names import clean_part, clean_path
from vigie.routines.usb_keys.reading import Reading

_READ, _ENTER = 0o444, 0o555
_UNDER_WAY = ".reading-"
_OURS = re.compile(r"^\.reading-\d+-\d+$| \(\d+\)$")  # the names we give, and nothing else


class Shelf:
    """The folder in which people find what keys brought: one folder for each key that is in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def clear(self) -> None:
        """Clear away what an earlier life left: the keys it came from may be gone."""
        if self._folder.is_dir():
            for entry in self._folder.iterdir():
                if _OURS.search(entry.name) and entry.is_dir() and not entry.is_symlink():
                    _remove(entry)

    @contextmanager
    def scratch(self, number: int) -> Iterator[Path]:
        """Yield an empty folder beside the others for one reading; it is gone afterwards."""
        self._folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder = self._folder / f"{_UNDER_WAY}{number}-{os.getpid()}"
        _remove(folder)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            _remove(folder)

    def put(self, reading: Reading, scratch: Path, title: str, number: int) -> Path | None:
        """Hand on the clean copies of a reading, and what was made safe of the rest.

        Return their folder, or None where there are none. Raise OSError, with nothing handed on,
        where the disk does not take it.
        """
        clean = [(file.name, path) for file, path in reading.files if not refused(file)]
        clean += [(clean_path(name), path) for name, path in reading.safe]
        if not clean:
            return None
        made = scratch / "clean"
        made.mkdir()
        for name, path in clean:
            target = _free(made, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.rename(target)
            target.chmod(_READ)
        for folder, _, _ in os.walk(made, topdown=False):
            if folder != os.fspath(made):
                Path(folder).chmod(_ENTER)
        place = self.place(title, number)
        _remove(place)
        made.rename(place)
        place.chmod(_ENTER)
        return place

    def place(self, title: str, number: int) -> Path:
        """Return where the copies of one key are, or would be."""
        return self._folder / clean_part(f"{title} ({number})").lstrip(".")

    def take_away(self, title: str, number: int) -> None:
        """Remove the copies of a key that is gone; whoever reads one reads on."""
        _remove(self.place(title, number))


def _free(folder: Path, name: str) -> Path:
    """Return a path that is not taken. `name` is clean: relative, and without any `..`."""
    wanted = folder / name
    path, count = wanted, 1
    while path.exists() or any(part.is_file() for part in path.parents if part != folder):
        count += 1
        path = folder / f"{count}_{name.replace('/', '_')}"[:200]
    return path


def _remove(folder: Path) -> None:
    """Remove a folder of ours, made read-only or not, if it is there."""
    for inner, _, _ in os.walk(folder):
        with suppress(OSError):
            Path(inner).chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
