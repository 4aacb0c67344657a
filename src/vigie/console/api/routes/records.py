"""What machines told and what the journal keeps: proofs, backups, journal, updates."""

from datetime import UTC, datetime

from ninja import Path, Query, Router

from vigie.console.api.asking import Program, opened
from vigie.console.api.scopes import Scope
from vigie.console.api.words import (
    REFUSALS,
    BackupOut,
    EntryOut,
    OfDanger,
    Page,
    ProofOut,
    Pseudonym,
    RingOut,
)
from vigie.console.intake import rings
from vigie.console.intake.models import Backup, Proof, Report
from vigie.console.journal.models import Entry
from vigie.console.practices.models import Machine

router = Router(tags=["records"])


@router.get(
    "/practices/{practice}/proofs",
    response={200: list[ProofOut], **REFUSALS},
    **opened(Scope.READ_PROOFS),
)
def proofs(
    request: Program,
    practice: Path[Pseudonym],
    asked: Query[OfDanger],
) -> list[ProofOut]:
    """List the proofs of a practice, the newest first; `before` is the last number seen."""
    rows = Proof.objects.filter(practice=request.auth.practice(practice))
    if asked.danger is not None:
        rows = rows.filter(danger=asked.danger.value)
    if asked.before is not None:
        rows = rows.filter(pk__lt=asked.before)
    return [
        ProofOut(
            number=row.pk,
            machine=row.machine.pseudonym,
            danger=row.danger,
            trial=row.trial,
            held=row.held,
            at=row.at,
            expires=row.expires,
            numbers=row.numbers,
        )
        for row in rows.select_related("machine").order_by("-pk")[: asked.limit]
    ]


@router.get(
    "/practices/{practice}/backups",
    response={200: list[BackupOut], **REFUSALS},
    **opened(Scope.READ_BACKUPS),
)
def backups(
    request: Program,
    practice: Path[Pseudonym],
    asked: Query[Page],
) -> list[BackupOut]:
    """List what machines said of their backups, the newest first."""
    rows = Backup.objects.filter(practice=request.auth.practice(practice))
    if asked.before is not None:
        rows = rows.filter(pk__lt=asked.before)
    return [
        BackupOut(
            number=row.pk,
            machine=row.machine.pseudonym,
            repository=row.repository,
            kind=row.kind,
            snapshots=row.snapshots,
            latest=row.latest,
            at=row.at,
        )
        for row in rows.select_related("machine").order_by("-pk")[: asked.limit]
    ]


@router.get(
    "/practices/{practice}/journal",
    response={200: list[EntryOut], **REFUSALS},
    **opened(Scope.READ_JOURNAL),
)
def journal(
    request: Program,
    practice: Path[Pseudonym],
    asked: Query[Page],
) -> list[EntryOut]:
    """List the rows of a practice's journal, the newest first, with what proves their order."""
    rows = Entry.objects.filter(practice=request.auth.practice(practice))
    if asked.before is not None:
        rows = rows.filter(number__lt=asked.before)
    return [
        EntryOut(
            number=row.number, at=row.at, body=row.body, previous=row.previous, digest=row.digest
        )
        for row in rows.order_by("-number")[: asked.limit]
    ]


@router.get("/updates", response={200: list[RingOut], **REFUSALS}, **opened(Scope.READ_UPDATES))
def updates(request: Program) -> list[RingOut]:
    """Say of each update told of lately where it stands, and which machines are next."""
    now = datetime.now(UTC)
    mine = request.auth.of(Report.objects.all())
    found = rings.rings(now, among=mine)
    names = dict(request.auth.of(Machine.objects.all()).values_list("pk", "pseudonym"))
    return [
        RingOut(
            update=ring.update,
            stage=ring.stage(now).value,
            offered=len(ring.offered),
            kept=len(ring.kept),
            complained=len(ring.complained),
            next=sorted(names[number] for number in ring.next(now) if number in names),
        )
        for ring in found
    ]
