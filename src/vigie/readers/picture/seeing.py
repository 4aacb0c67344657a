"""Everything in one photo that should not be published, as spots."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from vigie.domain.evidence.pictures import Box, Place, Spot
from vigie.readers.picture import codes, faces, letters, places
from vigie.readers.picture.places import Outline, Region, four_corners
from vigie.readers.picture.views import Pixels, shrunk

FINEST = 2_730  # pixels on the long side at which lines of text outside things are looked for
_TILE, _LAP = 1_024, 64
_CELL = 32  # pixels: how finely it is asked whether a tile can hold text at all
_GRAIN = 3.0  # of 255, above the picture's own noise: less is no ink
_SPECKS = 3  # such cells; fewer are a door handle
_FLAT = {Place.SCREEN: 1_024, Place.PAPER: 896, Place.NOTE: 512, Place.CARD: 512}
_READ_FIRST = (Place.NOTE, Place.CARD, Place.SCREEN, Place.PAPER)
_MOST_READ, _MOST_LINES = 6, 16  # things, and lines of each: enough to say what is readable
_NEAR = 31  # pixels
_MOST_TRIED, _FEWEST_LETTERS = 48, 3  # lines outside things
_DOUBTFUL, _UNSURE = 70, 80  # hundredths
_SMALL, _AROUND = 0.28, 0.8  # of the picture; of a thing's own length
_FILLED = 0.65  # of the hull of a thing and its lines: less holds innocent wall
_ZOOM = 3.0  # more shows no more
_BLACK = 6  # of 255: what is this dark has been hidden already
_ALREADY = 0.8
_SEED_AGAIN = 0.85  # beside black the network sees ghosts; what it was sure of is black


def spots(pixels: Pixels, *, finest: int = FINEST, read: bool = True) -> list[Spot]:
    """Return every place to hide, and the words read there; not to `read` is to look again.

    `finest`: pixels on the long side at which lines of text outside things are looked for.
    """
    small = shrunk(pixels, finest)
    scale = pixels.shape[1] / small.shape[1]
    seen = places.found(pixels, seed=places.SEED if read else _SEED_AGAIN)
    things = [thing for thing in seen if not _hidden(pixels, thing.outline)]
    covered = np.zeros(small.shape[:2], np.uint8)
    found = []
    for thing, said in _certain(pixels, things, read=read):
        _fill(covered, thing.outline / scale)
        found.append(_spot(thing.place, thing.outline, pixels, sure=thing.sure, said=said))
    for place, outlines in ((Place.CODE, codes.found(pixels)), (Place.FACE, faces.found(pixels))):
        for outline in outlines:
            if not _hidden(pixels, outline):
                _fill(covered, outline / scale)
                found.append(_spot(place, outline, pixels))
    for outline, said in _elsewhere(small, covered):
        found.append(_spot(Place.TEXT, outline * scale, pixels, said=said))
    return found


def _spot(
    place: Place,
    outline: Outline,
    pixels: Pixels,
    *,
    sure: int = 100,
    said: Sequence[str] = (),
) -> Spot:
    high, wide = pixels.shape[:2]
    corners = np.clip(np.round(outline), 0, [wide - 1, high - 1]).astype(int)
    low, top = corners.min(0), corners.max(0)
    return Spot(
        place=place,
        box=Box(int(low[0]), int(low[1]), int(top[0] - low[0]) + 1, int(top[1] - low[1]) + 1),
        outline=tuple(int(value) for value in corners.ravel()),
        lines=tuple(line for line in said if line),
        rows=len(said),
        sure=sure,
    )


def _fill(mask: NDArray[np.uint8], outline: Outline) -> None:
    cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)


def _hidden(pixels: Pixels, outline: Outline) -> bool:
    """Return whether nearly all within an outline is black: we have been here before."""
    low = np.maximum(np.floor(outline.min(0)).astype(int), 0)
    high = np.ceil(outline.max(0)).astype(int) + 1
    piece = pixels[low[1] : high[1], low[0] : high[0]]
    if not piece.size:
        return True
    mask = np.zeros(piece.shape[:2], np.uint8)
    _fill(mask, np.asarray(outline - low, np.float32))
    inside = mask > 0
    return not inside.any() or bool((piece.max(2)[inside] <= _BLACK).mean() >= _ALREADY)


def _certain(
    pixels: Pixels, things: Sequence[Region], *, read: bool
) -> Iterator[tuple[Region, list[str]]]:
    """Yield the things, and a text for each line on them, empty where it was not read.

    A thing of which the network is in doubt needs a line of text on it: a dark sky has none.
    """
    order = sorted(things, key=lambda thing: _READ_FIRST.index(thing.place))
    for n, thing in enumerate(order):
        wanted, doubtful = read and n < _MOST_READ, thing.sure < _DOUBTFUL
        if not (wanted or doubtful):
            yield thing, []
            continue
        if thing.sure < _UNSURE or _long(thing) < _SMALL * max(pixels.shape[:2]):
            thing = _with_its_lines(pixels, thing)  # noqa: PLW2901  (the same thing, whole)
        flat = _flattened(pixels, thing)
        lines = sorted(letters.found(flat), key=lambda line: (line.y, line.x))
        if doubtful and not lines:
            continue
        said = letters.read(flat, lines[:_MOST_LINES]) if wanted else []
        yield thing, said + [""] * (len(lines) - len(said))


def _long(thing: Region) -> float:
    return float((thing.outline.max(0) - thing.outline.min(0)).max())


def _with_its_lines(pixels: Pixels, thing: Region) -> Region:
    """Return a thing together with the lines of text that go on from it.

    Of a small or dim screen the network sees a part; its lines say how far it reaches.
    """
    low, high = thing.outline.min(0), thing.outline.max(0)
    margin = _AROUND * float((high - low).max())
    low = np.maximum(np.floor(low - margin).astype(int), 0)
    high = np.ceil(high + margin).astype(int)
    piece = pixels[low[1] : high[1], low[0] : high[0]]
    zoom = min(_FLAT[Place.SCREEN] / max(piece.shape[:2]), _ZOOM)
    size = (max(16, round(piece.shape[1] * zoom)), max(16, round(piece.shape[0] * zoom)))
    way = cv2.INTER_AREA if zoom < 1 else cv2.INTER_CUBIC
    seen = np.asarray(cv2.resize(piece, size, interpolation=way), np.uint8)
    lines = letters.found(seen)
    ground = np.zeros(seen.shape[:2], np.uint8)
    _fill(ground, np.asarray((thing.outline - low) * zoom, np.float32))
    own = ground.copy()
    for line in lines:
        grown = letters.Line(line.x, line.y, line.long + 2 * line.tall, line.tall * 2.4, line.turn)
        _fill(ground, grown.corners())
    _, labels = cv2.connectedComponents(ground)
    touched = np.unique(labels[(own > 0) & (ground > 0)])
    reached = np.isin(labels, touched).astype(np.uint8)
    corners = [line.corners() / zoom + low for line in lines if _at(reached, line)]
    hull = cv2.convexHull(np.concatenate([thing.outline, *corners]).astype(np.float32))
    if float(reached.sum()) < _FILLED * cv2.contourArea(hull) * zoom**2:
        return thing  # lines of something else: they are looked for by themselves
    return replace(thing, outline=hull[:, 0].astype(np.float32))


def _flattened(pixels: Pixels, thing: Region) -> Pixels:
    """Return one thing as if seen straight on, large enough to be read."""
    corners = four_corners(thing.outline)
    wide = max(float(np.linalg.norm(corners[1] - corners[0])),
               float(np.linalg.norm(corners[2] - corners[3])), 8.0)  # fmt: skip
    tall = max(float(np.linalg.norm(corners[3] - corners[0])),
               float(np.linalg.norm(corners[2] - corners[1])), 8.0)  # fmt: skip
    zoom = min(_FLAT[thing.place] / max(wide, tall), _ZOOM)
    size = (max(16, round(wide * zoom)), max(16, round(tall * zoom)))
    low = np.maximum(np.floor(corners.min(0)).astype(int) - 2, 0)
    high = np.ceil(corners.max(0)).astype(int) + 3
    piece, shrink = pixels[low[1] : high[1], low[0] : high[0]], 1.0
    if zoom < 0.6:  # noqa: PLR2004  (thin strokes would be skipped)
        shrink = zoom * 1.2
        piece = cv2.resize(piece, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)  # type: ignore[assignment]  # OpenCV's arrays
    into = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    matrix = cv2.getPerspectiveTransform(((corners - low) * shrink).astype(np.float32), into)
    flat = cv2.warpPerspective(piece, matrix, size, flags=cv2.INTER_CUBIC,
                               borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    return np.asarray(flat, np.uint8)


def _elsewhere(pixels: Pixels, covered: NDArray[np.uint8]) -> Iterator[tuple[Outline, list[str]]]:
    """Yield the lines of text outside what is covered, near ones together."""
    lines: list[letters.Line] = []
    for top, left in _tiles(pixels, covered):
        tile = pixels[top : top + _TILE, left : left + _TILE]
        for line in letters.found(tile):
            moved = line.moved(1.0, left, top)
            if not _at(covered, moved) and not _hidden(pixels, moved.corners()):
                lines.append(moved)
    said = letters.read(pixels, lines[:_MOST_TRIED])
    # What nobody can read is a pattern, or a line that tells nothing. Where there are more lines
    # than can be tried, they are text for sure.
    # A line that touches a thing belongs to it.
    near = np.asarray(cv2.dilate(covered, np.ones((_NEAR, _NEAR), np.uint8)), np.uint8)
    kept = [
        (line, text)
        for line, text in zip(lines, said, strict=False)
        if _legible(text) or _at(near, line)
    ]
    kept += [(line, "") for line in lines[_MOST_TRIED:]]
    for group in _together([line for line, _ in kept], pixels.shape[1], pixels.shape[0]):
        corners = np.concatenate([kept[n][0].corners() for n in group])
        outline = cv2.convexHull(corners)[:, 0].astype(np.float32)
        yield outline, [kept[n][1] for n in sorted(group, key=lambda n: kept[n][0].y)]


def _at(mask: NDArray[np.uint8], line: letters.Line) -> bool:
    """Return whether the middle of a line lies in the mask."""
    y = min(max(int(line.y), 0), mask.shape[0] - 1)
    x = min(max(int(line.x), 0), mask.shape[1] - 1)
    return bool(mask[y, x])


def _legible(text: str) -> bool:
    return sum(letter.isalnum() for letter in text) >= _FEWEST_LETTERS


def _tiles(pixels: Pixels, covered: NDArray[np.uint8]) -> Iterator[tuple[int, int]]:
    """Yield the upper left corners of the tiles that may hold text."""
    high, wide = pixels.shape[:2]
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    grain = cv2.absdiff(grey, cv2.blur(grey, (9, 9)))  # a felt pen's stroke is that wide
    grain[covered > 0] = 0
    cells = cv2.resize(
        grain.astype(np.float32),
        (max(1, wide // _CELL), max(1, high // _CELL)),
        interpolation=cv2.INTER_AREA,
    )
    inky = cells > np.median(cells) + _GRAIN
    step = _TILE - _LAP
    for top in range(0, max(1, high - _LAP), step):
        for left in range(0, max(1, wide - _LAP), step):
            part = inky[top // _CELL : (top + _TILE) // _CELL + 1,
                        left // _CELL : (left + _TILE) // _CELL + 1]  # fmt: skip
            if part.sum() >= _SPECKS:
                yield top, left


def _together(lines: Sequence[letters.Line], wide: int, high: int) -> list[list[int]]:
    """Return the lines' numbers in groups: what stands within a line's height of one another."""
    if not lines:
        return []
    ground = np.zeros((high // 4 + 1, wide // 4 + 1), np.uint8)
    for line in lines:
        grown = letters.Line(line.x, line.y, line.long + line.tall, line.tall * 2.2, line.turn)
        _fill(ground, np.asarray(grown.corners() / 4, np.float32))
    _, labels = cv2.connectedComponents(ground)
    groups: dict[int, list[int]] = {}
    for n, line in enumerate(lines):
        y, x = min(max(int(line.y / 4), 0), high // 4), min(max(int(line.x / 4), 0), wide // 4)
        groups.setdefault(int(labels[y, x]), []).append(n)
    return list(groups.values())
