"""The pages. Each asks for what the person may see, and renders it."""

from datetime import UTC, datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vigie.console.alerts.models import Alert
from vigie.console.desk import asked, forms, moments, reading, timeline, words
from vigie.console.desk.asked import Asked
from vigie.console.enrolment import joining
from vigie.console.intake.models import Backup, Proof
from vigie.console.journal.models import Entry, Head
from vigie.console.practices import scope
from vigie.console.practices.models import Machine, Practice, State
from vigie.domain.danger import Danger

MOST_ENTRIES = 200


@login_required
@require_GET
def desk(request: Asked) -> HttpResponse:
    """Show who needs this caretaker today, and how all the practices stand."""
    now = datetime.now(UTC)
    places = reading.places(request.user, Practice.objects.visible_to(request.user), now)
    calling = [place for place in places if place.calls]
    proven = [place for place in places if place.proven]
    dated = [(place.oldest, place.practice) for place in proven if place.oldest]
    oldest = min(dated, key=lambda pair: pair[0], default=None)
    context = {
        "places": places,
        "calling": calling,
        "proven": len(proven),
        "oldest": oldest and (moments.age(now - oldest[0]), oldest[1]),
        "today": moments.day(now, "Europe/Paris"),
    }
    return render(request, "desk/desk.html", context)


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
    """Show one practice: the eleven rows, its machines, its backups, its journal."""
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    (place,) = reading.places(request.user, [of], now)
    machines = Machine.objects.visible_to(request.user).filter(practice=of, state=State.APPROVED)
    mine = {"practice": of, "received_at__gt": now - timeline.HORIZON}
    backups = Backup.objects.visible_to(request.user).filter(**mine)
    restored = {**mine, "held": True, "trial__startswith": timeline.RESTORES}
    proofs = Proof.objects.visible_to(request.user).filter(**restored)
    nights = timeline.nights(backups, proofs, of.timezone, now)
    head = Head.objects.visible_to(request.user).filter(practice=of).first()
    last = Entry.objects.visible_to(request.user).filter(practice=of).order_by("-number").first()
    context = {
        "practice": of,
        "place": place,
        "today": moments.day(now, of.timezone),
        "matters": [
            {
                "alert": alert,
                "said": words.matter(alert),
                "since": moments.moment(alert.opened_at, of.timezone, now),
            }
            for alert in place.matters
        ],
        "lines": reading.lines(place.rows, of.timezone, now),
        "machines": reading.machine_lines(machines, of.timezone, now),
        "nights": nights,
        "summary": timeline.summary(nights),
        "first_night": moments.date(now - timeline.HORIZON, of.timezone),
        "head": head,
        "journalled": last and moments.moment(last.at, of.timezone, now),
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
        "history": reading.history(request.user, of, Danger(slug), now),
    }
    return render(request, "desk/danger.html", context)


@login_required
@require_POST
def settle(request: Asked, pseudonym: str, number: int) -> HttpResponse:
    """Settle one open matter: somebody has dealt with it."""
    of = asked.practice(request, pseudonym)
    Alert.objects.visible_to(request.user).filter(practice=of, pk=number, closed_at=None).update(
        closed_at=datetime.now(UTC)
    )
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


def _door(request: Asked, of: Practice) -> dict[str, object]:
    now = datetime.now(UTC)
    known = Machine.objects.visible_to(request.user).filter(practice=of)
    told = reading.machine_lines(known.filter(state=State.APPROVED), of.timezone, now)
    return {
        "practice": of,
        "waiting": known.filter(state=State.WAITING).order_by("applied_at"),
        "machines": told,
    }
