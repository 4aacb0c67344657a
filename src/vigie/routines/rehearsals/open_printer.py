"""The open printer, played for real: a small network is scanned, nothing of it is printed.

Four devices on a loopback of its own: what is open must be found, what only claims to be open must
not be accused, and a door that is then closed must be proven closed.
"""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from vigie.domain.evidence.printers import Device, DeviceSeen
from vigie.guards.open_printer.guard import judge
from vigie.routines.rehearsals.rehearsal import CannotPlay, Stage, Trial
from vigie.routines.rehearsals.small_lan import OLD_DEVICE, OPEN_PRINTER, Played

_PATIENCE = 120.0  # seconds, on a busy machine
_START = (
    "import sys; sys.path[:] = {path!r}; "
    "from vigie.routines.rehearsals.small_lan import main; main()"
)
PLANTED = frozenset(
    {
        (OPEN_PRINTER, "prints_for_anybody"),
        (OPEN_PRINTER, "raw_printing_open"),
        (OLD_DEVICE, "lpd_open"),
        (OLD_DEVICE, "telnet_open"),
    }
)
_CLOSED = (OPEN_PRINTER, "door_closed")
_DEVICES = 4


def play(stage: Stage) -> Iterator[Trial]:
    """Scan the small network twice; yield how it went. Raise CannotPlay without a namespace."""
    del stage
    played = _played()
    if played.trouble:
        raise CannotPlay("no_permission")
    first = _said(played.first, ())
    yield Trial(
        name="practice_lan_scanned",
        held=first == PLANTED
        and len(played.first) == _DEVICES
        and not played.raw_bytes
        and not played.jobs,
        numbers={
            "devices": len(played.first),
            "doors": len(first & PLANTED),
            "pages": played.raw_bytes + played.jobs,
            "milliseconds": played.milliseconds,
        },
    )
    second = _said(played.second, played.first)
    expected = (PLANTED - {(OPEN_PRINTER, "raw_printing_open")}) | {_CLOSED}
    yield Trial(name="door_closed_again", held=second == expected, numbers={"doors": len(first)})


def _played() -> Played:
    try:
        ran = subprocess.run(
            [sys.executable, "-I", "-c", _START.format(path=sys.path)],
            capture_output=True,
            timeout=_PATIENCE,
            check=True,
            cwd="/",
        )
        return msgspec.json.decode(ran.stdout, type=Played)
    except subprocess.TimeoutExpired as trouble:
        raise CannotPlay("timed_out") from trouble
    except (OSError, subprocess.CalledProcessError, msgspec.MsgspecError) as trouble:
        raise CannotPlay("died") from trouble


def _said(devices: Sequence[Device], before: Sequence[Device]) -> frozenset[tuple[str, str]]:
    """Return (address, fact) for everything that is said of these devices."""
    was = {device.address: device for device in before}
    return frozenset(
        (device.address, finding.fact)
        for device in devices
        for finding in judge(
            [
                DeviceSeen(
                    at=datetime.now(UTC),
                    machine="rehearsal",
                    device=device,
                    called=device.address,
                    before=was.get(device.address),
                    first=not before,
                )
            ]
        )
    )
