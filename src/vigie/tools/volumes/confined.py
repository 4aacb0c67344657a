"""One outside program over one key, shut in by bubblewrap, watched while it works."""

import os
import shutil
import stat
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vigie.tools.volumes import Bounds, Progress, Stopped

KEY, OUT = "/key", "/out"  # inside
_MEMORY = 1_500_000_000  # bytes of addresses
_MOST_SAID = 16_000_000  # bytes on standard output: five thousand names are one
_OFTEN = 0.05  # seconds between two looks at the work
_COUNTED = 0.3  # seconds between two counts of what came out
_ROOM = (
    *("bwrap", "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL"),
    *("--uid", "65534", "--gid", "65534", "--ro-bind", "/usr", "/usr"),
    *("--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"),
    *("--symlink", "usr/bin", "/bin", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/run"),
    *("--chdir", "/run", "--clearenv", "--setenv", "PATH", "/usr/bin", "--setenv", "HOME", "/run"),
    *("--setenv", "LC_ALL", "C.UTF-8", "--setenv", "MTOOLS_SKIP_CHECK", "1"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a program said on standard output, and whether it ended well."""

    said: bytes
    well: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where a key is read: the key (a device or an image), and the folder for what comes out.

    `deadline` is of the monotonic clock.
    """

    key: Path
    out: Path
    bounds: Bounds
    progress: Progress
    deadline: float

    def run(self, command: Sequence[str], *, words: str = "") -> Done:
        """Run a program over the key, which it sees as `/key`; it writes to `/out`.

        Raise Stopped when a bound is reached, and OSError where bubblewrap is missing.
        """
        with tempfile.TemporaryFile(dir=self.out.parent) as said:
            with tempfile.TemporaryFile(dir=self.out.parent) as asked:
                asked.write(words.encode())
                asked.seek(0)
                program = subprocess.Popen(
                    [*self._limits(), *_ROOM, *self._binds(), *command],
                    stdin=asked,
                    stdout=said,
                    stderr=subprocess.DEVNULL,
                )
            try:
                self._watch(program, said.fileno())
            finally:
                program.kill()
                program.wait()
            said.seek(0)
            return Done(said=said.read(_MOST_SAID), well=program.returncode == 0)

    def check(self) -> tuple[int, int]:
        """Return how many files and bytes are out. Raise Stopped when it is too much."""
        files = total = 0
        for _, size in below(self.out):
            files, total = files + 1, total + size
            if files > self.bounds.files or total > self.bounds.total:
                raise Stopped("too_much")
        if shutil.disk_usage(self.out).free < self.bounds.floor:
            raise Stopped("no_space")
        self.progress(files, total)
        return files, total

    def _watch(self, program: subprocess.Popen[bytes], said: int) -> None:
        counted = time.monotonic()
        while True:
            try:
                program.wait(_OFTEN)
            except subprocess.TimeoutExpired:
                now = time.monotonic()
                if now > self.deadline:
                    raise Stopped("too_slow") from None
                if os.fstat(said).st_size > _MOST_SAID:
                    raise Stopped("too_much") from None
                if now - counted > _COUNTED:
                    counted = now
                    self.check()
            else:
                self.check()
                return

    def _limits(self) -> list[str]:
        seconds = max(1, int(self.deadline - time.monotonic()))
        return [
            "prlimit",
            f"--as={_MEMORY}",
            f"--cpu={seconds}",
            f"--fsize={self.bounds.one}",
            "--core=0",
            "--nofile=256",
            "--",
        ]

    def _binds(self) -> list[str]:
        device = stat.S_ISBLK(self.key.stat().st_mode)
        return ["--dev-bind" if device else "--ro-bind", str(self.key), KEY,
                "--bind", str(self.out), OUT]  # fmt: skip


def below(folder: Path) -> list[tuple[str, int]]:
    """Return the files below a folder that a confined program filled, with their sizes.

    Nothing but plain files counts, and no link is followed.
    """
    found: list[tuple[str, int]] = []
    waiting = [os.fspath(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        found.append((entry.path, entry.stat(follow_symlinks=False).st_size))
        except OSError:  # taken away meanwhile
            continue
    return found
