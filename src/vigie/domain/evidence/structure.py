"""Structure: what a file's bytes are, whatever its name says, and whether they still hold."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What the bytes are. `NOISE` is uniform and starts like nothing known."""

    EMPTY = "empty"
    TEXT = "text"
    RTF = "rtf"
    OOXML = "ooxml"
    OPENDOCUMENT = "opendocument"
    OLE = "ole"
    PDF = "pdf"
    JPEG = "jpeg"
    PNG = "png"
    GIF = "gif"
    TIFF = "tiff"
    WEBP = "webp"
    HEIC = "heic"
    DICOM = "dicom"
    SQLITE = "sqlite"
    ZIP = "zip"
    SEVEN_ZIP = "seven_zip"
    GZIP = "gzip"
    OPENPGP = "openpgp"
    MEDIA = "media"
    OTHER = "other"
    NOISE = "noise"


class Soundness(StrEnum):
    """Whether the structure holds. `UNSURE`: nothing to check in this kind, or not readable."""

    SOUND = "sound"
    BROKEN = "broken"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Structure:
    """One look at one file.

    `sealed`: the content is encrypted (a password archive, OpenPGP, an encrypted PDF or office
    file). `size` is in bytes. `defect` is a slug naming what does not hold, empty when sound.
    """

    kind: Kind
    soundness: Soundness
    size: int
    sealed: bool = False
    defect: str = ""
