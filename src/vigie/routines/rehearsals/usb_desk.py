"""A desk for the rehearsal of stray keys: real sensor, guard, policy and deeds, a made-up bus."""

import time
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.usb import Standing
from vigie.domain.response import Deed, Result
from vigie.guards import guards
from vigie.policy.orders import decide
from vigie.responders.devices import DEVICE, SCREENS, AdmitDevice, BlockDevice, LockScreens
from vigie.responders.routed import Routed
from vigie.routines.rehearsals.made_up_bus import KEYBOARD, MOUSE, STORAGE, MadeUpBus
from vigie.sensors.usb.watching import Usb
from vigie.tools.undo import UndoBook
from vigie.tools.usb.register import Register
from vigie.tools.usb.sysfs import SysfsDoor
from vigie.watch.patrol import Patrol

if TYPE_CHECKING:
    from vigie.responders import Responder

_REPORT = "0" * 32
_KINDS = {
    "keyboard": (KEYBOARD,),
    "mouse": (MOUSE,),
    "key": (STORAGE,),
    "typing key": (STORAGE, KEYBOARD),
}
_PLACES = ("1-1", "1-2", "1-3", "1-4")
STEPS = 120
_PLUGGED = 0.7  # of the steps plug something in
# Where, what, and whether it may work; each that types beside the keyboard locks the screen.
_DAY = (
    ("1-2", "key", False),
    ("1-3", "typing key", False),
    ("1-4", "keyboard", False),
    ("1-5", "mouse", True),
)
_LOCKED = 2


class _Screens:
    """The screens of a desk that is not there: nobody's own is locked."""

    def __init__(self) -> None:
        self.locked = 0

    def open(self) -> bool:
        return True

    def lock(self) -> int:
        self.locked += 1
        return 1


class Desk:
    """One machine of the rehearsal's own in `folder`. `well`: every deed went well so far."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.bus, self.screens, self.well = MadeUpBus(folder / "devices"), _Screens(), True
        self.register = Register(folder / "usb.db")
        self._door = SysfsDoor(folder / "devices")
        self._undo = UndoBook(folder / "undo.db")
        self._patrol = Patrol({Danger.STRAY_USB_KEY: guards()[Danger.STRAY_USB_KEY]}, decide)
        self.sensor = Usb(self.bus, self._door, self.register, self.screens, "rehearsal")
        block, admit = BlockDevice(self._door, self._place), AdmitDevice(self._door, self._place)
        ways: dict[str, Responder] = {DEVICE: block, SCREENS: LockScreens(self.screens)}
        self._deeds: dict[Deed, Responder] = {
            Deed.BLOCK: Routed(ways, block),
            Deed.RELEASE: admit,
        }

    def begin(self) -> None:
        """Begin to watch."""
        self.sensor.begin(self.sink)

    def look(self) -> float:
        """Look at the bus once; return how long everything took, in seconds."""
        began = time.monotonic()
        self.sensor.look(self.sink)
        return time.monotonic() - began

    def sink(self, evidence: Evidence) -> None:
        """Judge, and do what follows."""
        for verdict in self._patrol.step(evidence):
            for response in verdict.responses:
                if deed := self._deeds.get(response.deed):
                    now = datetime.now(UTC)
                    outcome = deed.carry_out(response, report=_REPORT, at=now, undo=self._undo)
                    self.well = self.well and outcome.result is not Result.FAILED

    def close(self) -> None:
        """Open the door again, and close the files."""
        self._door.reopen()
        self.register.close()
        self._undo.close()

    def _place(self, handle: str) -> str | None:
        plugged = self.sensor.find(handle)
        return plugged.device.place if plugged else None


def decided(folder: Path) -> tuple[bool, int, float]:
    """Plug in what an ordinary day brings, and what it must not; return whether all was right.

    The two numbers are the devices, and the longest decision in seconds.
    """
    desk = Desk(folder)
    try:
        desk.bus.plug("1-1", (KEYBOARD,), 1)
        desk.begin()
        right, longest = desk.bus.works("1-1"), 0.0
        for place, kind, wanted in _DAY:
            desk.bus.plug(place, _KINDS[kind], int(place[-1]), serial=f"S{place}")
            longest = max(longest, desk.look())
            right = right and desk.bus.works(place) is wanted
        known = next(each for each in desk.register.known() if each.device.serial == "S1-2")
        desk.register.decide(known.number, Standing.ALWAYS, datetime.now(UTC))
        longest = max(longest, desk.look())
        right = right and desk.bus.works("1-2") and desk.bus.works("1-1")
        return right and desk.well and desk.screens.locked == _LOCKED, len(_DAY) + 1, longest
    finally:
        desk.close()


def always_a_keyboard(folder: Path, seed: int, steps: int = STEPS) -> bool:
    """Plug and pull at random; return whether an honest keyboard worked whenever one was there."""
    rng, desk, there = Random(seed), Desk(folder), dict[str, str]()  # noqa: S311  (repeatable)
    try:
        desk.bus.plug("1-1", (KEYBOARD,), 1)
        there["1-1"] = "keyboard"
        desk.begin()
        for _ in range(steps):
            place = rng.choice(_PLACES)
            if place in there:
                desk.bus.pull(place)
                del there[place]
            if rng.random() < _PLUGGED:
                kind = rng.choice(list(_KINDS))
                desk.bus.plug(
                    place, _KINDS[kind], 10 * list(_KINDS).index(kind) + rng.randint(1, 3)
                )
                there[place] = kind
            desk.look()
            honest = [at for at, kind in there.items() if kind == "keyboard"]
            mixed = [at for at, kind in there.items() if kind == "typing key"]
            if (honest and not any(map(desk.bus.works, honest))) or any(map(desk.bus.works, mixed)):
                return False
        return desk.well
    finally:
        desk.close()
