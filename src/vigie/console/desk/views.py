"""The pages. Each asks for what the person may see, and renders it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vigie.console.alerts.models import Alert
from vigie.console.checklist import reading as checklist
from vigie.console.desk import (
    askable,
    asked,
    checking,
    forms,
    moments,
    pillars,
    reading,
    settling,
    timeline,
    today,
    words,
)
from vigie.console.desk.asked import Asked
from vigie.console.enrolment import joining
from vigie.console.intake.models import Backup, Proof
from vigie.console.intake.rings import rings
from vigie.console.journal.models import Entry, Head
from vigie.console.practices import scope
from vigie.console.practices.models import Machine, Practice, State
from vigie.domain.danger import Danger
from vigie.domain.proof import Standing

MOST_ENTRIES = 200
FEW_ENTRIES = 5


@login_required
@require_GET
def desk(request: Asked) -> HttpResponse:
    """Show who needs this caretaker today, and how all the practices stand.

    The page asks again by itself: it is answered with nothing where nothing has changed.
    """
    now = datetime.now(UTC)
    whole = today.desk(request.user, now)
    show = request.GET.get("show", "all")
    sieve = today.Sieve(
        words=request.GET.get("q", "")[:80], show=show if show in today.SHOWS else "all"
    )
    context = {
        "any": bool(whole.stands),
        "sieve": sieve,
        "shows": [(slug, _(word)) for slug, word in today.SHOWS.items()],
        "today": moments.day(now, whole.zone),
        **today.shown(whole, sieve, now),
    }
    if not whole.stands:
        return render(request, "desk/welcome.html", context)
    part = render_to_string("desk/today.html", context, request)
    seen = sha256(f"{len(whole.called)} {part}".encode()).hexdigest()[:16]
    if request.headers.get("HX-Request") and not request.headers.get("HX-History-Restore-Request"):
        if request.GET.get("seen") == seen:
            return HttpResponse(status=204)
        return render(
            request, "desk/part.html", {**context, "part": part, "seen": seen, "again": 1}
        )
    return render(request, "desk/desk.html", {**context, "part": part, "seen": seen})


@login_required
@require_http_methods(["GET", "POST"])
def new_practice(request: Asked) -> HttpResponse:
    """Take a practice into this caretaker's care."""
    form = forms.NewPractice(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = scope.add_practice([request.user], **form.cleaned_data)
        return redirect("machines", made.pseudonym)
    return render(request, "desk/new_practice.html", {"form": form})


@login_required
@require_GET
def practice(request: Asked, pseudonym: str) -> HttpResponse:
    """Show one practice: the eleven rows, the pillars, its machines, its backups, its journal."""
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    (place,) = reading.places(request.user, [of], now)
    known = Machine.objects.visible_to(request.user).filter(practice=of, state=State.APPROVED)
    machines = list(known)
    nights = _nights(request, of, now)
    told = reading.machine_lines(machines, of.timezone, now)
    updates = pillars.updates_of(machines, rings(now), now)
    stands = checklist.states(request.user, of, now)
    context = {
        "practice": of,
        "place": place,
        "today": moments.day(now, of.timezone),
        "calls": today.called(place.matters, of, now),
        "lines": reading.lines(place.rows, of.timezone, now),
        "pillars": pillars.pillars(told, nights, updates, stands),
        "updates": updates,
        "practices": pillars.tally(stands),
        "missing": checking.lines(
            [s for s in stands if s.standing is Standing.TO_DO], of.timezone, now
        ),
        "machines": told,
        "nights": nights,
        "summary": timeline.summary(nights),
        "first_night": moments.date(now - timeline.HORIZON, of.timezone),
        **_journal(request, of, now),
    }
    return render(request, "desk/practice.html", context)


@login_required
@require_GET
def danger(request: Asked, pseudonym: str, slug: str) -> HttpResponse:
    """Show the history of one row."""
    if slug not in set(Danger):
        raise Http404
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    (place,) = reading.places(request.user, [of], now)
    rows = [row for row in place.rows if row.danger.value == slug]
    (line,) = reading.lines(rows, of.timezone, now)
    context = {
        "practice": of,
        "line": line,
        "basis": reading.basis(rows[0], of.machines.all(), of.timezone, now),
        "history": reading.history(request.user, of, Danger(slug), now),
    }
    return render(request, "desk/danger.html", context)


@login_required
@require_GET
def matter(request: Asked, pseudonym: str, number: int) -> HttpResponse:
    """Show one matter: what happened, where else, what was done, and the one thing to do."""
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    visible = Alert.objects.visible_to(request.user).select_related("machine", "practice")
    alert = get_object_or_404(visible, practice=of, pk=number)
    line = today.line_of(request.user, alert)
    report = reading.report_of(request.user, alert)
    open_alone = alert.closed_at is None and request.user.acts
    context = {
        "practice": of,
        "alert": alert,
        "line": line,
        "said": words.line(line) if alert.closed_at is None else words.matter(alert),
        "incident": words.incident(alert.danger) if alert.danger else "",
        "emblem": f"emblems/{alert.danger}.svg",
        "advice": words.advice(line.first),
        "closed": alert.closed_at and moments.moment(alert.closed_at, of.timezone, now),
        "places": reading.places_of(line, now),
        "deeds": reading.deeds(report, of.timezone, now),
        "asks": askable.asks(alert, report) if open_alone else [],
    }
    return render(request, "desk/matter.html", context)


@login_required
@require_POST
def settle(request: Asked, pseudonym: str, number: int) -> HttpResponse:
    """Settle one open matter, or the whole line it stands in: somebody has dealt with it."""
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    visible = Alert.objects.visible_to(request.user).filter(closed_at=None)
    alert = visible.filter(practice=of, pk=number).select_related("practice").first()
    if alert is not None:
        whole = "whole" in request.POST
        line = today.line_of(request.user, alert) if whole else None
        settling.settle(visible, line.alerts if line else [alert], request.user, now)
    if "desk" in request.POST:
        return redirect("desk")
    return redirect("practice", of.pseudonym)


@login_required
@require_http_methods(["GET", "POST"])
def machines(request: Asked, pseudonym: str) -> HttpResponse:
    """Show who waits at the door; a POST makes a code, which is shown this once."""
    of = asked.practice(request, pseudonym)
    code = joining.make_code(of, datetime.now(UTC)) if request.method == "POST" else ""
    return render(request, "desk/machines.html", {**_door(request, of), "code": code})


@login_required
@require_GET
def waiting(request: Asked, pseudonym: str) -> HttpResponse:
    """Show only who waits: the page asks for this every few seconds."""
    return render(request, "desk/waiting.html", _door(request, asked.practice(request, pseudonym)))


@login_required
@require_POST
def approve(request: Asked, pseudonym: str, machine: str) -> HttpResponse:
    """Let a machine in, under the name the caretaker gives it."""
    of = asked.practice(request, pseudonym)
    form = forms.MachineName(request.POST)
    if form.is_valid():
        joining.approve(
            asked.machine(request, of, machine),
            datetime.now(UTC),
            by=request.user,
            name=form.cleaned_data["name"],
        )
    return redirect("machines", of.pseudonym)


@login_required
@require_POST
def revoke(request: Asked, pseudonym: str, machine: str) -> HttpResponse:
    """Turn a machine away: nothing is taken from it any more."""
    of = asked.practice(request, pseudonym)
    joining.revoke(asked.machine(request, of, machine), datetime.now(UTC), by=request.user)
    return redirect("machines", of.pseudonym)


@login_required
@require_GET
def journal(request: Asked, pseudonym: str) -> HttpResponse:
    """Show the last rows of the practice's journal."""
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    rows = Entry.objects.visible_to(request.user).filter(practice=of).order_by("-number")
    told = [
        {
            "entry": row,
            "said": words.event(row.body),
            "at": moments.moment(row.at, of.timezone, now),
        }
        for row in rows[:MOST_ENTRIES]
    ]
    return render(request, "desk/journal.html", {"practice": of, "entries": told})


def _nights(request: Asked, of: Practice, now: datetime) -> Sequence[timeline.Night]:
    mine = {"practice": of, "received_at__gt": now - timeline.HORIZON}
    backups = Backup.objects.visible_to(request.user).filter(**mine)
    restored = {**mine, "held": True, "trial__startswith": timeline.RESTORES}
    proofs = Proof.objects.visible_to(request.user).filter(**restored)
    return timeline.nights(backups, proofs, of.timezone, now)


def _journal(request: Asked, of: Practice, now: datetime) -> dict[str, object]:
    entries = Entry.objects.visible_to(request.user).filter(practice=of).order_by("-number")
    last = entries.first()
    return {
        "head": Head.objects.visible_to(request.user).filter(practice=of).first(),
        "journalled": last and moments.moment(last.at, of.timezone, now),
        "entries": [
            {"said": words.event(row.body), "at": moments.moment(row.at, of.timezone, now)}
            for row in entries[:FEW_ENTRIES]
        ],
    }


def _door(request: Asked, of: Practice) -> dict[str, object]:
    now = datetime.now(UTC)
    known = Machine.objects.visible_to(request.user).filter(practice=of)
    told = reading.machine_lines(known.filter(state=State.APPROVED), of.timezone, now)
    return {
        "practice": of,
        "waiting": known.filter(state=State.WAITING).order_by("applied_at"),
        "machines": told,
    }
