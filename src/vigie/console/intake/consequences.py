"""What follows from a batch: matters opened and settled, and what we know of the machine."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection

from vigie.console.alerts.models import Kind
from vigie.console.alerts.opening import Matter
from vigie.console.intake.models import Backup, Item, Proof, Question, Report
from vigie.console.practices.models import Machine
from vigie.domain.finding import Gravity
from vigie.wire.reports import HeartbeatWord

Told = list[tuple[type[Item], dict[str, Any]]]

# What a note takes back: the open matter about the earlier fact is settled by the machine itself.
TAKEN_BACK = {
    "sensor_sees_again": "sensor_blind",
    "disk_has_room": "disk_filling",
    "disk_sound": "disk_failing",
    "firewall_on": "firewall_off",
    "antivirus_fresh": "antivirus_not_fresh",
    "system_supported": "system_unsupported",
    "updates_fresh": "updates_late",
    "disk_encrypted": "disk_not_encrypted",
    "clock_right": "clock_off",
    "relief_kept": "relief_missing",
}
# These trials say that nothing was tried: not proven, but nothing that failed either.
UNTRIED = frozenset({"not_built", "not_played"})
# These facts say that an order arrived: it need not be delivered again.
TOOK = frozenset({"order_taken", "order_done", "order_failed"})
FRESH_SNAPSHOT = timedelta(hours=26)  # a daily backup, and two hours of lateness
_COLUMNS = Machine._meta.concrete_fields  # noqa: SLF001  (Django's documented way)


def of(machine: Machine, new: Told) -> tuple[list[Matter], list[Matter]]:
    """Return what the new rows open and what they settle; the last word on a matter counts."""
    opened: dict[str, Matter] = {}
    settled: dict[str, Matter] = {
        matter.key: matter for matter in _seen_again(machine, datetime.now(UTC))
    }
    for matter, is_open in _said(machine, new):
        key = matter.key
        if not is_open:
            opened.pop(key, None)
            settled[key] = matter
            continue
        settled.pop(key, None)
        earlier = opened.get(key)
        opened[key] = replace(matter, times=earlier.times + 1) if earlier else matter
    return list(opened.values()), list(settled.values())


def follow(machine: Machine, heartbeats: Sequence[HeartbeatWord], new: Told, now: datetime) -> None:
    """Write down what we know of the machine after this batch. Its proof chain moves on."""
    known: dict[str, Any] = {"last_seen": now}
    beat = max(heartbeats, key=lambda word: word.at, default=None)
    if beat is not None and (machine.heard_at is None or beat.at >= machine.heard_at):
        known |= {
            "heard_at": beat.at,
            "version": beat.version,
            "waiting": min(beat.waiting, 2**31 - 1),
            "blind": list(beat.blind),
        }
    if (taken := _taken(new)) > machine.taken:
        known["taken"] = machine.taken = taken  # the answer follows at once
    last = max(
        (told for model, told in new if model is Proof), key=lambda t: t["number"], default=None
    )
    if last is not None and last["number"] > machine.chain_number:
        known |= {"chain_number": last["number"], "chain_digest": last["digest"]}
    _write_down(machine, known)


def _write_down(machine: Machine, known: Mapping[str, Any]) -> None:
    """Update columns of the machine. Every batch passes here: SQL in words costs half."""
    fields = [field for field in _COLUMNS if field.attname in known]
    assigned = ", ".join(f"{field.column} = %s" for field in fields)
    values = [field.get_db_prep_save(known[field.attname], connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE practices_machine SET {assigned} WHERE id = %s",  # noqa: S608  (our own names)
            [*values, machine.pk],
        )


def _taken(new: Told) -> int:
    """Return the highest sequence number among the orders that the machine says it took."""
    facts = (fact for model, told in new if model is Report for fact in told["facts"])
    return max((f["numbers"].get("sequence", 0) for f in facts if f["fact"] in TOOK), default=0)


def silence(machine: Machine) -> Matter:
    """Return the matter of a machine that says nothing."""
    return Matter(practice_id=machine.practice_id, kind=Kind.SILENT_MACHINE, machine=machine)


def no_snapshot(machine: Machine, hours: int = 0) -> Matter:
    """Return the matter of a machine without a fresh backup. `hours` is the age of the last."""
    return Matter(
        practice_id=machine.practice_id,
        kind=Kind.NO_SNAPSHOT,
        machine=machine,
        gravity=Gravity.ALARM,
        numbers={"hours": hours},
    )


def proof_matter(machine: Machine, kind: Kind, danger: str, trial: str) -> Matter:
    """Return the matter of a proof that failed or expired."""
    return Matter(
        practice_id=machine.practice_id, kind=kind, machine=machine, danger=danger, fact=trial
    )


def asked(machine: Machine, danger: str) -> Matter:
    """Return the matter of a machine whose people wait for advice."""
    return Matter(
        practice_id=machine.practice_id,
        kind=Kind.REPORT,
        machine=machine,
        danger=danger,
        fact="advice_asked",
    )


def _seen_again(machine: Machine, now: datetime) -> list[Matter]:
    if machine.last_seen is not None and now - machine.last_seen < timedelta(minutes=5):
        return []  # nobody can have called it silent: no query for an ordinary batch
    practice = Matter(practice_id=machine.practice_id, kind=Kind.SILENT_PRACTICE)
    return [silence(machine), practice]


def _said(machine: Machine, new: Told) -> Iterator[tuple[Matter, bool]]:
    number, digest = machine.chain_number, machine.chain_digest
    for model, told in new:
        if model is Report:
            yield from _reported(machine, told)
        elif model is Question:
            yield asked(machine, told["danger"]), True
        elif model is Backup:
            yield from _backed_up(machine, told)
        elif model is Proof:
            yield from _proven(machine, told)
            if told["number"] <= number or (
                told["number"] == number + 1 and told["previous"] != (digest or told["previous"])
            ):
                yield _chain_broken(machine, told["number"]), True
            number, digest = max((number, digest), (told["number"], told["digest"]))


def _reported(machine: Machine, told: dict[str, Any]) -> Iterator[tuple[Matter, bool]]:
    for fact in told["facts"]:
        gravity = Gravity(fact["gravity"])
        if gravity is Gravity.NOTE and fact["fact"] not in TAKEN_BACK:
            continue  # for the record: no matter of anybody's
        matter = Matter(
            practice_id=machine.practice_id,
            kind=Kind.REPORT,
            gravity=gravity,
            machine=machine,
            danger=told["danger"],
            fact=TAKEN_BACK.get(fact["fact"], fact["fact"]),
            numbers=dict(fact["numbers"]),
        )
        yield matter, fact["fact"] not in TAKEN_BACK


def _proven(machine: Machine, told: dict[str, Any]) -> Iterator[tuple[Matter, bool]]:
    about = told["danger"], told["trial"]
    if told["trial"] in UNTRIED:
        return
    yield (
        replace(proof_matter(machine, Kind.PROOF_FAILED, *about), numbers=dict(told["numbers"])),
        not told["held"],
    )
    yield proof_matter(machine, Kind.PROOF_EXPIRED, *about), False


def _backed_up(machine: Machine, told: dict[str, Any]) -> Iterator[tuple[Matter, bool]]:
    # The machine's clock may lie: a snapshot "of tomorrow" arrived today at the latest.
    latest = told["latest"] and min(told["latest"], told["received_at"])
    if latest and told["received_at"] - latest < FRESH_SNAPSHOT:
        yield no_snapshot(machine), False


def _chain_broken(machine: Machine, number: int) -> Matter:
    return Matter(
        practice_id=machine.practice_id,
        kind=Kind.CHAIN_BROKEN,
        gravity=Gravity.ALARM,
        machine=machine,
        numbers={"number": min(number, 2**53)},
    )
