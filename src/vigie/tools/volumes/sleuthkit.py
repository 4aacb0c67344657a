"""exFAT, NTFS, ext and disc images, by sleuthkit: listed folder by folder, taken out by number.

`fls -r` would look for lost files over the whole key (39 s for 16 GB, measured); one folder at a
time it does not. Names never become paths: a file comes out under the number we gave it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vigie.tools.volumes import Found, Stopped
from vigie.tools.volumes.confined import KEY, Room

_SECTOR = 512
_TAKEN = ".taken"  # the end of the names we give: no program of ours gives another such
_LEVELS = 24  # folders inside folders; a folder that holds itself ends here
_MARK = "\x1d"  # between two folders in the answer; no name can hold it, names are cleaned
# NTFS: unnamed data and directory indexes; the records before the first are the system's own.
_DATA, _INDEX, _FIRST_RECORD = "128", "144", 24
# exFAT: what sleuthkit calls the tables it finds in the first folder; a person's file of that name
# stays on the key.
_LABEL = " (Volume Label Entry)"
_TABLES = frozenset({"$ALLOC_BITMAP", "$UPCASE_TABLE", "$VOLUME_GUID", "$TEX_FAT"})
# Not every way to end says so aloud: a list without its end is not a list.
_FAILED, _ENDED = "failed", "ended"
_DIGITS = frozenset("0123456789-")

_LIST = f"""
while read -r at; do
  printf '{_MARK}%s\\n' "$at"
  if [ "$at" = root ]; then at=; fi
  fls -u -m / -i raw -o "$1" {KEY} $at || printf '{_MARK}{_FAILED}\\n'
done
printf '{_MARK}{_ENDED}\\n'
"""
# Two at a time: most of a hundredth of a second goes into starting the program.
_TAKE = f"""
one() {{ icat -i raw -o "$1" {KEY} "$2" > "/out/$3" || : > "/out/$3.cut"; }}
while read -r n at m bt; do
  if [ -n "$m" ]; then one "$1" "$bt" "$m" & fi
  one "$1" "$at" "$n"
  wait
done
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of sleuthkit's list: `at` is its number on the volume, `name` its untrusted path."""

    at: str
    name: str
    folder: bool
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The files of a volume, as it lists them."""

    entries: tuple[Entry, ...]
    mishaps: frozenset[str]


def listed(room: Room, start: int) -> Listing:
    """Return the files of a volume that the bounds allow. Raise Stopped where all are too many."""
    mishaps = set[str]()
    files = list(_files(room, str(start // _SECTOR), mishaps))
    wanted = tuple(entry for entry in files if 0 <= entry.size <= room.bounds.one)
    if len(wanted) < len(files):
        mishaps.add("too_much")
    if sum(entry.size for entry in wanted) > room.bounds.total:
        raise Stopped("too_much")
    return Listing(entries=wanted, mishaps=frozenset(mishaps))


def taken(room: Room, start: int, entries: Sequence[Entry]) -> tuple[Found, ...]:
    """Take files out by their numbers; return those that are as long as they say. Raise Stopped."""
    if not entries:
        return ()
    rows = [f"{number}{_TAKEN} {entry.at}" for number, entry in enumerate(entries)]
    pairs = "\n".join(" ".join(rows[n : n + 2]) for n in range(0, len(rows), 2))
    room.run(["sh", "-c", _TAKE, "sh", str(start // _SECTOR)], words=f"{pairs}\n")
    found = []
    for number, entry in enumerate(entries):
        path = room.out / f"{number}{_TAKEN}"
        cut = room.out / f"{number}{_TAKEN}.cut"
        whole = path.is_file() and path.stat().st_size == entry.size and not cut.exists()
        cut.unlink(missing_ok=True)
        if whole:
            found.append(Found(path=path, untrusted_name=entry.name, size=entry.size))
        else:
            path.unlink(missing_ok=True)
    return tuple(found)


def _files(room: Room, sector: str, mishaps: set[str]) -> Iterator[Entry]:
    """Yield the files, one level of folders after another. Raise Stopped beyond the bounds."""
    level: dict[str, str] = {"root": ""}
    seen, count = set(level), 0
    for _ in range(_LEVELS):
        if not level:
            return
        done = room.run(["sh", "-c", _LIST, "sh", sector], words="\n".join(level) + "\n")
        said = done.said.decode("utf-8", "replace")
        if f"{_MARK}{_FAILED}" in said or f"{_MARK}{_ENDED}" not in said:
            mishaps.add("lies")
        deeper: dict[str, str] = {}
        for at, entry in _rows(said):
            path = f"{level.get(at, '')}/{entry.name}".removeprefix("/")
            if entry.folder and entry.at not in seen:
                seen.add(entry.at)
                deeper[entry.at] = path
            elif not entry.folder:
                count += 1
                yield Entry(entry.at, path, folder=False, size=entry.size)
            if count > room.bounds.files or len(seen) > room.bounds.folders:
                raise Stopped("too_much")
        level = deeper
    mishaps.add("lies")


def _rows(said: str) -> Iterator[tuple[str, Entry]]:
    """Yield each entry, with the folder it was listed in."""
    for part in said.split(_MARK)[1:]:
        at, _, rows = part.partition("\n")
        for row in rows.split("\n"):
            if entry := _entry(row):
                yield at, entry


def _entry(row: str) -> Entry | None:
    """Return the file or folder of one row (MD5|name|inode|mode|…|size|four times), or None."""
    _, _, rest = row.partition("|")
    fields: Sequence[str] = rest.rsplit("|", 9)
    if len(fields) != 10:  # noqa: PLR2004  (the fields of a body file)
        return None
    name, at, mode, *_ = fields
    plain, folder = mode.startswith("r/r"), mode.startswith("d/d")
    if not (plain or folder) or not at or not _DIGITS.issuperset(at) or name.endswith("/.."):
        return None
    if name.removeprefix("/") in _TABLES or name.endswith(_LABEL):
        return None
    if "-" in at and not _of_a_person(at, name):
        return None
    size = int(fields[5]) if fields[5].isdigit() else -1
    return Entry(at, name.removeprefix("/"), folder, size)


def _of_a_person(at: str, name: str) -> bool:
    """Return whether an NTFS attribute is what a person sees: no stream, no file of the system."""
    record, kind, *_ = at.split("-")
    return kind in {_DATA, _INDEX} and int(record) >= _FIRST_RECORD and ":" not in name
