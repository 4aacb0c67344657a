"""Canaries: two hidden documents in each watched folder that nobody has a reason to change."""

import contextlib
import io
import zipfile
from pathlib import Path

# The first and the last by name: whoever goes through a folder in order meets one early, whichever
# way round. Ordinary names, so that the list of files gives no hint; hidden from people's eyes.
NAMES = (".0 modele courrier.docx", ".zz modele courrier.docx")

_TYPES = (
    '<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/'
    'package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.'
    'openxmlformats-package.relationships+xml"/><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main'
    '+xml"/></Types>'
)
_LINKS = (
    '<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.'
    'org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.'
    'org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>'
    "</Relationships>"
)
_LETTER = (
    '<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.'
    'org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
)
_PARAGRAPH = "<w:p><w:r><w:t>Cher confrère, je vous adresse ce dossier numéro {}.</w:t></w:r></w:p>"


def _letter() -> bytes:
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", _TYPES)
        package.writestr("_rels/.rels", _LINKS)
        text = "".join(_PARAGRAPH.format(number) for number in range(200))
        package.writestr("word/document.xml", _LETTER.format(text))
    return room.getvalue()


def lay(folder: Path) -> None:
    """Put the canaries of one watched folder where they are missing."""
    for name in NAMES:
        place = folder / name
        with contextlib.suppress(OSError):  # the folder is closed
            if not place.exists():
                place.write_bytes(_letter())


def take_away(folder: Path) -> None:
    """Remove the canaries of one folder, if they are still ours."""
    for name in NAMES:
        place = folder / name
        with contextlib.suppress(OSError):  # the folder is closed, or gone
            if place.is_file() and place.read_bytes()[:2] == b"PK":
                place.unlink()


def is_canary(path: str) -> bool:
    """Return whether a path has a canary's name."""
    return path.rpartition("/")[2] in NAMES
