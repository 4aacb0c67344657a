"""Faces, by the cascade of Zhang et al. (MTCNN, 2016): three small networks, each surer.

The first looks everywhere and at every size, the others only where it found something. Their
weights come from the `facenet-pytorch` package (MIT); `scripts/faces` wrote them down.
"""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from vigie.readers.picture import network
from vigie.readers.picture.places import Outline
from vigie.readers.picture.views import Pixels, shrunk

_LONGEST = 1_600  # pixels: a face of 60 in 12 megapixels has 24 here
_LEAST = 22  # pixels of a face
_STRIDE, _CELL = 2, 12  # of the first network
_SMALLER = 0.709  # from one size to the next: half the area
_SURE = (0.6, 0.7, 0.92)  # the last: leaves and tiles are no faces
_OVERLAP = (0.5, 0.7, 0.7, 0.7)
_MOST = 400  # places handed on
_HAIR = 0.22  # of a face's size: hair and chin are more than a face's middle

Floats = NDArray[np.float32]


def found(pixels: Pixels) -> list[Outline]:
    """Return the outlines of the faces in a picture."""
    small = shrunk(pixels, _LONGEST)
    scale = pixels.shape[1] / small.shape[1]
    boxes = np.concatenate([_everywhere(small), np.zeros((0, 5), np.float32)])
    boxes = boxes[_apart(boxes, _OVERLAP[1])]
    for stage, side in ((2, 24), (3, 48)):
        boxes = _surer(small, boxes[:_MOST], stage, side)
    return [_outline(box) * scale for box in boxes]


def _outline(box: Floats) -> Outline:
    """Return an oval with its hair, as corners."""
    middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2])
    half = np.array([box[2] - box[0], box[3] - box[1]]) / 2 * (1 + 2 * _HAIR)
    turn = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    return np.asarray(middle + np.stack([np.cos(turn), np.sin(turn)], 1) * half, np.float32)


def _asked(stage: int, planes: Floats) -> tuple[Floats, Floats]:
    session = network.faces(stage)
    sure, move = session.run(None, {"x": (planes - 127.5) * 0.0078125})
    return sure, move


def _everywhere(pixels: Pixels) -> Floats:
    """Return x, y, right, low and how sure, for each place the first network likes."""
    kept: list[Floats] = [np.zeros((0, 5), np.float32)]
    for scale in _scales(min(pixels.shape[:2])):
        size = (round(pixels.shape[1] * scale), round(pixels.shape[0] * scale))
        seen = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.float32)
        sure, move = _asked(1, np.ascontiguousarray(seen.transpose(2, 0, 1)[None]))
        rows, columns = np.nonzero(sure[0] >= _SURE[0])
        corner = np.stack([columns, rows], 1) * _STRIDE
        boxes = np.concatenate([corner + 1, corner + _CELL], 1) / scale
        boxes = _moved(boxes, move[0][:, rows, columns].T)
        rated = np.concatenate([boxes, sure[0][rows, columns, None]], 1).astype(np.float32)
        kept.append(rated[_apart(rated, _OVERLAP[0])])
    return np.concatenate(kept)


def _scales(shorter: int) -> Iterator[float]:
    scale = _CELL / _LEAST
    while shorter * scale >= _CELL:
        yield scale
        scale *= _SMALLER


def _moved(boxes: NDArray[np.float64], move: Floats) -> NDArray[np.float64]:
    size = np.stack([boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]] * 2, 1)
    return np.asarray(boxes + move * size, np.float64)


def _surer(pixels: Pixels, boxes: Floats, stage: int, side: int) -> Floats:
    """Return the boxes that a later network likes as well, moved to fit."""
    if not len(boxes):
        return boxes
    square = _squares(boxes)
    crops = np.stack([_crop(pixels, box, side) for box in square])
    sure, move = _asked(stage, np.ascontiguousarray(crops.transpose(0, 3, 1, 2)))
    liked = sure >= _SURE[stage - 1]
    better = _moved(square[liked], move[liked])
    found = np.concatenate([better, sure[liked, None]], 1).astype(np.float32)
    return found[_apart(found, _OVERLAP[stage])]


def _squares(boxes: Floats) -> NDArray[np.float64]:
    middle = (boxes[:, :2] + boxes[:, 2:4]) / 2
    half = (boxes[:, 2:4] - boxes[:, :2]).max(1, keepdims=True) / 2
    return np.concatenate([middle - half, middle + half], 1).astype(np.float64)


def _crop(pixels: Pixels, box: NDArray[np.float64], side: int) -> Floats:
    """Return one place, `side` pixels wide; what lies outside the picture is black."""
    left, top, right, low = np.round(box).astype(int)
    high, wide = pixels.shape[:2]
    piece = pixels[max(top, 0) : max(low, 0), max(left, 0) : max(right, 0)]
    if not piece.size:
        return np.zeros((side, side, 3), np.float32)
    whole = np.zeros((max(low - top, 1), max(right - left, 1), 3), np.uint8)
    y, x = max(-top, 0), max(-left, 0)
    piece = piece[: min(high, low) - max(top, 0), : min(wide, right) - max(left, 0)]
    whole[y : y + piece.shape[0], x : x + piece.shape[1]] = piece
    return np.asarray(cv2.resize(whole, (side, side), interpolation=cv2.INTER_AREA), np.float32)


def _apart(boxes: Floats, overlap: float) -> NDArray[np.int64]:
    """Return the numbers of the surest boxes that do not overlap one another too much."""
    order = np.argsort(-boxes[:, 4])
    area = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    kept = []
    while order.size:
        first, order = order[0], order[1:]
        kept.append(first)
        wide = np.minimum(boxes[first, 2], boxes[order, 2]) - np.maximum(
            boxes[first, 0], boxes[order, 0]
        )
        high = np.minimum(boxes[first, 3], boxes[order, 3]) - np.maximum(
            boxes[first, 1], boxes[order, 1]
        )
        both = np.maximum(wide, 0) * np.maximum(high, 0)
        order = order[both <= overlap * (area[first] + area[order] - both)]
    return np.array(kept, np.int64)
