"""Texts to be posted, put together: the folder, the reader, and the copies that wait for MASK."""

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vigie.agent.text_keys import TextKeys
from vigie.domain.evidence.writing import TextOffered
from vigie.knowledge.patients.book import Book, unpacked
from vigie.knowledge.writing import crowd, masked
from vigie.readers.writing.letters import decoded
from vigie.readers.writing.reader import WritingReader
from vigie.responders.mask import Copy
from vigie.sensors import Sensor
from vigie.sensors.publishing.folder import TEXTS, PublishingFolder
from vigie.tools.patients import kept

OFFERED, READY, BOOK = "À publier", "Prêt à publier", "patients.book"
_MOST_WAITING = 8  # copies whose deed has not come: one at a time is the rule


@dataclass(frozen=True, slots=True, kw_only=True)
class TextWatch:
    """What the agent needs of it. `take` gives the copy that MASK puts in its place."""

    sensors: tuple[Sensor, ...]
    take: Callable[[str], Copy | None]
    close: Callable[[], None]


def text_watch(keys: TextKeys, home: Path, *, machine: str) -> TextWatch | None:
    """Return what watches the folder; None where the settings name none."""
    if keys.folder is None:
        return None
    offered, ready = keys.folder / OFFERED, keys.folder / READY
    for folder in (offered, ready):
        folder.mkdir(parents=True, exist_ok=True)
    reader = WritingReader(book=_book(home / BOOK))
    shelf = TextShelf(reader, ready, machine)
    return TextWatch(
        sensors=(PublishingFolder(offered, TEXTS, shelf.offer, shelf.done),),
        take=shelf.take,
        close=reader.close,
    )


class TextShelf:
    """The masked copies of one watched folder; `ready` is where they are put."""

    def __init__(self, reader: WritingReader, ready: Path, machine: str) -> None:
        self._reader, self._ready, self._machine = reader, ready, machine
        self._waiting: dict[str, Copy] = {}
        self._lock = threading.Lock()

    def offer(self, path: Path, untrusted: bytes) -> TextOffered:
        """Return what a text says of people; its copy waits for the deed under its digest."""
        handle = hashlib.sha256(untrusted).hexdigest()
        reading = self._reader.read(untrusted)
        if not reading.unread:
            text = masked(decoded(untrusted), reading.marks)
            with self._lock:
                self._waiting[handle] = Copy(place=self._ready / path.name, content=text.encode())
                while len(self._waiting) > _MOST_WAITING:
                    del self._waiting[next(iter(self._waiting))]
        return TextOffered(
            at=datetime.now(UTC),
            machine=self._machine,
            marks=reading.marks,
            crowd=crowd(reading.marks),
            unread=reading.unread,
            place=handle,
        )

    def take(self, handle: str) -> Copy | None:
        """Return the copy that waits for a text, once."""
        with self._lock:
            return self._waiting.pop(handle, None)

    def done(self, path: Path) -> bool:
        """Return whether a copy of this text, not older than it, is there already."""
        try:
            return (self._ready / path.name).stat().st_mtime >= path.stat().st_mtime
        except OSError:
            return False


def _book(file: Path) -> Book | None:
    """Return the practice's own patients; nobody where the file cannot be read."""
    try:
        content = kept(file)
        return unpacked(content) if content else None
    except (OSError, ValueError):
        return None
