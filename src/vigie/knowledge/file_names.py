"""File names: which endings run when they are opened, and how a name hides its own."""

import unicodedata
from pathlib import PurePath


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Windows runs these at a double click, with what every Windows has. Nobody sends one as a letter.
AT_A_CLICK = _words(
    "jse vbs vbe wsf wsh wsc sct hta ps1xml psc1 scr pif com cpl xll wll "
    "settingcontent-ms appref-ms application search-ms library-ms searchconnector-ms "
    "msc scf chm hlp diagcab theme themepack gadget jnlp udl ade adp mde mad maf mam "
    "maq mar mat website "
)
# For a shell, an interpreter or an installer: honest under these names, and still no document.
SCRIPTS = _words(
    "js mjs bat cmd ps1 psm1 psd1 vb sh bash zsh csh command py pyw pyz pl rb php reg "
    "inf ahk au3 scpt applescript workflow action "
)
PROGRAMS = _words(
    "sis exe dll sys ocx msi msp mst msix msixbundle appx appxbundle jar apk app dmg pkg "
    "deb rpm run appimage air ipa xpi crx vsix "
)
# What people expect to read, see or hear.
READ = _words(
    "pdf doc docx docm dot dotx xls xlsx xlsm xlsb ppt pptx pptm pps ppsx odt ods odp "
    "odg rtf txt csv tsv jpg jpeg png gif bmp tif tiff webp heic svg mp3 mp4 mov avi "
    "wav ogg m4a ics vcf msg eml md hl7 dcm xml json html htm wps pages numbers key "
    "zip "
)
OPEN_OFFICE = _words("odt ott fodt ods ots fods odp otp fodp odg otg odf odb odc odm oth ")
# The letter m says: with macros.
WITH_MACROS = _words("docm dotm xlsm xltm xlsb xlam pptm potm ppsm ppam sldm xla ppa ")
WITHOUT_MACROS = _words("docx dotx xlsx xltx pptx potx ppsx sldx ")

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u2800\u3164\uffa0")
_WIDE = "      "  # blanks that push the true ending out of the window
_SCRIPTS = ("CYRILLIC", "CHEROKEE", "ARMENIAN", "LISU", "COPTIC", "FULLWIDTH")
# Of the Greek letters only those that look like ours: « TNFα » is a word of the trade.
_GREEK = frozenset("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϲ")


def ending_of(name: str) -> str:
    """Return the ending that counts, in lower case and without a dot; empty where there is none."""
    shown = shown_of(name)
    ending = PurePath(shown).suffix[1:].lower()
    return "".join(c for c in unicodedata.normalize("NFKC", ending) if c not in _INVISIBLE)


def shown_of(name: str) -> str:
    """Return the last part of a name without what turns it or is not seen."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if c not in _TURNING and c not in _INVISIBLE)
    return kept.rstrip(" .\t\r\n\0")


def runs(ending: str) -> bool:
    """Return whether a file of this ending does something when it is opened, instead of showing."""
    return ending in AT_A_CLICK or ending in SCRIPTS or ending in PROGRAMS or ending == "lnk"


def turned(name: str) -> bool:
    """Return whether a name holds letters that turn it round, or pushes its end out of sight."""
    last = name.replace("\\", "/").rpartition("/")[2]
    override = "\u202e" in last or "\u202d" in last
    # Hebrew and Arabic names carry direction marks honestly; then the ending is not hidden by them.
    hidden = bool(_TURNING & set(last)) and runs(ending_of(last))
    pushed = _WIDE in last.strip() and runs(ending_of(last))
    unseen = bool(_INVISIBLE & set(last)) and runs(ending_of(last))
    return override or hidden or pushed or unseen or "\0" in last


def doubled(name: str) -> bool:
    """Return whether a readable ending stands before one that runs, a page, or an archive."""
    suffixes = [s[1:].lower().strip() for s in PurePath(shown_of(name)).suffixes]
    if len(suffixes) < 2:  # noqa: PLR2004
        return False
    ending = ending_of(name)
    readable = suffixes[-2] in READ - {"zip", "js", "html", "htm", "xml", "json", "txt", "md"}
    return readable and (runs(ending) or ending in {"html", "htm", "shtml", "iso", "img", "svg"})


def lookalike(name: str) -> bool:
    """Return whether letters of another alphabet stand among Latin ones in one word."""
    for word in shown_of(name).replace(".", " ").replace("_", " ").replace("-", " ").split():
        latin = foreign = 0
        for letter in word:
            if not letter.isalpha() or letter.isascii():
                latin += letter.isascii() and letter.isalpha()
                continue
            kind = unicodedata.name(letter, "")
            foreign += kind.startswith(_SCRIPTS) or letter in _GREEK
            latin += kind.startswith("LATIN")
        if latin and foreign:
            return True
    return False
