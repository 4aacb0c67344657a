"""One photo prepared: what it shows, and a copy in which that is black, which was read again."""

from dataclasses import dataclass, replace
from typing import Protocol

from vigie.domain.evidence.pictures import Photo
from vigie.tools import darkroom
from vigie.tools.darkroom import Format

_AGAIN = 2  # looks at the copy: what only the second one sees is hidden as well


class Looks(Protocol):
    """Whoever looks at photos: `vigie.readers.picture.reader.PictureReader`."""

    def look(self, untrusted: bytes, *, again: bool = False) -> Photo:
        """Return what a photo shows; `again` for a copy of ours."""

    def look_and_take(self, untrusted: bytes) -> tuple[Photo, bytes]:
        """Return what a photo shows, and its upright pixels."""

    def close(self) -> None:
        """Give back what looking needs; the next look takes it again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A photo and its copy, which is empty where the photo could not be read.

    `left`: places still recognised on the copy; `carried`: bytes of it that are no pixels.
    """

    photo: Photo
    copy: bytes = b""
    left: int = 0
    carried: int = 0

    @property
    def held(self) -> bool:
        """Return whether there is a copy with nothing left on it that we can recognise."""
        return bool(self.copy) and not self.left and not self.carried


def prepare(looks: Looks, untrusted: bytes, written_as: Format = Format.JPEG) -> Prepared:
    """Return a photo's findings and its copy, which is looked at like a stranger's photo."""
    photo, pixels = looks.look_and_take(untrusted)
    if not photo.shows:
        return Prepared(photo=photo)
    size = photo.width, photo.height
    copy = darkroom.copy(pixels, size, (spot.outline for spot in photo.spots), written_as)
    left = 0
    for _ in range(_AGAIN):
        seen = looks.look(copy, again=True)
        left = len(seen.spots) if seen.shows else 1
        if not left:
            break
        photo = replace(photo, spots=photo.spots + seen.spots)
        copy = darkroom.copy(pixels, size, (spot.outline for spot in photo.spots), written_as)
    return Prepared(photo=photo, copy=copy, left=left, carried=darkroom.carries(copy))
