"""Reading the keys that were let in: one thread a key, ended when the key is taken out."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from vigie.domain.evidence.usb import DevicePlugged, KeyRead, Mishap
from vigie.routines.usb_keys.handing import Shelf
from vigie.routines.usb_keys.reading import CannotRead, Look, Reader, Reading, SafeCopy
from vigie.sensors import Sink
from vigie.tools.usb.automount import read_only
from vigie.tools.volumes import Bounds, Stopped

log = logging.getLogger(__name__)

_GRACE = 5.0  # seconds for a reading to notice that it is to end


@dataclass(slots=True)
class KeyReading:
    """Reads each key that is ready, tells what lay on it, and hands on its clean copies."""

    shelf: Shelf
    look: Look
    bounds: Bounds
    sink: Sink
    safe_copy: SafeCopy = lambda _file, _path: None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    _under_way: dict[str, tuple[threading.Thread, threading.Event]] = field(default_factory=dict)

    def ready(self, plugged: DevicePlugged, disks: Sequence[str]) -> None:
        """Begin to read a key's disks."""
        stop = threading.Event()
        work = threading.Thread(
            target=self._read, args=(plugged, disks, stop), name=plugged.handle, daemon=True
        )
        self._under_way[plugged.handle] = work, stop
        work.start()

    def gone(self, plugged: DevicePlugged) -> None:
        """Stop reading a key that was taken out, and take its copies away."""
        work, stop = self._under_way.pop(plugged.handle, (None, None))
        if work is None or stop is None:
            return
        stop.set()
        work.join(_GRACE)
        self.shelf.take_away(_title(plugged), plugged.number)

    def close(self) -> None:
        """Stop every reading."""
        for _, stop in self._under_way.values():
            stop.set()
        for work, _ in self._under_way.values():
            work.join(_GRACE)

    def _read(self, plugged: DevicePlugged, disks: Sequence[str], stop: threading.Event) -> None:
        for disk in disks:
            reading = self._one(plugged, Path(disk), stop)
            self.sink(
                KeyRead(
                    at=self.clock(),
                    machine=plugged.machine,
                    title=_title(plugged),
                    number=plugged.number,
                    files=tuple(file for file, _ in reading.files),
                    mishaps=reading.mishaps,
                    encrypted=reading.encrypted,
                )
            )

    def _one(self, plugged: DevicePlugged, disk: Path, stop: threading.Event) -> Reading:
        def progress(_what: str, _done: int, _of: int) -> None:
            if stop.is_set():
                raise Stopped(Mishap.PULLED)

        try:
            with self.shelf.scratch(plugged.number) as scratch:
                reader = Reader(
                    look=self.look,
                    scratch=scratch,
                    bounds=self.bounds,
                    progress=progress,
                    safe_copy=self.safe_copy,
                )
                reading = reader.read(disk)
                if not reading.encrypted:
                    read_only(disk)  # nobody writes to a key that is not encrypted
                if stop.is_set() or Mishap.PULLED in reading.mishaps:
                    return replace(reading, mishaps=frozenset({Mishap.PULLED}))
                self.shelf.put(reading, scratch, _title(plugged), plugged.number)
                return reading
        except Stopped as stopped:
            return Reading(mishaps=frozenset({Mishap(stopped.reason)}))
        except CannotRead as trouble:
            log.warning("the key at %s: %s", disk, trouble)
            gone = trouble.reason == "no_folder"
            return Reading(mishaps=frozenset({Mishap.PULLED if gone else Mishap.DIED}))
        except OSError as trouble:
            log.warning("the copies of the key at %s: %s", disk, trouble)
            return Reading(mishaps=frozenset({Mishap.NO_SPACE}))


def _title(plugged: DevicePlugged) -> str:
    return plugged.device.title or plugged.device.model
