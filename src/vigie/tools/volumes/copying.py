"""A whole volume at once: fast programs for the tree, and a list that says what there must be.

mtools copies FAT, a program of ours exFAT and `tsk_recover` the others in thousandths of a second a
file, but none says which file it could not read to its end. So sleuthkit lists what there must be,
and what is missing, cut or called otherwise is taken out by its number instead.
"""

from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path

from vigie.tools.volumes import Bounds, Contents, Found, sleuthkit
from vigie.tools.volumes.confined import KEY, OUT, Room, below

_SECTOR = 512
_LARGEST = Bounds().one  # the room itself ends what grows beyond its own bound
_TREE = "tree"
# On exFAT `tsk_recover` would look for lost files over the whole key, however large it is.
_EXFAT = (resources.files("vigie.tools.volumes") / "exfat_tree.py").read_text("utf-8")


def _mtools(start: int) -> list[str]:
    # -s the whole tree, -n no question about names that come twice, -m their dates.
    return ["mcopy", "-s", "-n", "-m", "-i", f"{KEY}@@{start}", "::", f"{OUT}/{_TREE}"]


def _exfat(start: int) -> list[str]:
    alone = ["python3", "-I", "-S", "-c", _EXFAT]  # the system's own, with nothing of ours
    return [*alone, KEY, f"{OUT}/{_TREE}", str(start), str(_LARGEST)]


def _recover(start: int) -> list[str]:
    sector = str(start // _SECTOR)
    return ["tsk_recover", "-a", "-i", "raw", "-o", sector, KEY, f"{OUT}/{_TREE}"]


_FAST: Mapping[str, Callable[[int], list[str]]] = {"fat": _mtools, "exfat": _exfat}


def contents(room: Room, start: int, kind: str) -> Contents:
    """Copy the files of the volume of this kind at byte `start`. Raise Stopped at a bound."""
    listing = sleuthkit.listed(room, start)
    tree = room.out / _TREE
    tree.mkdir()
    # A file beyond the bound would end the program half way.
    if kind == "exfat" or "too_much" not in listing.mishaps:
        room.run(_FAST.get(kind, _recover)(start))
    out = {(_name(path, tree), size): Path(path) for path, size in below(tree)}
    found, missing = [], []
    for entry in listing.entries:
        if path := out.pop((entry.name, entry.size), None):
            found.append(Found(path=path, untrusted_name=entry.name, size=entry.size))
        else:
            missing.append(entry)
    found += sleuthkit.taken(room, start, missing)
    lies = len(found) < len(listing.entries)
    return Contents(found=found, mishaps=listing.mishaps | ({"lies"} if lies else set()))


def _name(path: str, tree: Path) -> str:
    return (
        path.removeprefix(f"{tree}/").encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    )
