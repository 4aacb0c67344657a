"""Machines: who is there, who waits, who is let in or turned away."""

from datetime import UTC, datetime

from ninja import Path, Router, Status

from vigie.console.api.asking import Program, Refused, opened
from vigie.console.api.scopes import Scope
from vigie.console.api.words import (
    REFUSALS,
    CodeOut,
    Done,
    MachineOut,
    NameIn,
    Pseudonym,
)
from vigie.console.enrolment import joining
from vigie.console.practices.models import Machine, State

router = Router(tags=["machines"])
_PLACE = "/practices/{practice}/machines"


@router.get(_PLACE, response={200: list[MachineOut], **REFUSALS}, **opened(Scope.READ_MACHINES))
def machines(request: Program, practice: Path[Pseudonym]) -> list[MachineOut]:
    """List the machines of a practice, those that wait and those turned away as well."""
    of = request.auth.practice(practice)
    return [_told(machine) for machine in Machine.objects.filter(practice=of)]


@router.post(
    "/practices/{practice}/codes",
    response={201: CodeOut, **REFUSALS},
    **opened(Scope.ADMIT_MACHINES),
)
def make_code(request: Program, practice: Path[Pseudonym]) -> Status[CodeOut]:
    """Make a code with which one machine may join, once, within a day."""
    now = datetime.now(UTC)
    code = joining.make_code(request.auth.practice(practice), now)
    return Status(201, CodeOut(code=code, expires=now + joining.LIFE))


@router.post(
    f"{_PLACE}/{{machine}}/approve",
    response={200: Done, **REFUSALS},
    **opened(Scope.ADMIT_MACHINES),
)
def approve(
    request: Program, practice: Path[Pseudonym], machine: Path[Pseudonym], sent: NameIn
) -> Done:
    """Let a waiting machine in. The fingerprint must be the one its screen shows."""
    found = request.auth.machine(request.auth.practice(practice), machine)
    if _letters(sent.fingerprint) != _letters(found.fingerprint):
        raise Refused(409, "other_fingerprint")
    by = request.auth.person
    return Done(changed=joining.approve(found, datetime.now(UTC), by=by, name=sent.name))


@router.post(
    f"{_PLACE}/{{machine}}/revoke",
    response={200: Done, **REFUSALS},
    **opened(Scope.ADMIT_MACHINES),
)
def revoke(request: Program, practice: Path[Pseudonym], machine: Path[Pseudonym]) -> Done:
    """Take nothing from a machine any more."""
    found = request.auth.machine(request.auth.practice(practice), machine)
    return Done(changed=joining.revoke(found, datetime.now(UTC), by=request.auth.person))


def _letters(fingerprint: str) -> str:
    return "".join(letter for letter in fingerprint if letter.isalnum())


def _told(machine: Machine) -> MachineOut:
    return MachineOut(
        machine=machine.pseudonym,
        name=machine.name,
        system=machine.system,
        state=State(machine.state),
        fingerprint=machine.fingerprint,
        applied_at=machine.applied_at,
        approved_at=machine.approved_at,
        last_seen=machine.last_seen,
        version=machine.version,
        waiting_items=machine.waiting,
        blind_sensors=len(machine.blind),
    )
