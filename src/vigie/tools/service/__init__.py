"""The system's own supervisor: it starts the agent, and starts it again."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from vigie.tools.kept_file import keep

LIMIT = timedelta(seconds=60)  # a service manager that takes longer is not going to answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What the service has to run: absolute paths, and the most memory in bytes."""

    command: tuple[str, ...]
    home: Path
    memory: int


class ServiceFailed(Exception):
    """The system's supervisor did not do it; the text is what it said."""


class Service(Protocol):
    """One system's way to keep a program running. Both verbs are idempotent."""

    @property
    def file(self) -> Path:
        """Return the file that describes the service to the system."""

    def text(self, charge: Charge) -> str:
        """Return what that file says."""

    def install(self, charge: Charge) -> None:
        """Write the file, keep the one before it, start the service. Raise ServiceFailed."""

    def remove(self, charge: Charge) -> None:
        """Stop the service, put back the file that was there before. Raise ServiceFailed."""


def write_with_undo(file: Path, text: bytes, former: Path) -> None:
    """Write `file`, after what it held before (or that it was not there) is safe in `former`."""
    if not former.exists():
        keep(former, file.read_bytes() if file.exists() else b"")
    keep(file, text, mode=0o644)


def put_back(file: Path, former: Path) -> None:
    """Undo `write_with_undo`, if it was done."""
    if not former.exists():
        return
    if before := former.read_bytes():
        keep(file, before, mode=0o644)
    else:
        file.unlink(missing_ok=True)
    former.unlink()


def ask(words: Sequence[str]) -> None:
    """Call the system's supervisor; raise ServiceFailed when it is not there or refuses."""
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, check=False, timeout=LIMIT.total_seconds()
        )
    except (OSError, subprocess.TimeoutExpired) as trouble:
        raise ServiceFailed(f"{words[0]}: {trouble}") from trouble
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise ServiceFailed(f"{words[0]}: {said[-1] if said else done.returncode}")
