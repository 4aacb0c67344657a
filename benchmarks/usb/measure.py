"""What keys and arrivals cost: `python benchmarks/usb/measure.py FOLDER`, as root.

Decisions on a bus of our own, 400 files read from an image of each kind of key, looked at and
handed on, and what the first open of a file that has just arrived waits for.
"""

import shutil
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

from vigie.routines.documents.checking import DocumentChecker
from vigie.routines.rehearsals import usb_desk
from vigie.routines.rehearsals.sample import make_practice
from vigie.routines.usb_keys.handing import Shelf
from vigie.routines.usb_keys.looking import KeyFiles
from vigie.routines.usb_keys.reading import Reader
from vigie.sensors.arrivals.asked import AskedArrivals
from vigie.tools.volumes import Bounds

FILES, BYTES, MEGABYTES = 400, 26_000_000, 96
ARRIVALS, LATER, SEQUENCES = 60, 20, 1_000
MAKERS = {"fat32": ("mkfs.vfat", "-F", "32"), "exfat": ("mkfs.exfat",),
          "ntfs": ("mkfs.ntfs", "-F", "-Q"), "ext4": ("mkfs.ext4", "-q")}  # fmt: skip
FILLERS = {"exfat": "mount.exfat-fuse", "ntfs": "ntfs-3g"}


def run(*command: str) -> str:
    """Run a program of the stage."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def image(path: Path, kind: str, folder: Path) -> Path:
    """Make the image of a key of this kind that holds what lies in a folder."""
    with path.open("wb") as file:
        file.truncate(MEGABYTES * 1024 * 1024)
    run(*MAKERS[kind], *(("-d", str(folder)) if kind == "ext4" else ()), str(path))
    if kind == "fat32":
        run("mcopy", "-s", "-i", str(path), *map(str, sorted(folder.iterdir())), "::")
    if kind in FILLERS:
        place = path.with_suffix(".mount")
        place.mkdir()
        loop = run("losetup", "-f", "--show", str(path)).strip()
        run(FILLERS[kind], loop, str(place))
        shutil.copytree(folder, place, dirs_exist_ok=True)
        run("umount", str(place))
        time.sleep(2)  # its program writes the last blocks after that
        run("losetup", "-d", loop)
    return path


def keys(scratch: Path) -> None:
    """Read, judge and hand on the same documents from each kind of key."""
    papers = scratch / "papers"
    make_practice(papers, files=FILES, bytes_total=BYTES)
    shelf = Shelf(scratch / "shelf")
    with KeyFiles() as files:
        for kind in MAKERS:
            key = image(scratch / f"{kind}.img", kind, papers)
            began = time.monotonic()
            with shelf.scratch(1) as room:
                reading = Reader(look=files.look, scratch=room, bounds=Bounds(floor=0)).read(key)
                place = shelf.put(reading, room, kind, 1)
            took = time.monotonic() - began
            handed = sum(path.is_file() for path in place.rglob("*")) if place else 0
            print(f"{kind}: {len(reading.files)} files, {handed} handed on, {took:.2f} s")


def decisions(scratch: Path) -> None:
    """Decide about devices on a bus of our own, and count lock-outs."""
    right, devices, longest = usb_desk.decided(scratch / "desk")
    print(f"decisions: {devices} devices, right: {right}, longest {longest * 1000:.0f} ms")
    kept = sum(
        usb_desk.always_a_keyboard(scratch / f"day{seed}", seed, 12) for seed in range(SEQUENCES)
    )
    print(f"keyboards: {SEQUENCES} sequences of 12 steps, {SEQUENCES - kept} lock-outs")


def arrivals(scratch: Path) -> None:
    """Open files that have just arrived, in a watched folder and beside it."""
    papers = sorted(path for path in (scratch / "papers").rglob("*") if path.is_file())[:ARRIVALS]
    with DocumentChecker() as checker:

        def judge(descriptor: int, path: str) -> bool:
            checker.check_descriptor(descriptor, Path(path).name)
            return True

        for name, folder, watched in (("unwatched", scratch / "plain", False),
                                      ("watched", scratch / "Downloads", True)):  # fmt: skip
            folder.mkdir()
            stop = threading.Event()
            sensor = AskedArrivals([folder], judge)
            thread = threading.Thread(target=sensor.observe, args=(lambda _: None, stop))
            if watched:
                thread.start()
                time.sleep(1)
            for when, pause in (("at once", 0.0), ("after a second", 1.0)):
                some = papers[:LATER] if pause else papers
                waits = [
                    _open(paper, folder / f"{when} {n}{paper.suffix}", pause)
                    for n, paper in enumerate(some)
                ]
                _say(f"{name}, opened {when}", waits)
            again = [_read(path) for path in sorted(folder.iterdir())]
            _say(f"{name}, opened again", again)
            stop.set()
            if watched:
                thread.join()


_READ = (
    "import sys, time; began = time.perf_counter(); open(sys.argv[1], 'rb').close();"
    "print(time.perf_counter() - began)"
)


def _open(paper: Path, to: Path, pause: float) -> float:
    run("cp", str(paper), str(to))
    time.sleep(pause)
    return _read(to)


def _read(path: Path) -> float:
    """Return what the open alone took another process, in seconds."""
    return float(run(sys.executable, "-I", "-S", "-c", _READ, str(path)))


def _say(name: str, waits: list[float]) -> None:
    waits = sorted(1000 * wait for wait in waits)
    late = waits[int(0.95 * (len(waits) - 1))]
    print(
        f"{name}: {len(waits)} files, median {statistics.median(waits):.2f} ms, p95 {late:.2f} ms"
    )


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.mkdir(parents=True)
    keys(place)
    decisions(place)
    arrivals(place)
