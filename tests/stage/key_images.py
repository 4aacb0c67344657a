"""Images of keys: file systems of every kind, whole and hostile, made by their own programs."""

import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

MAKERS: Mapping[str, tuple[str, ...]] = {
    "fat16": ("mkfs.vfat", "-F", "16"),
    "fat32": ("mkfs.vfat", "-F", "32"),
    "exfat": ("mkfs.exfat",),
    "ntfs": ("mkfs.ntfs", "-F", "-Q"),
    "ext4": ("mkfs.ext4", "-q"),
}
_FILLERS = {"exfat": "mount.exfat-fuse", "ntfs": "ntfs-3g"}


def made(image: Path, kind: str, folder: Path | None = None, megabytes: int = 48) -> Path:
    """Make the image of a key of this kind that holds what lies in a folder."""
    with image.open("wb") as file:
        file.truncate(megabytes * 1024 * 1024)
    more = ("-d", str(folder)) if kind == "ext4" and folder else ()
    run(*MAKERS[kind], *more, str(image))
    if folder and kind.startswith("fat"):
        run("mcopy", "-s", "-i", str(image), *map(str, sorted(folder.iterdir())), "::")
    if folder and kind in _FILLERS:
        with mounted(image, _FILLERS[kind]) as place:
            shutil.copytree(folder, place, dirs_exist_ok=True)
    return image


def partitioned(image: Path, volume: Path) -> Path:
    """Make the image of a whole disk whose first partition, at 1 MiB, is a volume."""
    content = volume.read_bytes()
    start, sectors = 2048, len(content) // 512
    row = bytes([0, 0, 2, 0, 0x0C, 0, 0, 0]) + start.to_bytes(4, "little")
    table = bytes(446) + row + sectors.to_bytes(4, "little") + bytes(48) + b"\x55\xaa"
    image.write_bytes(table + bytes(start * 512 - 512) + content)
    return image


@contextmanager
def mounted(image: Path, program: str) -> Iterator[Path]:
    """Mount an image of our own by a program of user space, writable, to fill it."""
    place = image.with_suffix(".mount")
    place.mkdir()
    loop = run("losetup", "-f", "--show", str(image)).strip()
    try:
        run(program, loop, str(place))
        try:
            yield place
        finally:
            run("umount", str(place))
            # Its program writes the last blocks after `umount` has returned.
            while subprocess.run(["pgrep", "-f", f"{program} {loop} "], check=False,
                                 capture_output=True).returncode == 0:  # fmt: skip
                time.sleep(0.02)
    finally:
        run("losetup", "-d", loop)
        place.rmdir()


def run(*command: str) -> str:
    """Run a program of the stage."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
