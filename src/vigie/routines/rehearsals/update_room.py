"""A room for an update: this machine's own root, in an overlay that nobody else sees.

A mount, process and network namespace of its own. What is installed there is gone with the last
of its processes, and ports are nobody else's.
"""

import fcntl
import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import vigie
from vigie.routines.rehearsals.rehearsal import CannotPlay

NEEDED = ("unshare", "mount", "chroot", "dpkg-deb", "apt-get", "restic")
# Where an application and the system live: they must be one file system to be laid over.
SYSTEM = ("/usr", "/etc", "/var", "/opt", "/srv")
_GET_FLAGS, _SET_FLAGS, _UP = 0x8913, 0x8914, 0x1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP

INSIDE = """
set -e
mount -t tmpfs -o mode=0755,size={size} tmpfs {top}
mkdir {top}/upper {top}/aside {top}/all
mount -t overlay -o lowerdir=/,upperdir={top}/upper,workdir={top}/aside overlay {top}/all
mount -t proc proc {top}/all/proc
mount --rbind /dev {top}/all/dev
{binds}
exec chroot {top}/all {python} -m {module} {arguments}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What a room needs: a scratch folder seen from both sides, and how large it may grow."""

    scratch: Path
    megabytes: int = 2_000

    def lines(
        self, module: str, *arguments: str, more: Mapping[str, str] | None = None
    ) -> Iterator[str]:
        """Run a module of Python inside; yield what it says, line by line. Raise CannotPlay."""
        with self.started(module, *arguments, more=more) as process:
            assert process.stdout is not None  # noqa: S101  (asked for; tells the type checker)
            yield from process.stdout

    @contextmanager
    def started(
        self, module: str, *arguments: str, more: Mapping[str, str] | None = None
    ) -> Iterator["subprocess.Popen[str]"]:
        """Start a module of Python inside, and end everything in the room afterwards."""
        top = self.scratch / "top"
        top.mkdir(parents=True, exist_ok=True)
        script = INSIDE.format(
            top=top,
            size=f"{self.megabytes}m",
            binds="\n".join(self._binds(top / "all")),
            python=sys.executable,
            module=module,
            arguments=" ".join(f"'{argument}'" for argument in arguments),
        )
        argv = [
            "unshare",
            "--mount",
            "--pid",
            "--net",
            "--fork",
            "--kill-child",
            "sh",
            "-c",
            script,
        ]
        with (
            (self.scratch / "said").open("ab") as said,
            subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
                env={**os.environ, **(more or {})},
            ) as process,
        ):
            try:
                yield process
            finally:
                process.kill()

    def _binds(self, root: Path) -> Iterator[str]:
        """Yield the mounts that bring in what does not lie on the root's own file system."""
        device = Path("/").stat().st_dev
        if any(Path(p).exists() and Path(p).stat().st_dev != device for p in SYSTEM):
            raise CannotPlay("not_supported")
        for place in {Path(sys.prefix), Path(vigie.__file__).parents[1], self.scratch}:
            if place.stat().st_dev != device or place == self.scratch:
                yield f"mkdir -p '{root}{place}' && mount --bind '{place}' '{root}{place}'"


def say(**record: object) -> None:
    """Say something to whoever opened the room."""
    print(json.dumps(record, ensure_ascii=False), flush=True)  # noqa: T201  (the room's one voice)


def loopback_up() -> None:
    """Switch the loopback interface of a new network namespace on."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        request = struct.pack("16sH14x", b"lo", 0)
        answer = fcntl.ioctl(link, _GET_FLAGS, request)
        (flags,) = struct.unpack_from("H", answer, 16)
        fcntl.ioctl(link, _SET_FLAGS, struct.pack("16sH14x", b"lo", flags | _UP))
