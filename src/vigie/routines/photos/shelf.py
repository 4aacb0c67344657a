"""From a photo in the watched folder to evidence, and to the copy that waits for its deed."""

import hashlib
import threading
from datetime import UTC, datetime
from pathlib import Path

from vigie.domain.evidence.pictures import PhotoOffered
from vigie.responders.mask import Copy
from vigie.routines.photos.preparing import Looks, prepare

_MOST_WAITING = 8  # copies whose deed has not come: one at a time is the rule


class CopyShelf:
    """The copies of one watched folder; `ready` is where they are put."""

    def __init__(self, looks: Looks, ready: Path, machine: str) -> None:
        self._looks, self._ready, self._machine = looks, ready, machine
        self._waiting: dict[str, Copy] = {}
        self._lock = threading.Lock()

    def develop(self, path: Path, untrusted: bytes) -> PhotoOffered:
        """Return what a photo shows; its copy waits for the deed under the photo's digest."""
        handle = hashlib.sha256(untrusted).hexdigest()
        made = prepare(self._looks, untrusted)
        self._looks.close()  # nobody publishes two photos a minute
        if made.held:
            with self._lock:
                self._waiting[handle] = Copy(place=self._place(path), content=made.copy)
                while len(self._waiting) > _MOST_WAITING:
                    del self._waiting[next(iter(self._waiting))]
        return PhotoOffered(
            at=datetime.now(UTC),
            machine=self._machine,
            photo=made.photo,
            handle=handle,
            name=path.name,
            left=made.left,
        )

    def take(self, handle: str) -> Copy | None:
        """Return the copy that waits for a photo, once."""
        with self._lock:
            return self._waiting.pop(handle, None)

    def done(self, path: Path) -> bool:
        """Return whether a copy of this photo, not older than it, is there already."""
        try:
            return self._place(path).stat().st_mtime >= path.stat().st_mtime
        except OSError:
            return False

    def _place(self, path: Path) -> Path:
        # The whole name: two photos of one stem must not share a copy.
        name = path.name if path.suffix.lower() == ".jpg" else f"{path.name}.jpg"
        return self._ready / name
