"""`vigie update`: what is offered, install it and check it, take it back, see where it stands."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import click

from vigie.agent.update_parts import conductor
from vigie.cli._answers import FOUND, NOTHING
from vigie.cli._update_desk import Desk, at_desk
from vigie.knowledge.patient_software import called
from vigie.routines.updates.application import SYSTEM
from vigie.routines.updates.calling import calling, put_off, put_off_until
from vigie.routines.updates.offers import Offer, offers, release_better
from vigie.routines.updates.register import UNDER_WAY, Run, State
from vigie.watch.calendar import consulting, next_consultation

BY_HAND = timedelta(minutes=20)  # before a patient: less would end in going back
SHOWN = 10  # runs that `status` shows
MOST_DAYS = 14  # that an update can be put off: security does not wait for ever


@click.group()
def command() -> None:
    """Update this machine so that nothing is lost: simulated, checked, and taken back if need be.

    Example: vigie update plan
    """


@command.command()
@click.option("--put-off", "days", type=click.IntRange(1, MOST_DAYS), metavar="DAYS",
              help="Choose another evening for all of it, so many days away.")  # fmt: skip
@at_desk
def plan(desk: Desk, *, days: int | None) -> int:
    """Say what would be updated tonight, what is refused and why, and how it could be taken back.

    Example: vigie update plan --put-off 2
    """
    made = conductor(desk.settings, desk.home)
    if days:
        until = put_off(made.register, datetime.now(UTC) + timedelta(days=days))
        return desk.say(
            f"Les mises à jour attendent le {until.astimezone():%d/%m/%Y}.",
            put_off_until=until.isoformat(),
        )
    found = _offers(desk, refresh=True)
    if not found:
        return desk.say("Tout est à jour.", changes=[])
    when = calling(desk.settings.updates.hour, desk.settings.practice.hours, datetime.now(UTC))
    waits = put_off_until(made.register, datetime.now(UTC))
    return max(_say_offer(desk, offer, max(when, waits) if waits else when) for offer in found)


def _offers(desk: Desk, *, refresh: bool) -> tuple[Offer, ...]:
    made = conductor(desk.settings, desk.home)
    if refresh:
        made.packages.refresh()
    with made.register.alone():
        release_better(made.packages, made.register)
    return offers(made.packages, made.applications, system=desk.settings.updates.system)


def _say_offer(desk: Desk, offer: Offer, when: datetime) -> int:
    changes = [f"{c.package} {c.before or '—'} → {c.after}" for c in offer.changes]
    more = {
        "application": offer.unit,
        "state": "refused" if offer.refused else "offered",
        "changes": [
            {"package": c.package, "before": c.before, "after": c.after} for c in offer.changes
        ],
        "reason": offer.refused,
        "not_before": when.isoformat(),
    }
    if offer.refused:
        return desk.give(desk.refused(offer), more=more)
    known = {one.title for c in offer.changes if (one := called(c.package))}
    hint = (
        f" Déclarez {', '.join(sorted(known))} dans agent.toml\u00a0: sans cela, ses données "
        "ne sont pas comparées."
        if known and offer.unit == SYSTEM
        else ""
    )
    told = f"{offer.unit}\u00a0: {', '.join(changes)}."
    return desk.say(f"{told} Prévu le {when.astimezone():%d/%m à %H:%M}.{hint}", **more)


@command.command()
@click.argument("applications", nargs=-1)
@at_desk
def run(desk: Desk, *, applications: Sequence[str]) -> int:
    """Update now: everything, or these APPLICATIONS (« system »: the rest). Never in consultation.

    Example: vigie update run
    """
    now = datetime.now(UTC)
    if consulting(desk.settings.practice.hours, now):
        raise click.ClickException(
            "Des consultations sont en cours\u202f; rien n’a été touché. "
            "Relancez après le dernier rendez-vous."
        )
    until = next_consultation(desk.settings.practice.hours, now)
    if until and until - now < BY_HAND:
        raise click.ClickException(
            f"Une consultation commence à {until:%H:%M}\u202f; rien n’a été touché. "
            "Relancez après le dernier rendez-vous."
        )
    made = conductor(desk.settings, desk.home)
    if unfinished := made.resume():
        return max(desk.tell(one) for one in unfinished)
    found = _offers(desk, refresh=True)
    known = {app.name for app in made.applications} | {SYSTEM}
    if strangers := [name for name in applications if name not in known]:
        raise click.ClickException(
            f"Aucune application ne s’appelle «\u00a0{strangers[0]}\u00a0» dans agent.toml."
        )
    wanted = [offer for offer in found if not applications or offer.unit in applications]
    if not wanted:
        return desk.say("Tout est à jour.", changes=[])
    gravest = NOTHING
    for offer in wanted:
        gravest = max(gravest, desk.tell(made.run(offer)))
    made.tidy()
    return gravest


@command.command()
@click.argument("application", required=False)
@at_desk
def rollback(desk: Desk, *, application: str | None) -> int:
    """Go back to the version before the last update, with what was written since.

    Example: vigie update rollback Médicabinet
    """
    made = conductor(desk.settings, desk.home)
    if unfinished := made.resume():
        return max(desk.tell(one) for one in unfinished)
    runs = [
        one
        for one in made.register.runs()
        if one.state is State.KEPT and one.backup and application in {None, one.unit}
    ]
    if not runs:
        raise click.ClickException(
            "Aucune mise à jour récente ne peut être reprise ici. "
            "Voyez «\u00a0vigie update status\u00a0»."
        )
    began = time.monotonic()
    done = made.roll_back(runs[-1], reason="by_hand")
    done = made.register.note(done, seconds=round(time.monotonic() - began))
    return desk.tell(done, asked=True)


@command.command()
@at_desk
def status(desk: Desk) -> int:
    """Say how the last updates ended, what can still be taken back, and what is held.

    Example: vigie update status
    """
    made = conductor(desk.settings, desk.home)
    runs = made.register.runs()
    gravest = NOTHING
    for one in runs[-SHOWN:]:
        gravest = max(gravest, _say_run(desk, one))
    for package, version in made.register.held().versions.items():
        desk.say(
            f"{package} reste à sa version d’avant\u202f; la {version} ne convenait pas.",
            package=package,
            held_back=version,
        )
    if waits := put_off_until(made.register, datetime.now(UTC)):
        desk.say(f"Les mises à jour attendent le {waits.astimezone():%d/%m/%Y}.",
                 put_off_until=waits.isoformat())  # fmt: skip
    if not runs:
        desk.say("Aucune mise à jour n’a encore été faite par Vigie sur ce poste.")
    return gravest


def _say_run(desk: Desk, run: Run) -> int:
    under_way = run.state in UNDER_WAY or run.state is State.PREPARING
    status = desk.tell(run, quiet=True)
    if under_way:
        desk.say(
            f"{run.unit}\u00a0: une mise à jour a été coupée. L’agent la reprend à son démarrage, "
            "«\u00a0vigie update run\u00a0» aussi.",
            run=run.id,
        )
        return max(status, FOUND)
    return status
