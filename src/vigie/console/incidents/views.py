"""The pages of incidents. Each asks for what the person may see, and renders it."""

from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vigie.console.alerts.models import Alert
from vigie.console.desk import asked, moments, words
from vigie.console.desk.asked import Asked
from vigie.console.incidents import clock, forms, graph, opening, record, register
from vigie.console.incidents import pack as evidence
from vigie.console.incidents.models import Evidence, Incident, Revision
from vigie.console.incidents.papers import content, files
from vigie.domain.danger import Danger
from vigie.knowledge.playbooks.playbook import Risk


@login_required
@require_GET
def everywhere(request: Asked) -> HttpResponse:
    """Show the open incidents of every practice in this person's care."""
    now = datetime.now(UTC)
    mine = Incident.objects.visible_to(request.user).select_related("practice", "opened_by")
    opened = mine.filter(closed_at=None)
    context = {"incidents": [_told(incident, now) for incident in opened]}
    return render(request, "incidents/everywhere.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def of_practice(request: Asked, pseudonym: str) -> HttpResponse:
    """Show the incidents of a practice and its open matters; a POST opens one that was told."""
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    form = forms.Told(of, now, now, request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = Danger(form.cleaned_data["danger"]), form.cleaned_data["aware"]
        return redirect("incident", pseudonym, opening.as_told(of, *told, now, by=request.user).pk)
    mine = Incident.objects.visible_to(request.user).filter(practice=of)
    known = mine.filter(closed_at=None).values_list("matter", flat=True)
    matters = Alert.objects.visible_to(request.user).filter(practice=of, closed_at=None)
    opens = matters.exclude(danger="").exclude(key__in=list(known)).select_related("machine")
    context = {
        "practice": of,
        "form": form,
        "incidents": [_told(row, now) for row in mine.select_related("practice", "opened_by")],
        "matters": [
            {
                "alert": alert,
                "said": words.matter(alert),
                "since": moments.moment(alert.opened_at, of.timezone, now),
            }
            for alert in opens
        ],
    }
    return render(request, "incidents/of_practice.html", context)


@login_required
@require_POST
def open_one(request: Asked, pseudonym: str, number: int) -> HttpResponse:
    """Open the incident of one matter."""
    of = asked.practice(request, pseudonym)
    visible = Alert.objects.visible_to(request.user).select_related("practice", "machine")
    alert = get_object_or_404(visible.exclude(danger=""), practice=of, pk=number)
    opened = opening.from_matter(alert, datetime.now(UTC), by=request.user)
    return redirect("incident", of.pseudonym, opened.pk)


@login_required
@require_GET
def one(request: Asked, pseudonym: str, incident: int) -> HttpResponse:
    """Show one incident: the clock, the steps, the register, the papers, the evidence."""
    return _page(request, _incident(request, pseudonym, incident), datetime.now(UTC))


@login_required
@require_POST
def tick(request: Asked, pseudonym: str, incident: int, step: str) -> HttpResponse:
    """Say that a step is done, or is not."""
    about = _incident(request, pseudonym, incident)
    if step not in clock.known(about):
        raise Http404
    record.tick(
        about, step, datetime.now(UTC), done=request.POST.get("done") == "1", by=request.user
    )
    return redirect("incident", pseudonym, about.pk)


@login_required
@require_POST
def known(request: Asked, pseudonym: str, incident: int) -> HttpResponse:
    """Say when the practice knew."""
    about, now = _incident(request, pseudonym, incident), datetime.now(UTC)
    form = forms.Known(about.practice, about.aware_at, now, request.POST)
    if not form.is_valid():
        return _page(request, about, now, form)
    record.aware(about, form.cleaned_data["aware"], now)
    return redirect("incident", pseudonym, about.pk)


@login_required
@require_http_methods(["GET", "POST"])
def edit_register(request: Asked, pseudonym: str, incident: int) -> HttpResponse:
    """Show the register and its revisions; a POST writes the next one."""
    about, now = _incident(request, pseudonym, incident), datetime.now(UTC)
    revisions = Revision.objects.visible_to(request.user).filter(incident=about)
    form = forms.Register(request.POST or None, initial=content.latest(about))
    if request.method == "POST" and form.is_valid():
        record.revise(about, form.content(), now, by=request.user)
        return redirect("incident", pseudonym, about.pk)
    context = {
        "practice": about.practice,
        "incident": about,
        "form": form,
        "revisions": [
            {"row": row, "at": moments.moment(row.at, about.practice.timezone, now)}
            for row in revisions.select_related("by").order_by("-number")
        ],
    }
    return render(request, "incidents/register.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def paper(request: Asked, pseudonym: str, incident: int, kind: str) -> HttpResponse:
    """Show a paper as it will print, and its words; a POST keeps them."""
    about = _incident(request, pseudonym, incident)
    shown = _paper(about, kind)
    form = forms.Words(shown, request.POST or None)
    if request.method == "POST" and form.is_valid():
        record.reword(about, kind, form.changed(), datetime.now(UTC), by=request.user)
        return redirect("incident_paper", pseudonym, about.pk, kind)
    context = {"practice": about.practice, "incident": about, "paper": shown, "form": form}
    return render(request, "incidents/edit_paper.html", context)


@login_required
@require_GET
def printed(request: Asked, pseudonym: str, incident: int, kind: str, form: str) -> HttpResponse:
    """Give a paper as a file: PDF to read, .docx to finish. Nothing is sent anywhere."""
    about = _incident(request, pseudonym, incident)
    if form not in files.FORMS:
        raise Http404
    sort, write = files.FORMS[form]
    return _file(write(_paper(about, kind)), sort, f"{kind}-{about.pk}.{form}")


@login_required
@require_POST
def make_pack(request: Asked, pseudonym: str, incident: int) -> HttpResponse:
    """Make the evidence pack as things stand."""
    about = _incident(request, pseudonym, incident)
    evidence.make(about, datetime.now(UTC), by=request.user)
    return redirect("incident", pseudonym, about.pk)


@login_required
@require_GET
def pack(request: Asked, pseudonym: str, incident: int, pack: int) -> HttpResponse:
    """Give one evidence pack, made again: the same bytes each time."""
    about = _incident(request, pseudonym, incident)
    mine = Evidence.objects.visible_to(request.user).select_related("incident__practice")
    found = get_object_or_404(mine, incident=about, pk=pack)
    return _file(evidence.whole(found), "application/zip", f"vigie-{about.pk}-{found.until}.zip")


@login_required
@require_POST
def close(request: Asked, pseudonym: str, incident: int) -> HttpResponse:
    """Close an incident; its register stays."""
    about = _incident(request, pseudonym, incident)
    opening.close(about, datetime.now(UTC))
    return redirect("incidents", pseudonym)


def _page(
    request: Asked, about: Incident, now: datetime, form: forms.Known | None = None
) -> HttpResponse:
    zone, language = about.practice.timezone, words.language()
    packs = Evidence.objects.visible_to(request.user).filter(incident=about).select_related("by")
    revision = Revision.objects.visible_to(request.user).filter(incident=about).last()
    told = revision.content if revision else {}
    risk = Risk(told.get(register.RISK, ""))
    context = {
        **_told(about, now),
        "known": form or forms.Known(about.practice, about.aware_at, now),
        "aware": moments.moment(about.aware_at, zone, now),
        "duties": clock.duties(about, risk, now),
        "stretches": clock.stretches(about, now),
        "sources": clock.sources(about, now),
        "pictures": graph.pictures(about),
        "revision": revision,
        "revised": revision and moments.moment(revision.at, zone, now),
        "unknown": sum(not told.get(field.slug) for field in register.FIELDS),
        "papers": [
            {"kind": kind, "name": content.name(kind, language), "blanks": drafted.blanks}
            for kind in content.KINDS
            for drafted in [content.paper(about, kind)]
        ],
        "packs": [
            {"pack": row, "at": moments.moment(row.at, zone, now)} for row in packs.order_by("-pk")
        ],
    }
    return render(request, "incidents/incident.html", context)


def _told(incident: Incident, now: datetime) -> dict[str, object]:
    """Return what every page says of an incident."""
    zone = incident.practice.timezone
    return {
        "incident": incident,
        "practice": incident.practice,
        "title": words.incident(incident.danger),
        "emblem": f"emblems/{incident.danger}.svg",
        "happened": moments.moment(incident.happened_at, zone, now),
        "closed": incident.closed_at and moments.moment(incident.closed_at, zone, now),
        "first": next(
            (row for row in clock.duties(incident, content.risk(incident), now) if row.until),
            None,
        ),
    }


def _incident(request: Asked, pseudonym: str, number: int) -> Incident:
    of = asked.practice(request, pseudonym)
    visible = Incident.objects.visible_to(request.user)
    related = visible.select_related("practice", "machine", "opened_by")
    found: Incident = get_object_or_404(related, practice=of, pk=number)
    return found


def _paper(incident: Incident, kind: str) -> content.Paper:
    if kind not in content.KINDS:
        raise Http404
    return content.paper(incident, kind)


def _file(content_of: bytes, sort: str, name: str) -> HttpResponse:
    answer = HttpResponse(content_of, content_type=sort)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
