"""Practices and their promises."""

from collections import Counter
from datetime import UTC, datetime
from zoneinfo import available_timezones

from ninja import Path, Router, Status

from vigie.console.alerts.models import Alert
from vigie.console.api.asking import Asker, NotThere, Program, Refused, opened
from vigie.console.api.scopes import Scope
from vigie.console.api.words import (
    REFUSALS,
    KeyOut,
    PracticeIn,
    PracticeOut,
    PromiseOut,
    Pseudonym,
)
from vigie.console.desk import standings
from vigie.console.practices import scope
from vigie.console.practices.models import Machine, Practice, State

router = Router(tags=["practices"])


@router.get("/me", response={200: KeyOut, **REFUSALS}, **opened(None))
def me(request: Program) -> KeyOut:
    """Say what the key that asks is, and what it opens."""
    asker = request.auth
    return KeyOut(
        name=asker.key.name,
        person=asker.person.username,
        scopes=asker.key.scopes,
        practices=list(asker.practices.values_list("pseudonym", flat=True)),
        expires=asker.key.expires,
    )


@router.get(
    "/practices", response={200: list[PracticeOut], **REFUSALS}, **opened(Scope.READ_PRACTICES)
)
def practices(request: Program) -> list[PracticeOut]:
    """List the practices, by name."""
    return _told(request.auth, list(request.auth.practices))


@router.post("/practices", response={201: PracticeOut, **REFUSALS}, **opened(Scope.ADD_PRACTICES))
def add_practice(request: Program, sent: PracticeIn) -> Status[PracticeOut]:
    """Take a practice into the care of the key's person.

    A key that is bound to certain practices cannot add one.
    """
    if request.auth.key.practices:
        raise Refused(403, "bound_to_practices")
    if sent.timezone not in available_timezones():
        raise Refused(422, "unknown_timezone")
    made = scope.add_practice([request.auth.person], **sent.dict())
    (told,) = _told(request.auth, [made])
    return Status(201, told)


@router.get(
    "/practices/{practice}", response={200: PracticeOut, **REFUSALS}, **opened(Scope.READ_PRACTICES)
)
def practice(request: Program, practice: Path[Pseudonym]) -> PracticeOut:
    """Say how one practice is called and what is open there."""
    (told,) = _told(request.auth, [request.auth.practice(practice)])
    return told


@router.get(
    "/practices/{practice}/promises",
    response={200: list[PromiseOut], **REFUSALS},
    **opened(Scope.READ_PROOFS),
)
def promises(request: Program, practice: Path[Pseudonym]) -> list[PromiseOut]:
    """Say how the eleven promises of a practice stand: unknown is never proven."""
    of = request.auth.practice(practice)
    rows = standings.rows(request.auth.person, [of], datetime.now(UTC)).get(of.pk)
    if rows is None:
        raise NotThere
    return [
        PromiseOut(
            danger=row.danger.value,
            standing=row.standing.value,
            blindness=row.blindness.value,
            tried=row.latest.trial if row.latest else None,
            tried_at=row.latest.at if row.latest else None,
            tried_on=row.tried_on,
            machines=row.machines,
            expires=row.expires,
        )
        for row in rows
    ]


def _told(asker: Asker, listed: list[Practice]) -> list[PracticeOut]:
    numbers = [practice.pk for practice in listed]
    rows = asker.of(Alert.objects.filter(closed_at=None, muted_at=None))
    matters = Counter(rows.filter(practice__in=numbers).values_list("practice_id", flat=True))
    door = asker.of(Machine.objects.filter(state=State.WAITING))
    waiting = Counter(door.filter(practice__in=numbers).values_list("practice_id", flat=True))
    return [
        PracticeOut(
            practice=practice.pseudonym,
            name=practice.name,
            language=practice.language,
            country=practice.country,
            timezone=practice.timezone,
            since=practice.since,
            open_matters=matters[practice.pk],
            machines_waiting=waiting[practice.pk],
        )
        for practice in listed
    ]
