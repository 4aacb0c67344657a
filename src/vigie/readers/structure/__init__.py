"""What a file's bytes are, and whether their structure holds; never by entropy alone."""

import struct
from collections.abc import Callable
from mmap import mmap

from vigie.domain.evidence.structure import Kind, Soundness, Structure
from vigie.knowledge.filetypes import kinds_allowed
from vigie.readers.structure import archives, office, openpgp, pdf, pictures, plain, records
from vigie.readers.structure.look import WORK, Broken, Enough, Look, Unsure

Checker = Callable[[Look], None]

_BY_START: tuple[tuple[int, bytes, Checker], ...] = (
    (0, b"PK\3\4", archives.zip_archive),
    (0, b"PK\5\6", archives.zip_archive),
    (0, b"\xff\xd8\xff", pictures.jpeg),
    (0, b"%PDF-", pdf.pdf),
    (0, b"\x89PNG\r\n\x1a\n", pictures.png),
    (0, b"GIF87a", pictures.gif),
    (0, b"GIF89a", pictures.gif),
    (0, b"II*\0", pictures.tiff),
    (0, b"MM\0*", pictures.tiff),
    (0, b"RIFF", pictures.riff),
    (4, b"ftyp", pictures.boxes),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", office.ole),
    (0, b"{\\rtf", office.rtf),
    (0, b"SQLite format 3\0", records.sqlite),
    (128, b"DICM", records.dicom),
    (0, b"7z\xbc\xaf\x27\x1c", archives.seven_zip),
    (0, b"\x1f\x8b\x08", archives.gzip),
    (0, openpgp.ARMOUR, openpgp.armoured),
)

# Known by their start, without anything further that we check.
_MEDIA = (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2", b"OggS", b"fLaC", b"RF64", b"RIFX")
_MATROSKA = b"\x1aE\xdf\xa3"
_ICON = b"\0\0\1\0"  # opens as a picture, and is often named like one
_PDF = frozenset({Kind.PDF})
_HEAD = 1024


def inspect(untrusted: bytes | memoryview | mmap, *, name: str, work: int = WORK) -> Structure:
    """Return what the bytes of one file are, and whether they hold.

    `name` is the file's name as it was when it was good: what it promises is held against the
    bytes. At most `work` bytes are read or inflated; beyond, a sample is judged. A mapping can
    fault when its file shrinks: prefer `inspect_descriptor` for files that others can write.
    """
    return _inspect(Look.at_memory(untrusted, work), name)


def inspect_descriptor(descriptor: int, *, name: str, work: int = WORK) -> Structure:
    """Return the same for an open file, by positional reads; its offset does not move.

    Raise OSError if it cannot be read.
    """
    return _inspect(Look.at_descriptor(descriptor, work), name)


def _inspect(look: Look, name: str) -> Structure:
    soundness, defect = Soundness.SOUND, ""
    try:
        _examine(look, name)
    except Broken as broken:
        soundness, defect = Soundness.BROKEN, broken.defect
    except struct.error:
        soundness, defect = Soundness.BROKEN, "cut_short"
    except Unsure as unsure:
        soundness, defect = Soundness.UNSURE, unsure.defect
    except Enough:
        pass  # all that was seen held
    return Structure(
        kind=look.kind, soundness=soundness, size=look.size, sealed=look.sealed, defect=defect
    )


def _examine(look: Look, name: str) -> None:
    if not look.size:
        look.kind = Kind.EMPTY
        raise Unsure
    head = look.upto(0, min(_HEAD, look.size))
    allowed = kinds_allowed(name)
    if check := _checker(head, allowed):
        check(look)
        return
    _shapeless(look, head, allowed)
    if look.kind not in allowed:
        raise Broken("not_its_kind")
    if look.kind not in (Kind.TEXT, Kind.OPENPGP):
        raise Unsure


def _checker(head: bytes, allowed: frozenset[Kind]) -> Checker | None:
    for start, magic, check in _BY_START:
        if head.startswith(magic, start):
            return check
    if allowed == _PDF and b"%PDF-" in head:  # readers forgive what stands before
        return pdf.pdf
    return None


def _shapeless(look: Look, head: bytes, allowed: frozenset[Kind]) -> None:
    promised = allowed != frozenset(Kind)
    if head.startswith((*_MEDIA, _MATROSKA)):
        look.kind = Kind.MEDIA
    elif head.startswith(_ICON) and Kind.PNG in allowed:
        raise Unsure
    elif not openpgp.packets(look):
        plain.unknown(look, promised=promised and Kind.TEXT in allowed)
        if look.kind is Kind.TEXT and plain.encoded(look):
            raise Broken("encoded") if promised else Unsure("encoded")
