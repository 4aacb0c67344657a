"""What the little network looks at: the picture made small, and how fine its grain is where."""

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # height × width × 3, red green blue

LONG = 512  # pixels on the long side of what the network sees
_WORK = 2048  # text 7 pixels high in 12 megapixels still leaves its grain here
_STEP = 32  # the network halves five times
_GAIN = 8.0  # the grain of text on paper is some 10 to 30 of 255


def shrunk(pixels: Pixels, longest: int) -> Pixels:
    """Return the picture with a long side of at most `longest` pixels."""
    h, w = pixels.shape[:2]
    scale = longest / max(h, w)
    if scale >= 1:
        return pixels
    size = (max(1, round(w * scale)), max(1, round(h * scale)))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def view(pixels: Pixels) -> NDArray[np.uint8]:
    """Return five planes (5 × h × w): red, green, blue, fine grain, coarse grain.

    The long side is LONG, both sides are multiples of 32: the picture is stretched a little
    rather than padded, so that what lies at its edge is seen as it is.
    """
    work = shrunk(pixels, _WORK)
    h, w = work.shape[:2]
    scale = LONG / max(h, w)
    size = tuple(max(_STEP, round(side * scale / _STEP) * _STEP) for side in (w, h))
    grey = cv2.cvtColor(work, cv2.COLOR_RGB2GRAY)
    near, wide = cv2.blur(grey, (3, 3)), cv2.blur(grey, (9, 9))
    planes = [np.asarray(cv2.resize(work, size, interpolation=cv2.INTER_AREA))]
    for grain in (cv2.absdiff(grey, near), cv2.absdiff(near, wide)):
        pooled = cv2.resize(grain.astype(np.float32), size, interpolation=cv2.INTER_AREA)
        planes.append(np.clip(pooled * _GAIN, 0, 255).astype(np.uint8)[..., None])
    return np.ascontiguousarray(np.concatenate(planes, axis=2).transpose(2, 0, 1))
