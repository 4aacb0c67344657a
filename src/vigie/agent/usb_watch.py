"""The USB bus of a machine, put together: sensor, door, register, readings and deeds."""

import logging
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from vigie.agent.document_checkers import document_checker
from vigie.agent.key_reading import KeyReading
from vigie.agent.loop import Agent
from vigie.agent.orders import Fulfil, Taken, WishFailed
from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.usb import DevicePlugged, KeyRead, Standing
from vigie.domain.finding import Gravity
from vigie.domain.response import Deed, Outcome
from vigie.responders import Responder
from vigie.responders.devices import DEVICE, SCREENS, AdmitDevice, BlockDevice, LockScreens
from vigie.responders.routed import Routed
from vigie.routines.usb_keys.handing import Shelf
from vigie.routines.usb_keys.looking import KeyFiles
from vigie.sensors import Sensor
from vigie.sensors.usb.watching import Moves, Usb
from vigie.tools.screens import screens
from vigie.tools.undo import UndoBook
from vigie.tools.usb import Bus, Door, automount, usbguard
from vigie.tools.usb.register import FILE, NeverForGood, Register
from vigie.tools.usb.sysfs import SysfsDoor
from vigie.tools.volumes import Bounds
from vigie.wire import orders

log = logging.getLogger(__name__)

_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class UsbWatch:
    """What the agent needs of it. `ways` are the deeds on what a target's first word names."""

    sensor: Sensor
    ways: Mapping[str, Responder]
    admit: Responder
    fulfil: Mapping[type[orders.Wish], Fulfil]
    resume: Callable[[UndoBook], None]
    close: Callable[[], None]

    def routed(self, others: Iterable[Responder]) -> list[Responder]:
        """Return the responders of a machine, with the deeds on devices among them."""
        found = {responder.deed: responder for responder in others}
        found[Deed.BLOCK] = Routed(self.ways, found.get(Deed.BLOCK, self.ways[DEVICE]))
        found[Deed.RELEASE] = Routed({DEVICE: self.admit}, found.get(Deed.RELEASE, self.admit))
        return list(found.values())


def usb_watch(agent: Agent, home: Path, found: tuple[Bus, Door] | None = None) -> UsbWatch | None:
    """Return what watches the bus; None where the settings or the system leave it alone."""
    keys = agent.settings.usb
    bus_door = (found or bus_and_door()) if keys.watch else None
    if bus_door is None:
        return None
    bus, door = bus_door
    membership = agent.enrolment.membership()
    register = Register(home / FILE, membership.practice if membership else "")
    shelf = Shelf(keys.folder)
    files = KeyFiles(agent.known_bad, checker=document_checker(agent, home))
    reading = KeyReading(
        shelf,
        files.look,
        Bounds(files=keys.most_files, total=keys.most_megabytes * _MEGABYTE),
        partial(_told, agent),
        files.safe_copy,
    )
    sensor = Usb(
        bus,
        door,
        register,
        screens(),
        agent.machine,
        Moves(ready=reading.ready, gone=partial(_gone, reading, agent.undo)),
    )
    place = partial(_place, sensor)

    def resume(undo: UndoBook) -> None:
        _strike(undo, DEVICE)
        shelf.clear()
        automount.forbid()

    def close() -> None:
        automount.permit()
        reading.close()
        files.close()
        register.close()

    return UsbWatch(
        sensor=sensor,
        ways={DEVICE: BlockDevice(door, place), SCREENS: LockScreens(screens())},
        admit=AdmitDevice(door, place),
        fulfil={
            orders.AllowKey: partial(_allow, register),
            orders.ForgetKey: partial(_forget, register),
        },
        resume=resume,
        close=close,
    )


def _told(agent: Agent, evidence: Evidence) -> None:
    """Hand on what was read, and have what is red refused everywhere."""
    agent.see(evidence)
    if isinstance(evidence, KeyRead):
        for file in evidence.files:
            if file.light is Gravity.ALARM and file.digest:
                agent.call_bad(file.digest, Danger.STRAY_USB_KEY)


def _place(sensor: Usb, handle: str) -> str | None:
    plugged = sensor.find(handle)
    return plugged.device.place if plugged else None


def _gone(reading: KeyReading, undo: UndoBook, plugged: DevicePlugged) -> None:
    reading.gone(plugged)
    _strike(undo, plugged.handle)


def _strike(undo: UndoBook, begins: str) -> None:
    """Cross out what stood about devices that are there no more, or are looked at anew."""
    for entry in undo.pending():
        if entry.deed is Deed.BLOCK and entry.target.startswith(begins):
            undo.strike(entry)


def _allow(register: Register, taken: Taken) -> tuple[Outcome, ...]:
    if not isinstance(taken.wish, orders.AllowKey):
        raise WishFailed("not about a key")
    standing = Standing(taken.wish.leave.value)
    try:
        known = register.decide(taken.wish.key, standing, datetime.now(UTC))
    except NeverForGood as trouble:
        raise WishFailed("a key without a serial number is let in once at a time") from trouble
    if not known:
        raise WishFailed("this machine has never seen that device")
    return ()


def _forget(register: Register, taken: Taken) -> tuple[Outcome, ...]:
    if not isinstance(taken.wish, orders.ForgetKey):
        raise WishFailed("not about a key")
    register.forget(taken.wish.key)  # forgotten twice, it is forgotten
    return ()


def bus_and_door() -> tuple[Bus, Door] | None:
    """Return what shows this system's bus, and what guards it; None where nothing does."""
    if sys.platform == "win32":
        from vigie.tools.usb.windows import WindowsBus, WindowsDoor  # noqa: PLC0415

        return WindowsBus(), WindowsDoor()
    if sys.platform == "darwin":
        from vigie.tools.usb.macos import MacBus, MacDoor  # noqa: PLC0415

        return MacBus(), MacDoor()
    from vigie.tools.usb.linux import LinuxBus  # noqa: PLC0415  (udev is of Linux alone)

    try:
        bus = LinuxBus()
    except (OSError, ImportError) as trouble:
        log.warning("there is no udev here: %s", trouble)
        return None
    return bus, usbguard.UsbGuardDoor() if usbguard.running() else SysfsDoor()
