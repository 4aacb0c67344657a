"""Incidents: the clock, the steps, the register, the papers and the evidence."""

from ninja import Path, Query, Router

from vigie.console.api.asking import Asker, Program, opened
from vigie.console.api.incident_words import IncidentOut
from vigie.console.api.scopes import Scope
from vigie.console.api.words import REFUSALS, Page, Pseudonym
from vigie.console.incidents.models import Incident
from vigie.console.practices.models import OfPractice, Practice
from vigie.domain.danger import Danger

router = Router(tags=["incidents"])
_PLACE = "/practices/{practice}/incidents"


@router.get(_PLACE, response={200: list[IncidentOut], **REFUSALS}, **opened(Scope.READ_INCIDENTS))
def incidents(request: Program, practice: Path[Pseudonym], asked: Query[Page]) -> list[IncidentOut]:
    """List the incidents of a practice, open and closed, the newest first."""
    rows = _of(request.auth, request.auth.practice(practice))
    if asked.before is not None:
        rows = rows.filter(pk__lt=asked.before)
    return [_told(row) for row in rows.order_by("-pk")[: asked.limit]]


def _of(asker: Asker, practice: Practice) -> OfPractice:
    return asker.of(Incident.objects.select_related("practice", "machine"), practice)


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
