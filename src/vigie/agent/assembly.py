"""The whole agent of one machine, from its settings: what watches, what acts, which duties."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from vigie.agent import composition
from vigie.agent.arrival_watch import arrival_watch
from vigie.agent.backup_duties import Keeping
from vigie.agent.carrier import Carrier
from vigie.agent.duties import Routine
from vigie.agent.held_orders import HeldOrders
from vigie.agent.local_undo import LocalUndo
from vigie.agent.loop import Agent, Parts
from vigie.agent.machine_watch import machine_watch
from vigie.agent.mail_watch import mail_watch
from vigie.agent.network_watch import network_watch
from vigie.agent.orders import Fulfil, Taken, WishFailed
from vigie.agent.outflow_watch import outflow_watch
from vigie.agent.password_watch import password_watch
from vigie.agent.photo_watch import photo_watch
from vigie.agent.power_watch import power_watch
from vigie.agent.ransomware_watch import Protection, protection
from vigie.agent.relief_watch import relief_watch
from vigie.agent.text_watch import text_watch
from vigie.agent.update_watch import update_watch
from vigie.agent.usb_watch import usb_watch
from vigie.agent.without_pids import with_fallback
from vigie.domain.response import Deed, Outcome
from vigie.guards import built
from vigie.readers.sandbox.reader import Reader
from vigie.responders.mask import Mask
from vigie.responders.routed import in_turn
from vigie.routines.backups.duty import NotBackedUp
from vigie.routines.backups.manifest import Inspect
from vigie.routines.backups.plan import BackupPlan
from vigie.routines.backups.room import Room, RoomHeld
from vigie.routines.rehearsals.duty import RehearsalDuty
from vigie.routines.rehearsals.rehearsal import CannotPlay
from vigie.routines.restore_proofs.proving import NothingToProve
from vigie.tools.firewall import Peer
from vigie.tools.journal import JOURNAL
from vigie.tools.power import MachinePower
from vigie.tools.stops import Stops
from vigie.tools.vault import Limits
from vigie.wire import orders

_MEGABYTE = 1_000_000
# The ports of backup places whose address does not name one.
_PORTS = {"sftp": 22, "rest": 8000, "s3": 443, "https": 443, "http": 80}


def assembled(
    agent: Agent, home: Path, *, power: MachinePower | None = None, stops: Stops | None = None
) -> Parts:
    """Given an open agent and Vigie's home, return every part its settings ask for.

    `power` and `stops` stand in for this system's own: what ends a machine, and how it ended.
    """
    reader = Reader(blind=partial(_reader_failed, agent))
    keeping = _keeping(agent, home, reader.inspect) if agent.settings.backup else None
    guarded = _guarded(agent, home, reader.inspect) if agent.settings.watch.folders else None
    rehearsals = RehearsalDuty(
        home=home, machine=agent.machine, consultations=agent.settings.practice.hours
    )
    duties: list[Routine] = [rehearsals, machine_watch(agent), *relief_watch(agent, home)]
    fulfil: dict[type[orders.Wish], Fulfil] = {orders.Rehearse: partial(_rehearse_for, rehearsals)}
    if keeping:
        backup, check, proof = keeping.duties()
        duties += backup, check, proof
        fulfil |= {
            orders.BackUpNow: partial(_run_for, backup),
            orders.ProveRestore: partial(_run_for, proof),
        }
    mail = mail_watch(agent, home)
    usb = usb_watch(agent, home)
    arrivals = arrival_watch(agent, home)
    texts = text_watch(agent.settings.texts, home, machine=agent.machine)
    photos = photo_watch(agent.settings.photos, agent.machine)
    network = network_watch(agent, home)
    plan = keeping.plan if keeping else None
    mains = power_watch(agent, home, plan, power=power, stops=stops)
    duties += [mains.duty] if mains.duty else []
    duties += [network.duty] if network else []
    fulfil |= {orders.ScanNetwork: partial(_run_for, network.duty)} if network else {}
    fulfil |= usb.fulfil if usb else {}
    holding = HeldOrders(
        agent, (*((arrivals.shelf,) if arrivals else ()), *(mail.shelves if mail else ()))
    )
    fulfil |= holding.fulfil()
    updates = update_watch(agent, home)
    duties += updates.routines
    fulfil |= updates.fulfil
    responders = in_turn(
        [
            *(guarded.responders if guarded else ()),
            *(arrivals.responders if arrivals else ()),
            *(mail.responders if mail else ()),
            *((Mask(texts.take),) if texts else ()),
            *(photos.responders if photos else ()),
            *updates.responders,
            mains.responder,
        ]
    )
    parts = composition.parts(
        agent,
        sensors=[
            *([guarded.sensor] if guarded else []),
            *(mail.sensors if mail else ()),
            *([usb.sensor] if usb else []),
            *([arrivals.sensor] if arrivals else []),
            *(texts.sensors if texts else ()),
            *(photos.sensors if photos else ()),
            *([network.sensor] if network else []),
            *password_watch(agent),
            *updates.sensors,
            mains.sensor,
        ],
        responders=usb.routed(responders) if usb else responders,
        routines=duties,
        fulfil=fulfil,
        peers=partial(_places, keeping),
    )
    begin: list[Callable[[], object]] = [
        partial(_name_weakest_link, agent, reader),
        mains.after_stop,
        updates.resume,
    ]
    if guarded:
        begin.append(partial(guarded.resume, agent.undo))
    if usb:
        begin.append(partial(usb.resume, agent.undo))
    if mail:
        mail.news.tell = parts.responders[Deed.TELL]
    carrier = _carrier(agent, home, keeping)
    return replace(
        parts,
        at_start=(*parts.at_start, *begin),
        each_tick=(carrier.carry, LocalUndo(agent.folder, agent.take_back, agent.outbox.keep).look),
        each_minute=(
            *parts.each_minute,
            mains.each_minute,
            updates.speak,
            holding.clear,
            outflow_watch(agent),
        ),
        at_end=(
            reader.close,
            mains.close,
            *((guarded.close,) if guarded else ()),
            *((mail.close,) if mail else ()),
            *((usb.close,) if usb else ()),
            *((arrivals.close,) if arrivals else ()),
            *((texts.close,) if texts else ()),
            *((photos.close,) if photos else ()),
        ),
        over=mail.calibration.over if mail else parts.over,
    )


def _guarded(agent: Agent, home: Path, inspect: Inspect) -> Protection:
    """Return what keeps every document of the watched folders."""
    keys = agent.settings.watch
    best = protection(
        keys.folders,
        agent.folder,
        vault=home / "vault",
        machine=agent.machine,
        inspect=inspect,
        limits=Limits(
            most_bytes=keys.vault_megabytes * _MEGABYTE, oldest=timedelta(days=keys.vault_days)
        ),
    )
    return with_fallback(best, keys.folders, machine=agent.machine, inspect=inspect)


def _keeping(agent: Agent, home: Path, inspect: Inspect) -> Keeping:
    """Return what the duties about backups share. Raise PlanWrong for settings that are wrong."""
    return Keeping(
        plan=BackupPlan.from_table(agent.settings.backup),
        room=Room(home / "backups"),
        journal=home / JOURNAL,
        machine=agent.machine,
        hours=agent.settings.practice.hours,
        outbox=agent.outbox,
        inspect=inspect,
    )


def _carrier(agent: Agent, home: Path, keeping: Keeping | None) -> Carrier:
    return Carrier(
        home / JOURNAL,
        agent.outbox,
        folder=agent.folder,
        places=keeping.plan.places if keeping else (),
        room=Room(home / "backups"),
        missing=keeping.missing if keeping else (lambda _: ()),
    )


def _run_for(duty: Routine, taken: Taken) -> tuple[Outcome, ...]:
    """Fulfil a wish by one run of a duty; what came of it goes its own way to the console."""
    del taken
    try:
        duty.run()
    except (NotBackedUp, NothingToProve, RoomHeld, CannotPlay) as trouble:
        raise WishFailed(str(trouble)) from trouble
    return ()


def _rehearse_for(duty: RehearsalDuty, taken: Taken) -> tuple[Outcome, ...]:
    """Fulfil the wish for a rehearsal, of the dangers it names."""
    if isinstance(taken.wish, orders.Rehearse) and taken.wish.dangers:
        duty = replace(duty, dangers=taken.wish.dangers)
    return _run_for(duty, taken)


def _places(keeping: Keeping | None) -> Sequence[Peer]:
    """Return the places of the backups that lie across a network."""
    if keeping is None:
        return ()
    peers = []
    for place in keeping.plan.places:
        kind, _, rest = place.location.partition(":")
        if kind not in {"sftp", "rest", "s3"}:
            continue
        address = urlsplit(rest if "//" in rest else f"//{rest}")
        usual = _PORTS.get(address.scheme or kind, _PORTS[kind])
        if address.hostname:
            peers.append(Peer(address.hostname, address.port or usual))
    return tuple(peers)


def _reader_failed(agent: Agent, reason: str, name: str) -> None:
    """Report that a cell of the reader fell over a file; another cell reads on already."""
    agent.go_blind("reader", built(), reason, name)
    agent.see_again("reader")


def _name_weakest_link(agent: Agent, reader: Reader) -> None:
    """Report what this system's confinement lacks: untrusted bytes are read all the same."""
    if missing := reader.weakest_link:
        agent.go_blind("reader_confinement", built(), "not_supported", missing)
