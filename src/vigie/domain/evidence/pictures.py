"""Pictures: what a photo shows and what it hides, and where in it."""

from dataclasses import dataclass
from enum import StrEnum

from vigie.domain.evidence import Evidence
from vigie.domain.evidence.writing import Kind


class Place(StrEnum):
    """What can be read, or recognised, at one place of a photo."""

    SCREEN = "screen"
    PAPER = "paper"  # a letter, a prescription, a form, a white board
    NOTE = "note"  # a sticky note
    CARD = "card"  # a health card, a badge
    FACE = "face"
    CODE = "code"  # a QR code or a bar code, decoded or not
    TEXT = "text"  # words anywhere else


class Hidden(StrEnum):
    """What a file carries besides its pixels."""

    POSITION = "position"  # where the photo was taken
    THUMBNAIL = "thumbnail"  # a small copy, often from before somebody cut the picture
    CAMERA = "camera"  # when, with what, by whom
    WORDS = "words"  # captions, keywords, comments
    TRAILER = "trailer"  # bytes behind the picture's end
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in the picture as people see it, in pixels, from its upper left corner."""

    x: int
    y: int
    w: int
    h: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One place of a photo.

    `outline` are the corners to fill, as x, y, x, y and so on. `lines` are the words read there,
    top to bottom, as far as the `rows` of text seen there could be read; `sure` is how sure the
    reader is of the place, in hundredths.
    """

    place: Place
    box: Box
    outline: tuple[int, ...]
    lines: tuple[str, ...] = ()
    rows: int = 0
    sure: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One photo, read. Width and height are those of the picture as people see it.

    `says` is what the words that could be read in it are, as far as they tell who somebody is.
    `defect` is a slug where the photo could not be read, or only in part: `reader_…` when the
    cell gave no answer, `cut_short`, `too_large`, `no_picture`.
    """

    width: int = 0
    height: int = 0
    frames: int = 1
    spots: tuple[Spot, ...] = ()
    says: tuple[Kind, ...] = ()
    hidden: frozenset[Hidden] = frozenset()
    defect: str = ""

    @property
    def shows(self) -> bool:
        """Return whether there are pixels to look at."""
        return self.width > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoOffered(Evidence):
    """Somebody wants to publish a photo. `handle` is its digest, `name` the file's name.

    `left` counts the places that are still recognised on its copy, where one was made.
    """

    photo: Photo
    handle: str
    name: str = ""
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkplaceSeen(Evidence):
    """Somebody took a photo of a workplace to have it looked over."""

    photo: Photo
    handle: str
    name: str = ""
