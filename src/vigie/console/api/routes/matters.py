"""Matters and outages: what is open, and who has taken it on."""

from datetime import UTC, datetime

from django.db import transaction
from ninja import Path, Query, Router

from vigie.console.alerts import outages
from vigie.console.alerts.models import Alert, Outage
from vigie.console.api.asking import NotThere, Program, opened
from vigie.console.api.scopes import Scope
from vigie.console.api.words import (
    REFUSALS,
    Done,
    MatterOut,
    Matters,
    Number,
    OutageOut,
)
from vigie.console.journal import chain
from vigie.domain.finding import Gravity

router = Router(tags=["matters"])


@router.get("/matters", response={200: list[MatterOut], **REFUSALS}, **opened(Scope.READ_MATTERS))
def matters(request: Program, asked: Query[Matters]) -> list[MatterOut]:
    """List the open matters, or those that are closed, the newest first."""
    of = request.auth.practice(asked.practice) if asked.practice else None
    rows = request.auth.of(Alert.objects.filter(closed_at__isnull=not asked.closed), of)
    if asked.before is not None:
        rows = rows.filter(pk__lt=asked.before)
    chosen = rows.select_related("practice", "machine").order_by("-pk")[: asked.limit]
    return [_told(alert) for alert in chosen]


@router.post(
    "/matters/{matter}/settle", response={200: Done, **REFUSALS}, **opened(Scope.SETTLE_MATTERS)
)
def settle(request: Program, matter: Path[Number]) -> Done:
    """Mark a matter as settled: somebody has dealt with it."""
    found = request.auth.of(Alert.objects.select_related("practice")).filter(pk=matter).first()
    if found is None:
        raise NotThere
    now = datetime.now(UTC)
    with transaction.atomic():
        changed = Alert.objects.filter(pk=matter, closed_at=None).update(closed_at=now)
        if changed:
            by = {"by": request.auth.person.pk, "key": request.auth.key.pk}
            chain.record(found.practice, {"event": "settled", "matter": matter, **by}, now)
    return Done(changed=bool(changed))


@router.get("/outages", response={200: list[OutageOut], **REFUSALS}, **opened(Scope.READ_MATTERS))
def open_outages(request: Program) -> list[OutageOut]:
    """List what began together and is not over, the newest first."""
    rows = request.auth.of(Outage.objects.filter(closed_at=None)).select_related("practice")
    return [
        OutageOut(
            outage=row.pk,
            practice=row.practice.pseudonym,
            gravity=Gravity(row.gravity),
            opened_at=row.opened_at,
            acknowledged_at=row.acknowledged_at,
            closed_at=row.closed_at,
        )
        for row in rows
    ]


@router.post(
    "/outages/{outage}/acknowledge",
    response={200: Done, **REFUSALS},
    **opened(Scope.SETTLE_MATTERS),
)
def acknowledge(request: Program, outage: Path[Number]) -> Done:
    """Take an outage on, in the name of the key's person: nobody else is called."""
    rows = request.auth.of(Outage.objects.select_related("practice"))
    found = rows.filter(pk=outage).first()
    if found is None:
        raise NotThere
    return Done(changed=outages.acknowledge(found, request.auth.person, datetime.now(UTC)))


def _told(alert: Alert) -> MatterOut:
    return MatterOut(
        matter=alert.pk,
        practice=alert.practice.pseudonym,
        machine=alert.machine.pseudonym if alert.machine else None,
        kind=alert.kind,
        danger=alert.danger,
        fact=alert.fact,
        gravity=Gravity(alert.gravity),
        numbers=alert.numbers,
        opened_at=alert.opened_at,
        last_at=alert.last_at,
        times=alert.times,
        muted=alert.muted_at is not None,
        closed_at=alert.closed_at,
        outage=alert.outage_id,
    )
