"""The practice's network, put together: the nightly look, newcomers, dated lists."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec

from vigie.agent.loop import Agent
from vigie.domain.evidence.printers import Device, Flaw
from vigie.routines.network_scan.duty import NetworkScanDuty
from vigie.routines.network_scan.seeing import Seeing
from vigie.sensors.network import dated
from vigie.sensors.network.arrivals import Arrivals
from vigie.sensors.network.inventory import INVENTORY, Inventory
from vigie.wire import envelope, outside


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkWatch:
    """What the agent needs of it."""

    duty: NetworkScanDuty
    sensor: Arrivals


def network_watch(agent: Agent, home: Path) -> NetworkWatch | None:
    """Return what looks at the practice's network; None where the settings leave it out."""
    keys = agent.settings.network
    if not keys.scan:
        return None
    duty = NetworkScanDuty(
        home=home,
        machine=agent.machine,
        seeing=_seeing(agent, home),
        see=agent.see,
        networks=keys.networks,
        consent=keys.try_default_passwords,
        outside=partial(_from_outside, agent) if keys.look_from_outside else _nowhere,
    )

    def known() -> frozenset[str] | None:
        with closing(Inventory(home / INVENTORY)) as inventory:
            networks = [str(network) for network in duty.watched()]
            if not any(inventory.scanned(network) for network in networks):
                return None
            return inventory.macs()

    def look(addresses: Sequence[str]) -> None:
        duty.welcome(duty.look_at(addresses))

    return NetworkWatch(duty=duty, sensor=Arrivals(duty.watched, known, look))


def _from_outside(agent: Agent, ports: Sequence[int]) -> frozenset[int] | None:
    """Return which of these ports the console can connect to, None where it cannot look."""
    question = outside.OutsideLook(ports=tuple(ports)[: outside.MOST_PORTS])
    untrusted = agent.console.ask(envelope.OUTSIDE, outside.encode(question))
    try:
        sight = outside.decode_sight(untrusted or b"")
    except msgspec.MsgspecError:
        return None
    return frozenset(sight.open) & frozenset(ports) if sight.looked else None


def _nowhere(ports: Sequence[int]) -> frozenset[int] | None:
    """Look from nowhere: the practice has not agreed."""
    del ports
    return None


def _seeing(agent: Agent, home: Path) -> Seeing:
    practice, folder = agent.settings.practice, home / dated.FOLDER

    def flaws(device: Device) -> tuple[Flaw, ...]:
        return dated.lists(folder).flaws(device, datetime.now(UTC).date())

    return Seeing(
        machine=agent.machine,
        language=practice.language,
        names=agent.settings.network.names,
        hours=practice.hours,
        flaws=flaws,
        ages=lambda at: dated.ages(dated.lists(folder), at.date()),
    )
