"""QR codes and other barcodes in pictures. Bounded: a code that people scan is small and clear."""

import io

import zxingcpp
from PIL import Image, UnidentifiedImageError

MOST_PICTURES = 6  # of one message
_MOST_BYTES = 6 * 1024 * 1024
_MOST_PIXELS = 12_000_000
_LEAST_SIDE, _MOST_SIDE = 40, 1_200  # a tracking dot holds no code; a scan is looked at smaller
_MOST_CODES = 4
_LONGEST = 2_000

_FORMATS = (
    zxingcpp.BarcodeFormat.QRCode,
    zxingcpp.BarcodeFormat.Aztec,
    zxingcpp.BarcodeFormat.DataMatrix,
)

Image.init()  # all formats now: there will be no file to load them from


def in_picture(untrusted: bytes) -> list[str] | None:
    """Return what the codes in a picture say, None for a picture that was not looked at."""
    if len(untrusted) > _MOST_BYTES:
        return None
    try:
        with Image.open(io.BytesIO(untrusted)) as picture:
            wide, high = picture.size
            if min(wide, high) < _LEAST_SIDE or wide * high > _MOST_PIXELS:
                return None
            picture.draft("L", (_MOST_SIDE, _MOST_SIDE))
            return read(picture.convert("L"))
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, Image.DecompressionBombError,
            MemoryError, EOFError, TypeError, IndexError, KeyError):  # fmt: skip
        return None


def read(picture: Image.Image) -> list[str]:
    """Return what the codes in a grey picture say."""
    picture.thumbnail((_MOST_SIDE, _MOST_SIDE))
    found = zxingcpp.read_barcodes(
        picture,
        formats=_FORMATS,
        try_rotate=False,
    )
    return [code.text[:_LONGEST] for code in found[:_MOST_CODES] if code.text]
