"""The nightly look at the practice's own networks, for the agent's duties."""

import time as clock
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from zoneinfo import ZoneInfo

from vigie.domain.danger import Danger
from vigie.domain.evidence.printers import (
    Answer,
    DataAged,
    Device,
    DeviceGone,
    DeviceSeen,
    Door,
    Kind,
    Tried,
)
from vigie.domain.practice import ConsultationHours
from vigie.domain.proof import Proof
from vigie.guards.open_printer.guard import stands_open
from vigie.routines.network_scan.seeing import Seeing
from vigie.sensors.network import asking
from vigie.sensors.network.inventory import INVENTORY, Inventory
from vigie.sensors.network.networks import checked, ours, to_watch
from vigie.tools.journal import JOURNAL, Journal, record_proof
from vigie.watch.calendar import next_quiet

SCANNED_AT = time(2, 40)  # after the evening's backup, before updates: nobody prints then
LASTS = timedelta(days=3)  # a machine that is off for a weekend is not blind yet
_MONDAY = 0
# Ports that strangers try first, whether or not the box says that it leads them inside.
_TELLING = frozenset(
    {21, 22, 23, 25, 80, 81, 139, 443, 445, 515, 554, 631, 1433, 3306, 3389, 5000, 5432, 5900, 8080}
    | {8081, 8443, 8888, 9100, 33890}
)
TRIAL = "network_looked_at"

Sight = DeviceSeen | DeviceGone | DataAged


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkScanDuty:
    """Looks at `networks` (all private ones of this machine, if none is named) each night.

    `see` takes the evidence that is news: what changed since the last scan, everything on Mondays.
    """

    home: Path
    machine: str
    seeing: Seeing
    see: Callable[[Sight], object]
    networks: Sequence[str] = ()
    consent: bool = False
    outside: Callable[[Sequence[int]], frozenset[int] | None] = lambda _: None
    name: str = "network_scan"
    blinds: tuple[Danger, ...] = (Danger.OPEN_PRINTER,)
    now: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    @property
    def consultations(self) -> ConsultationHours:
        """Return when nobody may be disturbed."""
        return self.seeing.hours

    def due_after(self, moment: datetime) -> datetime:
        """Return the first night after `moment`, outside consultations."""
        local = moment.astimezone(ZoneInfo(self.consultations.timezone))
        night = datetime.combine(local.date(), SCANNED_AT, local.tzinfo)
        return next_quiet(
            self.consultations, night if night > moment else night + timedelta(days=1)
        )

    def run(self) -> None:
        """Look, hand on what is news, keep what was seen, and write the dated proof.

        Raise NotOurs for a network that this machine is not on, ScanFailed if it broke off.
        """
        known, wanted = ours(), self.watched()
        if not wanted:
            return
        began = clock.monotonic()
        devices = tuple(asking.scan(wanted, known, consent=self.consent))
        devices = from_outside(devices, self.outside)
        took = round((clock.monotonic() - began) * 1000)
        self.keep([str(network) for network in wanted], devices)
        self._prove(devices, took)

    def look_at(self, addresses: Sequence[str]) -> tuple[Device, ...]:
        """Look at these addresses only: somebody new is there. Return who they are."""
        known = ours()
        wanted = [IPv4Network(address) for address in addresses]
        checked([str(one) for one in wanted], known)
        found = asking.scan(wanted, known, consent=self.consent)
        homes = self.watched()
        return tuple(_at_home(device, homes) for device in found)

    def watched(self) -> tuple[IPv4Network, ...]:
        """Return the networks that are looked at. Raise NotOurs as `run` does."""
        known = ours()
        return checked(self.networks, known) if self.networks else to_watch(known)

    def keep(self, networks: Sequence[str], devices: Sequence[Device]) -> None:
        """Hand on what is news about a scan of these networks, and keep what was seen."""
        at = self.now()
        with closing(Inventory(self.home / INVENTORY)) as inventory:
            sights = list(self.seeing.sights(networks, devices, inventory, at))
            for sight in sights:
                if at.weekday() == _MONDAY or _is_news(sight):
                    self.see(sight)
            inventory.keep(networks, devices, at)

    def welcome(self, devices: Sequence[Device]) -> None:
        """Hand on and keep devices that came between two scans; the others stay as they are."""
        at = self.now()
        with closing(Inventory(self.home / INVENTORY)) as inventory:
            for device in devices:
                for sight in self.seeing.sights([device.network], [device], inventory, at):
                    if isinstance(sight, DeviceSeen):
                        self.see(sight)
            inventory.keep((), devices, at)

    def _prove(self, devices: Sequence[Device], took: int) -> None:
        """Write into the journal that it was tried, when, and whether a door stood open."""
        tried = [one for device in devices for one in device.tried if stands_open(one)]
        unsure = sum(one.answer is Answer.UNSURE for one in tried)
        moved = sum(
            device.pages_after - device.pages
            for device in devices
            if device.pages is not None and device.pages_after is not None
        )
        at = self.now()
        proof = Proof(
            id=uuid.uuid4().hex,
            danger=Danger.OPEN_PRINTER,
            trial=TRIAL,
            held=len(tried) == unsure,
            machine=self.machine,
            at=at,
            expires=at + LASTS,
            numbers={
                "devices": len(devices),
                "doors": len(tried) - unsure,
                "to_check": unsure,
                "pages": max(moved, 0),
                "milliseconds": took,
            },
        )
        with closing(Journal(self.home / JOURNAL)) as journal:
            record_proof(journal, proof)


def from_outside(
    devices: Sequence[Device], outside: Callable[[Sequence[int]], frozenset[int] | None]
) -> tuple[Device, ...]:
    """Given the devices inside, return them with what a stranger on the Internet can reach.

    It is the box that lets through: what is found is kept with it. Where there is no box, or
    nobody outside can look, nothing is said.
    """
    boxes = [device for device in devices if device.kind is Kind.BOX]
    if not boxes:
        return tuple(devices)
    mapped = {one.port for box in boxes for one in box.tried if one.door is Door.MAPPING}
    reached = outside(tuple(sorted(mapped | _TELLING)))
    more = tuple(
        Tried(
            door=Door.OUTSIDE,
            answer=Answer.OPEN,
            port=port,
            about=f"TCP {port} → {boxes[0].address}",
            said="connexion acceptée depuis Internet",
            numbers={"outside": port, "inside": port},
        )
        for port in sorted((reached or frozenset()) - mapped)
    )
    box = replace(boxes[0], tried=(*boxes[0].tried, *more))
    return tuple(box if device is boxes[0] else device for device in devices)


def _is_news(sight: Sight) -> bool:
    if isinstance(sight, DeviceGone):
        return True
    if isinstance(sight, DataAged):
        return False  # once a week is enough for a reminder
    before = sight.before
    if before is None or sight.flaws:
        return True
    printed = sight.closed and sight.device.pages is not None and before.pages is not None
    return printed or _opened(sight.device) != _opened(before)


def _opened(device: Device) -> set[tuple[Door, int, str]]:
    return {one.key for one in device.tried if stands_open(one)}


def _at_home(device: Device, networks: Sequence[IPv4Network]) -> Device:
    """Return a device with the network it lives on, not the one address that was asked for."""
    address = IPv4Address(device.address)
    home = next((str(network) for network in networks if address in network), device.network)
    return replace(device, network=home)
