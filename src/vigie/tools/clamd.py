"""ClamAV's daemon, where a practice has one: a second opinion about an open file.

It is handed the descriptor over its own socket (FILDES): no path, no copy.
"""

import socket
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

SOCKETS = (
    Path("/run/clamav/clamd.ctl"),
    Path("/run/clamd.scan/clamd.sock"),
    Path("/run/clamd.ctl"),
)
PATIENCE = timedelta(seconds=30)
_LONGEST = 4096


class NoOpinion(Exception):
    """The daemon does not answer, or could not read the file."""


class Silent(NoOpinion):
    """The daemon does not answer at all: it would say nothing of any other file either."""


def found(places: Sequence[Path] = SOCKETS) -> Path | None:
    """Return the socket of a daemon that is there, or None."""
    return next((place for place in places if place.is_socket()), None)


def signature(descriptor: int, place: Path, *, patience: timedelta = PATIENCE) -> str:
    """Return the name of what the daemon knows in an open file; empty where it knows nothing.

    Raise NoOpinion where it gives none (also where it stopped at one of its own limits), Silent
    where it does not answer.
    """
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(patience.total_seconds())
        try:
            line.connect(str(place))
            line.sendall(b"nFILDES\n")
            socket.send_fds(line, [b"\0"], [descriptor])
            answer = b""
            while b"\n" not in answer and len(answer) < _LONGEST:
                piece = line.recv(_LONGEST)
                if not piece:
                    break
                answer += piece
        except OSError as trouble:
            raise Silent(str(trouble)) from trouble
    said = answer.decode("utf-8", "replace").strip()
    if said.endswith(" OK"):
        return ""
    if not said:
        raise Silent("no answer")
    if not said.endswith(" FOUND"):
        raise NoOpinion(said)
    name = said.removesuffix(" FOUND").rpartition(": ")[2]
    if name.startswith("Heuristics.Limits"):
        raise NoOpinion(name)
    return name
