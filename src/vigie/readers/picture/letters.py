"""Lines of text: where they are, and what they say."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vigie.readers.picture import network
from vigie.readers.picture.views import Pixels

_STEP = 32
_LIT, _SURE = 0.3, 0.5  # of a pixel, and of a whole line: as its makers use it
_GROWN = 1.7  # a line is found by its kernel, which is thinner than its letters
_LEAST = 3  # pixels of a kernel's height
_MOST_LINES = 600  # of one look
_TALL = 48  # pixels, of a line about to be read
_WIDEST = 960
_BATCH = 6
_READABLE = 0.55


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its middle, its length along and across it in pixels, its turn in degrees."""

    x: float
    y: float
    long: float
    tall: float
    turn: float

    def corners(self) -> NDArray[np.float32]:
        """Return the four corners, from the upper left, clockwise."""
        along = np.radians(self.turn)
        a = np.array([np.cos(along), np.sin(along)]) * self.long / 2
        b = np.array([-np.sin(along), np.cos(along)]) * self.tall / 2
        middle = np.array([self.x, self.y])
        return np.array(
            [middle - a - b, middle + a - b, middle + a + b, middle - a + b], np.float32
        )

    def moved(self, scale: float, x: float, y: float) -> "Line":
        """Return the line in a picture that is `scale` times as large and begins at -x, -y."""
        return Line(
            self.x * scale + x, self.y * scale + y, self.long * scale, self.tall * scale, self.turn
        )


def found(pixels: Pixels) -> list[Line]:
    """Return the lines of text in a picture, seen at its own size."""
    h, w = pixels.shape[:2]
    size = (max(_STEP, round(w / _STEP) * _STEP), max(_STEP, round(h / _STEP) * _STEP))
    seen = cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR)[..., ::-1]
    planes = (np.asarray(seen, np.float32) / 127.5 - 1).transpose(2, 0, 1)[None]
    session = network.lines()
    (answer,) = session.run(None, {session.get_inputs()[0].name: np.ascontiguousarray(planes)})
    heat: NDArray[np.float32] = answer[0, 0]
    bitmap = (heat > _LIT).astype(np.uint8)
    contours, _ = cv2.findContours(bitmap, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    lines = [_line(contour, heat) for contour in contours[:_MOST_LINES]]
    across, down = w / size[0], h / size[1]
    return [
        Line(each.x * across, each.y * down, each.long * across, each.tall * down, each.turn)
        for each in lines
        if each
    ]


def _line(contour: Any, heat: NDArray[np.float32]) -> Line | None:  # noqa: ANN401  (OpenCV's)
    (x, y), (long, tall), turn = cv2.minAreaRect(contour)
    if tall > long:
        long, tall, turn = tall, long, turn - 90
    if tall < _LEAST:
        return None
    left, top, wide, high = cv2.boundingRect(contour)
    mask = np.zeros((high, wide), np.uint8)
    cv2.drawContours(mask, [contour - np.array([[left, top]])], -1, 1, -1)
    if cv2.mean(heat[top : top + high, left : left + wide], mask)[0] < _SURE:
        return None
    grown = long * tall * _GROWN / (2 * (long + tall)) * 2
    turn = (turn + 90) % 180 - 90
    return Line(x, y, long + grown, tall + grown, turn)


def read(pixels: Pixels, lines: Sequence[Line]) -> list[str]:
    """Return what each line says, an empty text where it cannot be read."""
    crops = [_straight(pixels, line) for line in lines]
    said = [""] * len(lines)
    order = sorted(range(len(lines)), key=lambda n: crops[n].shape[1])
    for start in range(0, len(order), _BATCH):
        batch = order[start : start + _BATCH]
        wide = max(crops[n].shape[1] for n in batch)
        planes = np.zeros((len(batch), 3, _TALL, wide), np.float32)
        for row, n in enumerate(batch):
            planes[row, :, :, : crops[n].shape[1]] = (
                crops[n][..., ::-1].astype(np.float32) / 127.5 - 1
            ).transpose(2, 0, 1)
        for n, text in zip(batch, _decoded(planes), strict=True):
            said[n] = text
    return said


def _straight(pixels: Pixels, line: Line) -> Pixels:
    """Return one line, turned level and _TALL pixels high."""
    wide = int(np.clip(line.long / max(line.tall, 1) * _TALL, 16, _WIDEST))
    corners = line.corners()
    into = np.array([[0, 0], [wide, 0], [wide, _TALL], [0, _TALL]], np.float32)
    low = np.maximum(np.floor(corners.min(0)).astype(int) - 2, 0)
    high = np.ceil(corners.max(0)).astype(int) + 3
    piece = pixels[low[1] : high[1], low[0] : high[0]]
    if not piece.size:
        return np.zeros((_TALL, 16, 3), np.uint8)
    shrink = _TALL / max(line.tall, 1)
    if shrink < 0.5:  # noqa: PLR2004  (a jump of more than two would skip strokes)
        piece = np.asarray(
            cv2.resize(piece, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA), np.uint8
        )
    else:
        shrink = 1.0
    matrix = cv2.getPerspectiveTransform(((corners - low) * shrink).astype(np.float32), into)
    turned = cv2.warpPerspective(
        piece, matrix, (wide, _TALL), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(turned, np.uint8)


def _decoded(planes: NDArray[np.float32]) -> list[str]:
    session, letters = network.reading()
    (answer,) = session.run(None, {session.get_inputs()[0].name: planes})
    best, sure = answer.argmax(2), answer.max(2)
    said = []
    for row in range(len(planes)):
        fresh = np.ones(best.shape[1], bool)
        fresh[1:] = best[row, 1:] != best[row, :-1]
        fresh &= best[row] != 0
        text = "".join(letters[n] for n in best[row, fresh] if n < len(letters))
        mean = float(sure[row, fresh].mean()) if fresh.any() else 0.0
        said.append(text.strip() if mean >= _READABLE else "")
    return said
