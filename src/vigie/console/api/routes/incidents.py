"""Incidents: what is open, the clock, the steps; opening, saying what was done, closing."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from ninja import Path, Query, Router, Status

from vigie.console.alerts.models import Alert
from vigie.console.api.asking import NotThere, Program, Refused, opened
from vigie.console.api.incident_words import (
    AwareIn,
    DutyOut,
    IncidentOut,
    Slug,
    StepIn,
    StepOut,
    ToldIn,
    WholeIncidentOut,
)
from vigie.console.api.routes.incident_papers import find, revision
from vigie.console.api.scopes import Scope
from vigie.console.api.words import REFUSALS, Done, Number, Page, Pseudonym
from vigie.console.incidents import clock, opening, record
from vigie.console.incidents.models import Incident, Revision, Tick
from vigie.console.incidents.papers import content
from vigie.domain.danger import Danger
from vigie.knowledge.playbooks.playbook import Phase

router = Router(tags=["incidents"])
_PLACE = "/practices/{practice}/incidents"
_ONE = f"{_PLACE}/{{incident}}"


@router.get(
    "/incidents", response={200: list[IncidentOut], **REFUSALS}, **opened(Scope.READ_INCIDENTS)
)
def open_incidents(request: Program) -> list[IncidentOut]:
    """List the open incidents of every practice, the newest first."""
    rows = request.auth.of(Incident.objects.filter(closed_at=None))
    return [_told(row) for row in rows.select_related("practice", "machine")]


@router.get(_PLACE, response={200: list[IncidentOut], **REFUSALS}, **opened(Scope.READ_INCIDENTS))
def incidents(request: Program, practice: Path[Pseudonym], asked: Query[Page]) -> list[IncidentOut]:
    """List the incidents of a practice, open and closed, the newest first."""
    rows = request.auth.of(Incident.objects.all(), request.auth.practice(practice))
    if asked.before is not None:
        rows = rows.filter(pk__lt=asked.before)
    chosen = rows.select_related("practice", "machine").order_by("-pk")[: asked.limit]
    return [_told(row) for row in chosen]


@router.post(_PLACE, response={201: IncidentOut, **REFUSALS}, **opened(Scope.WRITE_INCIDENTS))
def open_told(request: Program, practice: Path[Pseudonym], sent: ToldIn) -> Status[IncidentOut]:
    """Open an incident that no machine saw: the practice told it."""
    of, now = request.auth.practice(practice), datetime.now(UTC)
    _believe(sent.aware_at, now)
    by = request.auth.person
    return Status(201, _told(opening.as_told(of, sent.danger, sent.aware_at, now, by=by)))


@router.post(
    "/matters/{matter}/incident",
    response={201: IncidentOut, **REFUSALS},
    **opened(Scope.WRITE_INCIDENTS),
)
def open_from_matter(request: Program, matter: Path[Number]) -> Status[IncidentOut]:
    """Open the incident of a matter, or return the one that is open."""
    rows = request.auth.of(Alert.objects.exclude(danger="")).select_related("practice", "machine")
    alert = rows.filter(pk=matter).first()
    if alert is None:
        raise NotThere
    made = opening.from_matter(alert, datetime.now(UTC), by=request.auth.person)
    return Status(201, _told(made))


@router.get(_ONE, response={200: WholeIncidentOut, **REFUSALS}, **opened(Scope.READ_INCIDENTS))
def incident(
    request: Program, practice: Path[Pseudonym], incident: Path[Number]
) -> WholeIncidentOut:
    """Say how one incident stands: whom to tell and until when, the steps, the register."""
    about, now = find(request.auth, practice, incident), datetime.now(UTC)
    last = Revision.objects.filter(incident=about).select_related("by").last()
    return WholeIncidentOut(
        **_told(about).dict(),
        duties=list(_duties(about, now)),
        steps=list(_steps(about, now)),
        breach_register=revision(last) if last else None,
        sources=list(clock.sources(about, now)),
    )


@router.post(
    f"{_ONE}/steps/{{step}}", response={200: Done, **REFUSALS}, **opened(Scope.WRITE_INCIDENTS)
)
def tick(
    request: Program,
    practice: Path[Pseudonym],
    incident: Path[Number],
    step: Path[Slug],
    sent: StepIn,
) -> Done:
    """Say that a step or a duty is done, or is not after all, in the name of the key's person."""
    about, now = find(request.auth, practice, incident), datetime.now(UTC)
    if step not in clock.known(about):
        raise NotThere
    said = record.tick(about, step, now, done=sent.done, by=request.auth.person)
    return Done(changed=said.at == now)


@router.post(f"{_ONE}/known", response={200: Done, **REFUSALS}, **opened(Scope.WRITE_INCIDENTS))
def known_since(
    request: Program, practice: Path[Pseudonym], incident: Path[Number], sent: AwareIn
) -> Done:
    """Say since when the practice has known: the clock is counted from there."""
    about, now = find(request.auth, practice, incident), datetime.now(UTC)
    _believe(sent.aware_at, now)
    changed = sent.aware_at != about.aware_at
    if changed:
        record.aware(about, sent.aware_at, now)
    return Done(changed=changed)


@router.post(f"{_ONE}/close", response={200: Done, **REFUSALS}, **opened(Scope.WRITE_INCIDENTS))
def close(request: Program, practice: Path[Pseudonym], incident: Path[Number]) -> Done:
    """Close an incident; its register stays."""
    about = find(request.auth, practice, incident)
    return Done(changed=opening.close(about, datetime.now(UTC)))


def _believe(at: datetime, now: datetime) -> None:
    """Raise Refused for a moment to come, or long past."""
    if not record.believable(at, now):
        raise Refused(422, "unlikely_moment", ["aware_at"])


def _duties(about: Incident, now: datetime) -> Iterator[DutyOut]:
    for row in clock.duties(about, content.risk(about), now):
        yield DutyOut(
            step=row.slug,
            name=row.name,
            said=row.said,
            weight=row.weight,
            state=row.state,
            due=row.due,
            **_done(row.tick),
        )


def _steps(about: Incident, now: datetime) -> Iterator[StepOut]:
    for stretch in clock.stretches(about, now):
        for current, lines in ((True, stretch.steps), (False, stretch.expired)):
            for row in lines:
                yield StepOut(
                    step=row.slug,
                    phase=Phase(stretch.phase),
                    said=row.said,
                    current=current,
                    **_done(row.tick),
                )


def _done(said: Tick | None) -> dict[str, Any]:
    return {"done_at": said and said.at, "done_by": str(said.by) if said and said.by else None}


def _told(row: Incident) -> IncidentOut:
    return IncidentOut(
        incident=row.pk,
        practice=row.practice.pseudonym,
        machine=row.machine.pseudonym if row.machine else None,
        danger=Danger(row.danger),
        country=row.country,
        happened_at=row.happened_at,
        aware_at=row.aware_at,
        opened_at=row.opened_at,
        by_rule=row.opened_by_id is None,
        closed_at=row.closed_at,
    )
