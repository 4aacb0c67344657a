"""Faces."""

from vigie.readers.picture.places import Outline
from vigie.readers.picture.views import Pixels


def found(pixels: Pixels) -> list[Outline]:
    """Return the outlines of the faces in a picture."""
    del pixels
    return []
