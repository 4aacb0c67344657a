"""QR codes and bar codes, decoded or not: what a telephone could read is hidden all the same."""

import cv2
import numpy as np
import zxingcpp

from vigie.readers.picture.places import Outline
from vigie.readers.picture.views import Pixels, shrunk

_LONGEST = 3_000  # pixels: a code of 90 pixels in 12 megapixels is still read
_MOST = 20
_MARGIN = 0.08  # of a code's width
_SURE = frozenset({zxingcpp.BarcodeFormat.QRCode, zxingcpp.BarcodeFormat.MicroQRCode})


def found(pixels: Pixels) -> list[Outline]:
    """Return the outlines of the codes in a picture."""
    small = shrunk(pixels, _LONGEST)
    scale = pixels.shape[1] / small.shape[1]
    grey = np.ascontiguousarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY))
    codes = zxingcpp.read_barcodes(grey, return_errors=True)
    outlines = []
    for code in codes[:_MOST]:
        at = code.position
        points = [at.top_left, at.top_right, at.bottom_right, at.bottom_left]
        corners = np.array([[p.x, p.y] for p in points], np.float32)
        # Only a QR code's three corners are found for sure without being read: leaves and tiles
        # look like the edge of another code.
        if not code.valid and code.format not in _SURE:
            continue
        outlines.append(_whole(corners) * scale)
    return outlines


def _whole(corners: Outline) -> Outline:
    """Return the corners with a margin; a bar code is read along one line and is taller."""
    wide = float(np.linalg.norm(corners[1] - corners[0]))
    tall = float(np.linalg.norm(corners[3] - corners[0]))
    if tall < wide * 0.3:
        along = (corners[1] - corners[0]) / max(wide, 1)
        down = np.array([-along[1], along[0]]) * wide * 0.3
        corners = np.array(
            [corners[0] - down, corners[1] - down, corners[2] + down, corners[3] + down]
        )
    middle = corners.mean(0)
    return np.asarray(middle + (corners - middle) * (1 + 2 * _MARGIN), np.float32)
