"""A machine with a USB bus: the sensor, the guard, the policy and the deeds, put together."""

import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.response import Deed, Outcome, Response
from vigie.guards import guards
from vigie.policy.orders import decide
from vigie.responders.devices import DEVICE, SCREENS, AdmitDevice, BlockDevice, LockScreens
from vigie.responders.routed import Routed
from vigie.sensors.usb.watching import Moves, Usb
from vigie.tools.undo import UndoBook
from vigie.tools.usb import Bus, Door, Seen
from vigie.tools.usb.register import Register
from vigie.watch.patrol import Patrol

KEYBOARD, MOUSE, STORAGE = (3, 1, 1), (3, 1, 2), (8, 6, 0x50)
PRINTER, NETWORK, SOME_INPUT = (7, 1, 2), (2, 6, 0), (3, 0, 0)


def descriptors(*interfaces: tuple[int, int, int]) -> bytes:
    """Return what a device's firmware says of itself: device, configuration, interfaces."""
    device = bytes([18, 1, 0, 2, 0, 0, 0, 64]) + bytes(9) + bytes([1])
    rows = b"".join(bytes([9, 4, n, 0, 1, *each, 0]) for n, each in enumerate(interfaces))
    total = (9 + len(rows)).to_bytes(2, "little")
    return device + bytes([9, 2]) + total + bytes([len(interfaces), 1, 0, 0x80, 50]) + rows


@dataclass(slots=True)
class ModelBus:
    """A bus and its door in memory, as the kernel treats them."""

    plugged: dict[str, Seen] = field(default_factory=dict)
    closed: bool = False
    counted: int = 0
    built_in: int = 0
    changed: threading.Event = field(default_factory=threading.Event)

    def plug(self, place: str, *interfaces: tuple[int, int, int], model: int = 1, serial: str = "",
             typing: bool = False) -> None:  # fmt: skip
        self.counted += 1
        self.plugged[place] = Seen(
            place=place,
            number=self.counted,
            vendor=0x1234,
            product=model,
            untrusted_serial=serial,
            untrusted_title=f"device {model}",
            untrusted_descriptors=descriptors(*interfaces),
            typing=typing,
            open=not self.closed,
        )
        self.changed.set()

    def pull(self, place: str) -> None:
        self.plugged.pop(place, None)
        self.changed.set()

    def devices(self) -> list[Seen]:
        return [self.plugged[place] for place in sorted(self.plugged)]

    def wait(self, seconds: float) -> bool:
        if not self.changed.wait(min(seconds, 0.05)):
            return False  # not cleared: what changes just now is for the next wait
        self.changed.clear()
        return True

    def built_in_keyboards(self) -> int:
        return self.built_in

    def shut(self) -> None:
        self.closed = True

    def reopen(self) -> None:
        self.closed = False

    def let_in(self, place: str) -> None:
        self.plugged[place] = replace(self.plugged[place], open=True)

    def keep_out(self, place: str) -> None:
        self.plugged[place] = replace(self.plugged[place], open=False)


@dataclass(slots=True)
class PlayScreens:
    """Screens of the play: somebody works until they are locked, and unlocks them again."""

    working: bool = True
    locked: int = 0

    def open(self) -> bool:
        return self.working

    def lock(self) -> int:
        self.locked += 1
        self.working = False
        return 1


class Room:
    """One machine. `facts` and `outcomes` grow with all that was said and done."""

    def __init__(self, folder: Path, bus: Bus, door: Door, moves: Moves | None = None) -> None:
        self.now = datetime(2026, 11, 25, 12, tzinfo=UTC)
        self.register = Register(folder / "usb.db", "practice")
        self.screens = PlayScreens()
        self.undo = UndoBook(folder / "undo.db")
        self.sensor = Usb(
            bus, door, self.register, self.screens, "desk", moves or Moves(), clock=self._clock
        )
        self.patrol = Patrol({Danger.STRAY_USB_KEY: guards()[Danger.STRAY_USB_KEY]}, decide)
        block, admit = BlockDevice(door, self._place), AdmitDevice(door, self._place)
        ways = {DEVICE: block, SCREENS: LockScreens(self.screens)}
        self.deeds = {Deed.BLOCK: Routed(ways, block), Deed.RELEASE: Routed({DEVICE: admit}, admit)}
        self.facts: list[str] = []
        self.outcomes: list[Outcome] = []
        self.wished: list[Deed] = []
        self.bus, self.door = bus, door

    def start(self) -> None:
        """Begin to watch, as the sensor's `observe` does before its first wait."""
        self.sensor.begin(self.sink)

    def look(self) -> None:
        self.now += timedelta(seconds=5)
        self.sensor.look(self.sink)

    def sink(self, evidence: Evidence) -> None:
        for verdict in self.patrol.step(evidence):
            self.wished += [response.deed for response in verdict.responses]
            self.outcomes += [
                self._do(response) for response in verdict.responses if response.deed in self.deeds
            ]
            # Last: whoever waits for it finds the deeds done.
            self.facts += [finding.fact for finding in verdict.findings]

    def said(self) -> list[str]:
        """Return what was said since the last time."""
        facts, self.facts = self.facts, []
        return facts

    def close(self) -> None:
        self.register.close()
        self.undo.close()

    def _do(self, response: Response) -> Outcome:
        responder = self.deeds[response.deed]
        return responder.carry_out(response, report="0" * 32, at=self.now, undo=self.undo)

    def _place(self, handle: str) -> str | None:
        plugged = self.sensor.find(handle)
        return plugged.device.place if plugged else None

    def _clock(self) -> datetime:
        return self.now
