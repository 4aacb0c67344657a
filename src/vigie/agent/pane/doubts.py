"""The doubts of the last half hour, in memory alone: what was shown, the answer, the copy."""

import io
import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from PIL import Image

from vigie.agent.pane.judging import Judges, Seen, Thing
from vigie.readers.picture.reader import PictureReader
from vigie.routines.documents.copying import Copier, Copy, NoCopy
from vigie.tools import darkroom

log = logging.getLogger(__name__)

MOST_BYTES = 95 * 1024 * 1024  # of one thing; the readers refuse more
LASTS = 30 * 60.0  # seconds
MOST = 8
MOST_HELD = 500 * 1024 * 1024  # bytes of all of them, pixels included
_PREVIEW = 1600  # pixels of the longer side
_WORKERS = 2


@dataclass(slots=True)
class Making:
    """A safe copy under way. `why` is a slug where there is none."""

    done: int = 0
    pages: int = 0
    made: Copy | None = None
    why: str = ""

    @property
    def under_way(self) -> bool:
        """Return whether it is still being made."""
        return self.made is None and not self.why


@dataclass(frozen=True, slots=True)
class Masked:
    """A photo masked as a person wants it. `left`: places that can still be recognised."""

    content: bytes
    left: int


@dataclass(slots=True)
class Doubt:
    """One thing somebody showed, and what came of it."""

    name: str
    thing: Thing
    at: float
    seen: Seen | None = None
    failed: bool = False
    copy: Making | None = None
    masked: Masked | None = None
    preview: bytes = b""
    asked: str = ""

    @property
    def weight(self) -> int:
        """Return how many bytes it holds."""
        pixels = len(self.seen.pixels) if self.seen else 0
        return len(self.thing.untrusted) + pixels


@dataclass(slots=True)
class Doubts:
    """All of them. `red` is called with what was judged red, once it is."""

    judges: Judges
    red: Callable[[Seen], None] = lambda _seen: None
    clock: Callable[[], float] = time.monotonic
    _kept: dict[str, Doubt] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_WORKERS, thread_name_prefix="doubt")
    )

    def open(self, thing: Thing) -> Doubt:
        """Begin to look at a thing; return at once."""
        doubt = Doubt(secrets.token_hex(8), thing, self.clock())
        with self._lock:
            self._kept[doubt.name] = doubt
            self._forget()
        self._pool.submit(self._look, doubt)
        return doubt

    def find(self, name: str) -> Doubt | None:
        """Return a doubt that is still there."""
        with self._lock:
            self._forget()
            return self._kept.get(name)

    def make_copy(self, doubt: Doubt) -> None:
        """Begin to make the safe copy, unless it is made already."""
        with self._lock:
            if doubt.copy is not None:
                return
            doubt.copy = Making()
        self._pool.submit(self._copy, doubt, doubt.copy)

    def mask(self, doubt: Doubt, outlines: Sequence[Sequence[int]]) -> Masked | None:
        """Make the copy of a photo with these places in black, and look at it again."""
        seen = doubt.seen
        if seen is None or seen.photo is None or not seen.pixels:
            return None
        size = seen.photo.width, seen.photo.height
        content = darkroom.copy(seen.pixels, size, outlines)
        if darkroom.carries(content):
            return None
        with PictureReader() as reader:
            again = reader.look(content, again=True)
        doubt.masked = Masked(content, len(again.spots) if again.shows else 1)
        return doubt.masked

    def close(self) -> None:
        """Forget everything; what is under way ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._kept.clear()

    def _forget(self) -> None:
        now = self.clock()
        for name, doubt in list(self._kept.items()):
            if now - doubt.at > LASTS:
                del self._kept[name]
        while len(self._kept) > 1 and (
            len(self._kept) > MOST or sum(d.weight for d in self._kept.values()) > MOST_HELD
        ):
            del self._kept[next(iter(self._kept))]

    def _look(self, doubt: Doubt) -> None:
        try:
            seen = self.judges.look(doubt.thing)
            if seen.photo and seen.pixels:
                doubt.preview = _preview(seen)
            doubt.seen = seen
            self.red(seen)
        except (
            Exception
        ):  # a reader that fails is an answer: it was not looked at, and that is said
            log.exception("a doubt could not be looked at")
            doubt.failed = True

    def _copy(self, doubt: Doubt, making: Making) -> None:
        def shown(done: int, pages: int) -> None:
            making.done, making.pages = done, pages

        try:
            with self.judges.checker() as checker:
                copier = Copier(checker)
                making.made = copier.copy(doubt.thing.untrusted, doubt.thing.name, shown=shown)
        except NoCopy as trouble:
            making.why = trouble.reason
        except Exception:  # likewise: no copy, and that is said
            log.exception("a safe copy could not be made")
            making.why = "unreadable"


def _preview(seen: Seen) -> bytes:
    """Return a picture to look at, made from bare pixels: the file itself goes to no browser."""
    if seen.photo is None:
        return b""
    picture = Image.frombytes("RGB", (seen.photo.width, seen.photo.height), seen.pixels)
    picture.thumbnail((_PREVIEW, _PREVIEW))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    return out.getvalue()
