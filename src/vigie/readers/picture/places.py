"""Where screens, papers, notes and cards are: what the little network lights up, as outlines."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vigie.domain.evidence.pictures import Place
from vigie.readers.picture import network
from vigie.readers.picture.views import Pixels, view

# In the order of the network's answers; the first answer is "nothing of the kind".
_LEARNED = (Place.SCREEN, Place.PAPER, Place.NOTE, Place.CARD)
LIT = 0.43  # of one cell: rather a strip of wall in black than a line of a screen left
_CELLS = 10  # fewer are no thing
SEED = 0.6  # somewhere in a thing the network must be this sure
_COMPACT = 0.92  # of its hull: less is two things that touch
_COMPACT_SCREEN = 0.8  # a head or a mug may stand before it
_MORE = 1.12  # than its hull: a quadrilateral that needs more is none

Outline = NDArray[np.float32]  # corners × 2, in pixels of the picture


@dataclass(frozen=True, slots=True)
class Region:
    """One thing found: what it is, its outline, and how sure that is, in hundredths."""

    place: Place
    outline: Outline
    sure: int


def found(pixels: Pixels, *, seed: float = SEED) -> list[Region]:
    """Return the things found in a picture, the largest first.

    `seed`: how sure the network must be of some cell of each.
    """
    session = network.places()
    planes = view(pixels)[None].astype(np.float32)
    (answer,) = session.run(None, {"x": planes})
    return regions(answer[0], pixels.shape[1], pixels.shape[0], seed)


def regions(answer: NDArray[np.float32], wide: int, high: int, seed: float = SEED) -> list[Region]:
    """Return the things in the network's answer for a picture of `wide` × `high` pixels."""
    power = np.exp(answer - answer.max(0))
    share = power / power.sum(0)
    some, which = 1 - share[0], share[1:].argmax(0)
    cells = (some > LIT).astype(np.uint8)
    scale = np.array([wide / cells.shape[1], high / cells.shape[0]], np.float32)
    things = [
        Region(place, (outline + 0.5) * scale, sure)
        for n, place in enumerate(_LEARNED)
        for outline, sure in _things(place, cells & (which == n).astype(np.uint8), some, seed)
    ]
    return sorted(things, key=lambda thing: -cv2.contourArea(thing.outline))


def _things(
    place: Place, cells: NDArray[np.uint8], some: NDArray[np.float32], seed: float
) -> Iterator[tuple[Outline, int]]:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(cells, connectivity=4)
    for number in range(1, count):
        inside = labels == number
        if stats[number, cv2.CC_STAT_AREA] < _CELLS or some[inside].max() < seed:
            continue
        # One cell more on each side: an edge is somewhere between two cells.
        grown = cv2.dilate(inside.astype(np.uint8), np.ones((3, 3), np.uint8))
        contours, _ = cv2.findContours(grown, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
        contour = max(contours, key=cv2.contourArea)
        yield _outline(place, contour[:, 0].astype(np.float32)), int(100 * some[inside].mean())


def _outline(place: Place, contour: Outline) -> Outline:
    """Return what to fill for one thing: its hull, or its own shape where two things touch.

    A screen has four corners: what was not lit of them is filled as well.
    """
    hull = _hull(contour)
    least = _COMPACT_SCREEN if place is Place.SCREEN else _COMPACT
    if cv2.contourArea(contour) < least * cv2.contourArea(hull):
        own = cv2.approxPolyDP(contour, 0.7, closed=True)
        return own[:, 0].astype(np.float32)
    if place is Place.SCREEN:
        quad = four_corners(hull)
        if cv2.contourArea(quad) <= _MORE * cv2.contourArea(hull):
            return _hull(np.concatenate([quad, hull]))
    return hull


def _hull(outline: Outline) -> Outline:
    return cv2.convexHull(outline)[:, 0].astype(np.float32)


def four_corners(outline: Outline) -> Outline:
    """Return the four corners that fit an outline best, from the upper left, clockwise."""
    hull = cv2.convexHull(outline.astype(np.float32))
    around = cv2.arcLength(hull, closed=True)
    for part in (0.02, 0.04, 0.06, 0.09):
        quad = cv2.approxPolyDP(hull, part * around, closed=True)
        if len(quad) == 4:  # noqa: PLR2004
            corners = quad[:, 0].astype(np.float32)
            break
    else:
        corners = cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float32)
    return _from_upper_left(corners)


def _from_upper_left(corners: Outline) -> Outline:
    middle = corners.mean(0)
    turn = np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0])
    ordered = corners[np.argsort(turn)]
    return np.roll(ordered, -int(np.argmin(ordered.sum(1))), axis=0)
