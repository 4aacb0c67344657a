"""What is written about an incident: the register, the papers, the evidence packs."""

from datetime import UTC, datetime

from django.http import HttpResponse
from ninja import Path, Router, Status

from vigie.console.api.asking import Asker, NotThere, Program, Refused, file, opened
from vigie.console.api.incident_words import (
    EvidenceOut,
    PaperOut,
    PartOut,
    RegisterIn,
    RegisterOut,
    Slug,
    WholePaperOut,
    WordsIn,
)
from vigie.console.api.scopes import Scope
from vigie.console.api.words import REFUSALS, Number, Pseudonym
from vigie.console.desk import words
from vigie.console.incidents import forms, record
from vigie.console.incidents import pack as evidence
from vigie.console.incidents.models import Evidence, Incident, Revision
from vigie.console.incidents.papers import content, files

router = Router(tags=["incidents"])
_ONE = "/practices/{practice}/incidents/{incident}"


def find(asker: Asker, practice: str, number: int) -> Incident:
    """Return an incident of one of a key's practices. Raise NotThere."""
    rows = asker.of(Incident.objects.all(), asker.practice(practice))
    related = rows.select_related("practice", "machine", "opened_by")
    found: Incident | None = related.filter(pk=number).first()
    if found is None:
        raise NotThere
    return found


@router.get(
    f"{_ONE}/register",
    response={200: list[RegisterOut], **REFUSALS},
    **opened(Scope.READ_INCIDENTS),
)
def incident_register(
    request: Program, practice: Path[Pseudonym], incident: Path[Number]
) -> list[RegisterOut]:
    """List the revisions of the register, the newest first."""
    about = find(request.auth, practice, incident)
    rows = Revision.objects.filter(incident=about).select_related("by").order_by("-number")
    return [revision(row) for row in rows]


@router.post(
    f"{_ONE}/register", response={201: RegisterOut, **REFUSALS}, **opened(Scope.WRITE_INCIDENTS)
)
def revise(
    request: Program, practice: Path[Pseudonym], incident: Path[Number], sent: RegisterIn
) -> Status[RegisterOut]:
    """Write the register, whole; one that has not changed is not written again."""
    about = find(request.auth, practice, incident)
    form = forms.Register(sent.content)
    if not sent.content.keys() <= form.fields.keys():
        raise Refused(422, "unknown_field")
    if not form.is_valid():
        raise Refused(422, "not_a_register", sorted(form.errors))
    row = record.revise(about, form.content(), datetime.now(UTC), by=request.auth.person)
    return Status(201, revision(row))


@router.get(
    f"{_ONE}/papers", response={200: list[PaperOut], **REFUSALS}, **opened(Scope.READ_INCIDENTS)
)
def incident_papers(
    request: Program, practice: Path[Pseudonym], incident: Path[Number]
) -> list[PaperOut]:
    """List the papers that are ready to be filled and signed. Nothing is sent anywhere."""
    about, language = find(request.auth, practice, incident), words.language()
    return [
        PaperOut(
            paper=kind,
            said=content.name(kind, language),
            blanks=content.paper(about, kind).blanks,
        )
        for kind in content.KINDS
    ]


@router.get(
    f"{_ONE}/papers/{{paper}}",
    response={200: WholePaperOut, **REFUSALS},
    **opened(Scope.READ_INCIDENTS),
)
def incident_paper(
    request: Program, practice: Path[Pseudonym], incident: Path[Number], paper: Path[Slug]
) -> WholePaperOut:
    """Return a paper as it would print."""
    return _whole(_paper(find(request.auth, practice, incident), paper))


