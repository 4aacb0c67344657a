"""The stray key, played on a bus and on a key of our own making, never on a device of yours."""

import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from vigie.domain.danger import Danger
from vigie.domain.evidence.usb import KeyRead
from vigie.guards import guards
from vigie.guards.stray_usb_key.contents import refused
from vigie.policy.orders import decide
from vigie.routines.rehearsals import usb_desk
from vigie.routines.rehearsals.rehearsal import CannotPlay, Stage, Trial
from vigie.routines.rehearsals.sample import make_practice
from vigie.routines.usb_keys.handing import Shelf
from vigie.routines.usb_keys.looking import KeyFiles
from vigie.routines.usb_keys.reading import CannotRead, Reader, Reading
from vigie.tools.volumes import Bounds
from vigie.watch.patrol import Patrol

NEEDED = ("mformat", "mcopy", "bwrap", "prlimit")
_MEGABYTES, _DOCUMENTS, _BYTES = 48, 24, 4_000_000
_TITLE = "rehearsal"
# Harmless, all of them: the first bytes of a program, and commands that would open a notepad.
PROGRAMS: Mapping[str, bytes] = {
    "Facture.pdf.exe": b"MZ" + bytes(510),
    "autorun.inf": b"[autorun]\r\nopen=notepad.exe\r\n",
    "Ordonnance.vbs": b'CreateObject("WScript.Shell").Run "notepad.exe"\r\n',
    "Mes documents.lnk": b"L\0\0\0\x01\x14\x02\0" + bytes(100),
}


def play(stage: Stage) -> Iterator[Trial]:
    """Plug devices into a bus of our own, then read a key of our own; yield how it went."""
    right, devices, longest = usb_desk.decided(stage.scratch / "desk")
    numbers = {"devices": devices, "milliseconds": round(longest * 1000)}
    yield Trial(name="key_blocked", held=right, numbers=numbers)
    kept = usb_desk.always_a_keyboard(stage.scratch / "days", seed=time.time_ns())
    yield Trial(name="keyboard_kept", held=kept, numbers={"steps": usb_desk.STEPS})
    if any(shutil.which(program) is None for program in NEEDED):
        raise CannotPlay("missing_program")
    papers = stage.scratch / "papers"
    make_practice(papers, files=min(stage.files, _DOCUMENTS), bytes_total=_BYTES)
    wanted = contents(papers)
    for name, content in PROGRAMS.items():
        (papers / name).write_bytes(content)
    image = stage.scratch / "key.img"
    make_image(image, papers)
    yield _read_raw(stage.scratch, image, wanted)


def make_image(image: Path, folder: Path, megabytes: int = _MEGABYTES) -> None:
    """Make the image of a FAT key that holds what lies in a folder. Raise CalledProcessError."""
    with image.open("wb") as file:
        file.truncate(megabytes * 1024 * 1024)
    _run("mformat", "-i", str(image), "-F", "-v", "CLE", "::")
    _run("mcopy", "-s", "-i", str(image), *map(str, sorted(folder.iterdir())), "::")


def contents(folder: Path) -> Mapping[str, bytes]:
    """Return every file below a folder, by its path there."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def _read_raw(scratch: Path, image: Path, wanted: Mapping[str, bytes]) -> Trial:
    shelf, before = Shelf(scratch / "shelf"), image.read_bytes()
    began = time.monotonic()
    with KeyFiles() as files, shelf.scratch(1) as folder:
        try:
            reading = Reader(look=files.look, scratch=folder, bounds=Bounds(floor=0)).read(image)
        except CannotRead as trouble:
            raise CannotPlay("missing_program") from trouble
        place = shelf.put(reading, folder, _TITLE, 1)
    took = round((time.monotonic() - began) * 1000)
    stayed = {file.name for file, _ in reading.files if refused(file)}
    handed = contents(place) if place else {}
    right = handed == wanted and stayed == set(PROGRAMS) and _facts(reading) == _EXPECTED
    sealed = bool(place) and not any(_writable(path) for path in shelf.place(_TITLE, 1).rglob("*"))
    shelf.take_away(_TITLE, 1)
    untouched = image.read_bytes() == before and not shelf.place(_TITLE, 1).exists()
    return Trial(
        name="key_read_raw",
        held=right and sealed and untouched,
        numbers={"files": len(handed), "refused": len(stayed), "milliseconds": took},
    )


_EXPECTED = {"key_files_refused"}


def _facts(reading: Reading) -> set[str]:
    patrol = Patrol({Danger.STRAY_USB_KEY: guards()[Danger.STRAY_USB_KEY]}, decide)
    read = KeyRead(
        at=datetime.now(UTC),
        machine=_TITLE,
        title=_TITLE,
        number=1,
        files=tuple(file for file, _ in reading.files),
        mishaps=reading.mishaps,
    )
    return {finding.fact for verdict in patrol.step(read) for finding in verdict.findings}


def _writable(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o222)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
