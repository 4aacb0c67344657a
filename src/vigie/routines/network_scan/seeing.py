"""From the devices of one scan to evidence: what each is now, was before, and is known to lack."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vigie.domain.evidence.printers import DataAged, Device, DeviceGone, DeviceSeen, Flaw
from vigie.domain.practice import ConsultationHours, Language
from vigie.knowledge.network.calling import called
from vigie.sensors.network.inventory import Inventory
from vigie.watch.calendar import consulting

_STEP = timedelta(minutes=15)
_LONGEST = timedelta(days=4)  # a long weekend: beyond it, somebody will have printed


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeing:
    """How evidence is made on one machine. `names` are the practice's own, by MAC or address."""

    machine: str
    language: Language
    names: Mapping[str, str] = field(default_factory=dict)
    hours: ConsultationHours = field(default_factory=ConsultationHours)
    flaws: Callable[[Device], tuple[Flaw, ...]] = lambda _: ()
    ages: Callable[[datetime], Mapping[str, int | None]] = lambda _: {}

    def sights(
        self,
        networks: Sequence[str],
        devices: Sequence[Device],
        inventory: Inventory,
        at: datetime,
    ) -> Iterator[DeviceSeen | DeviceGone | DataAged]:
        """Yield what one scan saw, beside what the inventory knew before it."""
        scanned = {network: inventory.scanned(network) for network in networks}
        for device in devices:
            before = scanned.get(device.network)
            yield DeviceSeen(
                at=at,
                machine=self.machine,
                device=device,
                called=called(device, self.language, self.names),
                before=inventory.before(device),
                first=before is None,
                closed=before is not None and self._closed(before, at),
                flaws=self.flaws(device),
            )
        there = {(device.network, device.identity) for device in devices}
        for network in networks:
            for device in inventory.here(network):
                if (network, device.identity) not in there:
                    name = called(device, self.language, self.names)
                    yield DeviceGone(at=at, machine=self.machine, device=device, called=name)
        for which, days in self.ages(at).items():
            yield DataAged(at=at, machine=self.machine, which=which, days=days)

    def _closed(self, since: datetime, until: datetime) -> bool:
        """Return whether nobody consulted between two scans: a job then came by itself."""
        if not self.hours.week or until - since > _LONGEST:
            return False
        moment = since
        while moment < until:
            if consulting(self.hours, moment):
                return False
            moment += _STEP
        return True
