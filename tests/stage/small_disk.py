"""A disk so small that a test can fill it."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """Mount a disk of `size` (such as `4m`) at `place` until the block ends."""
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def fill(place: Path) -> Path:
    """Leave no room at all; return the file to remove to make room again."""
    ballast = place / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for step in (65_536, 4_096):
            try:
                while True:
                    file.write(b"\0" * step)
            except OSError:
                continue
    return ballast


@contextmanager
def sharing_disk(place: Path, kind: str) -> Iterator[Path]:
    """Mount a disk whose files can share blocks (`btrfs` or `xfs`) at `place`, from an image."""
    image = place.with_name(f"{place.name}.img")
    with image.open("wb") as file:
        file.truncate(400_000_000)  # XFS wants 300 MB; only what is written takes room
    subprocess.run([f"mkfs.{kind}", "-q", image], check=True)
    place.mkdir()
    subprocess.run(["mount", "-o", "loop", image, place], check=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)
        image.unlink()
