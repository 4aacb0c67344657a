"""Where people keep notes: desktops and documents, and the folders that a practice shares.

Folders called « Personnel » or « Privé » are off limits, and so is what is hidden.
"""

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vigie.knowledge.passwords.labels import flat, named

_DESKS = frozenset(
    {"bureau", "desktop", "schreibtisch", "documents", "dokumente", "documenti", "onedrive"}
    | {"telechargements", "downloads"}
)
_PRIVATE = frozenset(
    {"personnel", "personnels", "personnelle", "prive", "privee", "prives", "perso", "private"}
    | {"privat", "personal", "personlich"}
)
_DULL = frozenset({"node_modules", "__pycache__", "appdata", "library", "snap", "lost+found"})
_NOTES = frozenset(
    {"txt", "md", "csv", "tsv", "rtf", "doc", "docx", "odt", "xls", "xlsx", "xlsm", "xlsb", "ods"}
    | {"one", "note", "wps", "text", ""}
)
# Read only where their name says so: a practice has a hundred thousand scanned letters.
_WHEN_NAMED = frozenset({"pdf", "ppt", "pptx", "htm", "html", "log"})
_STICKY_NOTES = "plum.sqlite"  # where Windows keeps them
DEEPEST = 12
LARGEST = 8 << 20  # bytes; nobody keeps a note of ten thousand pages


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A folder to look through. `shared`: more than one person opens it. `top`: not deeper."""

    folder: Path
    shared: bool = False
    top: bool = False


@dataclass(frozen=True, slots=True)
class Paper:
    """A document that may be a note, as the folder shows it."""

    path: Path
    size: int
    written: int  # nanoseconds
    shared: bool


def desks(homes: Sequence[Path]) -> Iterator[Place]:
    """Yield, for each person's home, their desktop and documents, and the home's own top."""
    for home in homes:
        if not home.is_dir():
            continue
        yield Place(folder=home, top=True)
        try:
            entries = sorted(home.iterdir())
        except OSError:
            continue
        yield from (
            Place(folder=entry)
            for entry in entries
            if flat(entry.name) in _DESKS and entry.is_dir() and not entry.is_symlink()
        )


def papers(place: Place, unread: Callable[[Path], object] = lambda _: None) -> Iterator[Paper]:
    """Yield the documents of one place that may be notes; `unread` hears of closed folders."""
    open_to_all = place.shared or _passable(place.folder)
    yield from _below(place.folder, place, unread, 0, open_to_all=open_to_all)


def _below(
    folder: Path,
    place: Place,
    unread: Callable[[Path], object],
    depth: int,
    *,
    open_to_all: bool,
) -> Iterator[Paper]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        unread(folder)
        return
    for entry in entries:
        try:
            state = entry.stat(follow_symlinks=False)
        except OSError:
            continue
        if stat.S_ISDIR(state.st_mode):
            if place.top or depth >= DEEPEST or _off_limits(entry.name):
                continue
            others = place.shared or (open_to_all and bool(state.st_mode & stat.S_IXOTH))
            yield from _below(Path(entry.path), place, unread, depth + 1, open_to_all=others)
        elif stat.S_ISREG(state.st_mode) and _may_be_note(entry.name, state.st_size):
            readable = place.shared or (open_to_all and bool(state.st_mode & stat.S_IROTH))
            yield Paper(Path(entry.path), state.st_size, state.st_mtime_ns, readable)


def _off_limits(name: str) -> bool:
    said = flat(name)
    return (
        said.startswith(".")
        or said in _DULL
        or bool(_PRIVATE & set(said.replace("_", " ").split()))
    )


def _may_be_note(name: str, size: int) -> bool:
    if name.startswith((".", "~$")) or not 0 < size <= LARGEST:
        return False
    stem, dot, ending = name.rpartition(".")
    ending = ending.lower() if dot else ""
    if ending in _WHEN_NAMED:
        return named(stem)
    return ending in _NOTES or name.lower() == _STICKY_NOTES


def _passable(folder: Path) -> bool:
    """Return whether anybody with an account can walk into a folder."""
    if os.name == "nt":  # rights lie elsewhere there; a home is its owner's alone by default
        return False
    try:
        return all(each.stat().st_mode & stat.S_IXOTH for each in (folder, *folder.parents))
    except OSError:
        return False
