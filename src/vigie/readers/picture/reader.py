"""The way from a photo's bytes to what it shows, and to its pixels: always an answer."""

import base64
import binascii
import threading
from datetime import timedelta
from typing import Any, Self

import msgspec

from vigie.domain.evidence.pictures import Photo
from vigie.readers.sandbox.cell import Cell, ReadFailed
from vigie.readers.sandbox.memory import in_memory
from vigie.tools.confinement import Limits

_READER = "vigie.readers.picture.look.read"
# 12 megapixels take 3 s of one processor, 50 some 6; an old and busy PC takes far longer.
LIMITS = Limits(
    time=timedelta(seconds=90),
    memory=3 * 1024 * 1024 * 1024,  # of addresses: libraries and networks take 1 GB of them
    answer=8 * 1024 * 1024,
    files=32,
    threads=True,  # libde265, which decodes the photos of iPhones, starts one whatever it is told
)
_STRIP = 3 * 1024 * 1024  # bytes of pixels at a time
_MOST_BYTES = 96 * 1024 * 1024
_MOST_SPOTS = 2_000


class PictureReader:
    """Look at photos, one at a time, in a confined process that is kept for the next one.

    A cell that gave no answer is replaced by a new one for the next photo.
    """

    def __init__(self, *, limits: Limits = LIMITS) -> None:
        self._limits = limits
        self._cell: Cell | None = None  # started for the first photo: it takes half a gigabyte
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def weakest_link(self) -> str:
        """Return the first part of the confinement this system lacks, or an empty text."""
        with self._lock:
            cell = self._started()
            cell.wait_until_ready()
            return next((link.value for link in cell.missing), "")

    def look(self, untrusted: bytes, *, again: bool = False) -> Photo:
        """Return what a photo shows. Never raise for the photo's sake.

        `again`: it is a copy of ours; what is still seen in it is named, and not read.
        """
        if len(untrusted) > _MOST_BYTES:
            return Photo(defect="too_large")
        with self._lock:
            return self._look(untrusted, again=again)

    def look_and_take(self, untrusted: bytes) -> tuple[Photo, bytes]:
        """Return what a photo shows, and its upright pixels: red, green, blue, row after row.

        There are no pixels where there is no picture.
        """
        if len(untrusted) > _MOST_BYTES:
            return Photo(defect="too_large"), b""
        with self._lock:
            photo = self._look(untrusted)
            if not photo.shows:
                return photo, b""
            try:
                return photo, self._pixels(photo)
            except (ReadFailed, ValueError, binascii.Error):
                self._lose()
                return Photo(defect="reader_bad_answer"), b""

    def close(self) -> None:
        """End the cell; a later photo starts another one."""
        with self._lock:
            self._lose()

    def _started(self) -> Cell:
        self._cell = self._cell or Cell(_READER, self._limits)
        return self._cell

    def _lose(self) -> None:
        if self._cell:
            self._cell.close()
        self._cell = None

    def _look(self, untrusted: bytes, *, again: bool = False) -> Photo:
        try:
            with in_memory(untrusted) as file:
                return _photo(self._started().ask({"again": again}, file.fileno()))
        except ReadFailed as trouble:
            self._lose()
            return Photo(defect=f"reader_{trouble.reason}")
        except ValueError:
            self._lose()
            return Photo(defect="reader_bad_answer")

    def _pixels(self, photo: Photo) -> bytes:
        wide = photo.width * 3
        step = max(1, _STRIP // wide)
        strips = bytearray()
        for top in range(0, photo.height, step):
            rows = min(step, photo.height - top)
            untrusted = self._started().ask({"top": top, "rows": rows})
            strip = base64.b64decode(untrusted, validate=True)
            if len(strip) != rows * wide:
                raise ValueError("not the rows that were asked for")
            strips += strip
        return bytes(strips)


def _photo(untrusted_answer: Any) -> Photo:  # noqa: ANN401  (it may be anything)
    """Return the photo a cell answered. Raise ValueError for an answer that is none."""
    if not isinstance(untrusted_answer, str):
        raise ValueError("not a photo")  # noqa: TRY004  (what every reader raises)
    photo = _DECODER.decode(untrusted_answer)  # its ValidationError is a ValueError
    if len(photo.spots) > _MOST_SPOTS or photo.width < 0 or photo.height < 0:
        raise ValueError("not a photo")
    return photo


_DECODER = msgspec.json.Decoder(Photo)
