"""The safe copy: first the same file without what acts, else its pages as pictures with words.

A copy is checked like any other file, and given only when its light is green.
"""

import base64
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from pathlib import PurePath
from typing import Any

import pikepdf
from PIL import Image

from vigie.domain.finding import Gravity
from vigie.knowledge.file_names import ending_of
from vigie.readers.sandbox.brood import disposable
from vigie.readers.sandbox.cell import ReadFailed
from vigie.readers.sandbox.memory import in_memory
from vigie.readers.sandbox.pool import Pool
from vigie.routines.documents.checking import DocumentChecker
from vigie.tools import libreoffice, ocr
from vigie.tools.confinement import Limits

MOST_PAGES = 200  # of a raster copy; what is longer is said to be cut
DOTS = 150  # per inch: small print stays legible, a page weighs 200 kB
_QUALITY = 80
_MOST_SIDE = 20_000
_PAGE = "vigie.readers.document.drawing.read"
_LIMITS = Limits(time=timedelta(seconds=20), memory=1536 << 20, answer=72 << 20)
_FAMILIES = {
    "pdf": {"pdf"},
    "docx": {"docx", "docm", "dotx", "dotm"},
    "xlsx": {"xlsx", "xlsm", "xltx", "xltm"},
    "pptx": {"pptx", "pptm", "ppsx", "ppsm", "potx", "potm"},
    "odt": {"odt", "ott"},
    "ods": {"ods", "ots"},
    "odp": {"odp", "otp"},
    "odg": {"odg", "otg"},
}

Shown = Callable[[int, int], None]  # pages done, pages in all


class Manner(StrEnum):
    """How a copy was made."""

    LIGHT = "light"
    RASTER = "raster"


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A safe copy: its bytes, the ending it goes by, how it was made.

    `pages` are those of a raster copy, `cut` whether there were more; `words`: it can be searched.
    """

    content: bytes
    ending: str
    manner: Manner
    pages: int = 0
    cut: bool = False
    words: bool = False


class NoCopy(Exception):
    """No safe copy can be made: `missing_program`, `unreadable` or `not_clean`, in `reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Copier:
    """Makes safe copies; the checker that says whether they are clean is somebody else's."""

    def __init__(self, checker: DocumentChecker) -> None:
        self._checker = checker

    def copy(
        self, untrusted: bytes, name: str, *, ending: str = "", shown: Shown = lambda _a, _b: None
    ) -> Copy:
        """Return a clean copy of a file, light where it can be, of the wanted kind.

        `ending` is that of the wanted file: `pdf` for pages that nobody edits; empty for whatever
        is nearest to the original. Raise NoCopy where there is none.
        """
        light = self.clean_light(untrusted)
        if light and (not ending or ending in _FAMILIES.get(light.ending, ())):
            return light
        if ending not in ("", "pdf"):
            raise NoCopy("unreadable")
        raster = self.raster(untrusted, name, shown)
        if not self._clean(raster):
            raise NoCopy("not_clean")
        return raster

    def clean_light(self, untrusted: bytes) -> Copy | None:
        """Return the light copy where there is one and a second look finds it clean."""
        light = self.light(untrusted)
        return light if light and self._clean(light) else None

    def light(self, untrusted: bytes) -> Copy | None:
        """Return the same file without what acts, unchecked; None where there is no such copy."""
        made = self._checker.disarmed(untrusted)
        return Copy(content=made.content, ending=made.kind, manner=Manner.LIGHT) if made else None

    def raster(self, untrusted: bytes, name: str, shown: Shown = lambda _a, _b: None) -> Copy:
        """Return the pages as pictures, with their words where Tesseract is there. Raise NoCopy."""
        pdf = untrusted
        if b"%PDF-" not in untrusted[:1024]:
            try:
                pdf = libreoffice.to_pdf(untrusted, ending_of(name))
            except libreoffice.NoProgram:
                raise NoCopy("missing_program") from None
            except libreoffice.NotConverted:
                raise NoCopy("unreadable") from None
        known = ocr.languages()
        with (
            pikepdf.new() as whole,
            in_memory(pdf) as file,
            Pool(_PAGE, limits=_LIMITS, cells=1, kind=disposable()) as pool,
        ):
            number, pages = 0, 1
            while number < min(pages, MOST_PAGES):
                drawn = _ask(pool, file.fileno(), number)
                pages = drawn.pages
                _append(whole, drawn, known)
                number += 1
                shown(number, min(pages, MOST_PAGES))
            out = io.BytesIO()
            whole.save(out)
        return Copy(
            content=out.getvalue(), ending="pdf", manner=Manner.RASTER, pages=number,
            cut=pages > MOST_PAGES, words=bool(known),
        )  # fmt: skip

    def _clean(self, copy: Copy) -> bool:
        name = f"copie.{copy.ending}"
        return self._checker.check_bytes(copy.content, name).light is Gravity.NOTE


@dataclass(frozen=True, slots=True)
class _Drawn:
    pages: int
    picture: Image.Image


def _ask(pool: Pool, descriptor: int, number: int) -> _Drawn:
    try:
        return pool.ask({"page": number, "dots": DOTS}, descriptor, _drawn)
    except ReadFailed:
        raise NoCopy("unreadable") from None


def _drawn(untrusted_answer: Any) -> _Drawn:  # noqa: ANN401  (it may be anything)
    """Return a page that a cell drew. Raise ValueError unless it is just that many colours."""
    if not isinstance(untrusted_answer, dict):
        raise ValueError("not a page")  # noqa: TRY004  (what every reader raises)
    sides = [untrusted_answer.get(key) for key in ("pages", "width", "height")]
    if not all(type(side) is int and 0 < side <= _MOST_SIDE for side in sides):
        raise ValueError("not a page")
    pages, wide, high = (int(side) for side in sides if isinstance(side, int))
    colours = base64.b64decode(str(untrusted_answer.get("colours")), validate=True)
    if len(colours) != wide * high * 3:
        raise ValueError("not that many colours")
    return _Drawn(pages, Image.frombytes("RGB", (wide, high), colours))


def _append(whole: pikepdf.Pdf, drawn: _Drawn, known: Sequence[str]) -> None:
    picture = io.BytesIO()
    drawn.picture.save(picture, "JPEG", quality=_QUALITY, dpi=(DOTS, DOTS))
    try:
        page = ocr.page(picture.getvalue(), dots=DOTS, known=known)
    except ocr.NoWords:
        out = io.BytesIO()
        drawn.picture.save(out, "PDF", resolution=DOTS, quality=_QUALITY)
        page = out.getvalue()
    with pikepdf.open(io.BytesIO(page)) as one:
        whole.pages.extend(one.pages)


def nearest(name: str) -> str:
    """Return the name a safe copy of this file goes by, without its ending."""
    return f"{PurePath(name).stem} (copie sûre)"
