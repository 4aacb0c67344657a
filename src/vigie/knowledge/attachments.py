"""What an attached file can do, by the end of its name. Windows opens these without asking."""

from collections.abc import Mapping
from pathlib import PurePath

from vigie.domain.evidence.mail import Inside

_ENDINGS: Mapping[Inside, str] = {
    # Interpreted by what every Windows has: script host, shell, HTML applications, Java, Python.
    Inside.SCRIPT: "js jse mjs vbs vbe vb wsf wsh wsc hta ps1 psm1 bat cmd sct jar "
    "reg inf chm settingcontent-ms appref-ms application scf search-ms xll wll msc",
    Inside.EXECUTABLE: "exe com scr pif msi msp msix appx appxbundle dll cpl ocx sys apk dmg pkg deb rpm",
    Inside.DISK_IMAGE: "iso img vhd vhdx udf daa",
    Inside.SHORTCUT: "lnk url website desktop library-ms",
    Inside.PROFILE: "mobileconfig",
    Inside.NOTEBOOK: "one onepkg onetoc2",
    # The letter m says: with macros. The old formats do not say, they are looked into.
    Inside.MACRO: "docm dotm xlsm xltm xlsb pptm potm ppsm ppam xlam sldm slk iqy",
}
_BY_ENDING = {ending: inside for inside, endings in _ENDINGS.items() for ending in endings.split()}
# What people expect to read, and what a second ending hides behind.
_READ = frozenset(
    [
        "pdf",
        "doc",
        "docx",
        "xls",
        "xlsx",
        "ppt",
        "pptx",
        "txt",
        "rtf",
        "jpg",
        "jpeg",
        "png",
        "gif",
        "tif",
        "tiff",
        "csv",
        "odt",
        "ods",
        "zip",
    ]
)
_TURNED = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")
_WIDE = "   "  # blanks that push the true ending out of the window
ARCHIVES = frozenset(
    [
        "zip",
        "rar",
        "7z",
        "gz",
        "tgz",
        "tar",
        "bz2",
        "xz",
        "cab",
        "arj",
        "ace",
        "lzh",
        "z",
        "r00",
        "uue",
        "iso",
        "img",
    ]
)


def by_name(name: str) -> frozenset[Inside]:
    """Return what a file of this name (a file name or a path) can do when it is opened."""
    found = set()
    endings = [suffix[1:].lower().strip() for suffix in PurePath(_shown(name)).suffixes]
    if endings and (inside := _BY_ENDING.get(endings[-1])):
        found.add(inside)
    doubled = len(endings) > 1 and endings[-2] in _READ and endings[-1] in _BY_ENDING
    if doubled or _TURNED & set(name) or (_WIDE in name and found):
        found.add(Inside.HIDDEN_NAME)
    return frozenset(found)


def _shown(name: str) -> str:
    return (
        "".join(letter for letter in name if letter not in _TURNED).replace("\\", "/").strip(" .")
    )


def packed(name: str) -> bool:
    """Return whether a name promises an archive or an image of a disk."""
    return PurePath(_shown(name)).suffix[1:].lower() in ARCHIVES