@router.post(
    f"{_ONE}/papers/{{paper}}",
    response={200: WholePaperOut, **REFUSALS},
    **opened(Scope.WRITE_INCIDENTS),
)
def reword_paper(
    request: Program,
    practice: Path[Pseudonym],
    incident: Path[Number],
    paper: Path[Slug],
    sent: WordsIn,
) -> WholePaperOut:
    """Word parts of a paper differently, `to` among them; one sent empty is prepared again."""
    about = find(request.auth, practice, incident)
    shown = _paper(about, paper)
    form = forms.Words(shown, {**forms.Words(shown).prepared, **sent.parts})
    if not sent.parts.keys() <= form.fields.keys():
        raise Refused(422, "unknown_field")
    if not form.is_valid():
        raise Refused(422, "not_a_paper", sorted(form.errors))
    if changed := form.changed():
        record.reword(about, paper, changed, datetime.now(UTC), by=request.auth.person)
    return _whole(_paper(about, paper))


@router.get(
    f"{_ONE}/papers/{{paper}}/{{form}}",
    response=REFUSALS,
    **opened(Scope.READ_INCIDENTS, gives=[sort for sort, _ in files.FORMS.values()]),
)
def incident_printed(
    request: Program,
    practice: Path[Pseudonym],
    incident: Path[Number],
    paper: Path[Slug],
    form: Path[Slug],
) -> HttpResponse:
    """Return a paper as a file: `pdf` to read, `docx` to finish. Nothing is sent anywhere."""
    about = find(request.auth, practice, incident)
    whole = _paper(about, paper)
    if form not in files.FORMS:
        raise NotThere
    sort, write = files.FORMS[form]
    return file(write(whole), sort, f"{paper}-{about.pk}.{form}")


def _paper(about: Incident, kind: str) -> content.Paper:
    if kind not in content.KINDS:
        raise NotThere
    return content.paper(about, kind)


def _whole(whole: content.Paper) -> WholePaperOut:
    return WholePaperOut(
        paper=whole.kind,
        language=whole.language.value,
        title=whole.title,
        to=whole.to,
        parts=[
            PartOut(part=part.slug, kind=part.kind, label=part.label, text=part.text)
            for part in whole.parts
        ],
        foot=whole.foot,
        blanks=whole.blanks,
    )


@router.get(
    f"{_ONE}/evidence",
    response={200: list[EvidenceOut], **REFUSALS},
    **opened(Scope.READ_INCIDENTS),
)
def incident_evidence(
    request: Program, practice: Path[Pseudonym], incident: Path[Number]
) -> list[EvidenceOut]:
    """List the evidence packs that were made, the newest first."""
    about = find(request.auth, practice, incident)
    rows = Evidence.objects.filter(incident=about).select_related("by").order_by("-pk")
    return [_pack(row) for row in rows]


@router.post(
    f"{_ONE}/evidence", response={201: EvidenceOut, **REFUSALS}, **opened(Scope.WRITE_INCIDENTS)
)
def make_evidence(
    request: Program, practice: Path[Pseudonym], incident: Path[Number]
) -> Status[EvidenceOut]:
    """Make the evidence pack as things stand."""
    about = find(request.auth, practice, incident)
    return Status(201, _pack(evidence.make(about, datetime.now(UTC), by=request.auth.person)))


@router.get(
    f"{_ONE}/evidence/{{pack}}",
    response=REFUSALS,
    **opened(Scope.READ_INCIDENTS, gives=["application/zip"]),
)
def evidence_pack(
    request: Program, practice: Path[Pseudonym], incident: Path[Number], pack: Path[Number]
) -> HttpResponse:
    """Return one evidence pack, made again: the same bytes each time."""
    about = find(request.auth, practice, incident)
    rows = Evidence.objects.filter(incident=about).select_related("incident__practice")
    found = rows.filter(pk=pack).first()
    if found is None:
        raise NotThere
    return file(evidence.whole(found), "application/zip", f"vigie-{about.pk}-{found.until}.zip")


def revision(row: Revision) -> RegisterOut:
    """Return one revision of a register."""
    return RegisterOut(
        revision=row.number,
        at=row.at,
        by=str(row.by) if row.by else None,
        content=row.content,
        digest=row.digest,
    )


def _pack(row: Evidence) -> EvidenceOut:
    return EvidenceOut(
        pack=row.pk,
        until=row.until,
        at=row.at,
        by=str(row.by) if row.by else None,
        digest=row.digest,
    )
