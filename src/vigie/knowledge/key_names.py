"""The names on a key, made safe to show and to write: they come from anybody's hand."""

import unicodedata

LONGEST = 200  # bytes of one part: under what every file system takes, with room for a number
DEEPEST = 16  # folders
_REFUSED = frozenset('<>:"/\\|?*')  # Windows refuses them, and a share may lie between
_HARMFUL = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # control, format, unassigned
_INSTEAD = "_"


def clean_part(untrusted: str) -> str:
    """Return one part of a path, printable: no letter that turns, hides, moves or divides."""
    shown = "".join(
        _INSTEAD if letter in _REFUSED or unicodedata.category(letter) in _HARMFUL else letter
        for letter in unicodedata.normalize("NFC", untrusted)
    ).strip(" ")
    while len(shown.encode()) > LONGEST:
        stem, dot, ending = shown.rpartition(".")
        shown = f"{stem[:-1]}{dot}{ending}" if dot and len(stem) > 1 else shown[:-1]
    return _INSTEAD * len(shown) if set(shown) <= {"."} and shown else shown or _INSTEAD


def clean_path(untrusted: str) -> str:
    """Return a path on the key, printable, relative, with `/` between its parts."""
    parts = [clean_part(part) for part in untrusted.split("/") if part not in {"", "."}]
    return "/".join(parts[:DEEPEST]) or _INSTEAD
