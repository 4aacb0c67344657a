"""The pages of telling: what waits for an answer, how I am reached, when I may be told."""

from datetime import UTC, datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vigie.console.alerts import outages
from vigie.console.alerts.models import Outage
from vigie.console.desk import moments
from vigie.console.desk.asked import Asked
from vigie.console.jobs import queue
from vigie.console.notices import forms, sealing, ways, wording
from vigie.console.notices.models import Address, Telling, Wish

TEST = "vigie.console.notices.duties.test"
MOST_ADDRESSES = 10
MOST_TOLD = 30
MUTES = {"1": timedelta(hours=1), "12": timedelta(hours=12), "72": timedelta(hours=72)}
ZONE = "Europe/Paris"


@login_required
@require_http_methods(["GET", "POST"])
def notices(request: Asked) -> HttpResponse:
    """Show what waits for an answer and how this person is told; a POST keeps their wishes."""
    wish = Wish.objects.filter(person=request.user).first() or Wish(person=request.user)
    form = forms.Wishes(request.user, request.POST or None, instance=wish)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your wishes are kept."))
        return redirect("notices")
    now = datetime.now(UTC)
    zone = wish.timezone
    muted = wish.muted_until and wish.muted_until > now
    context = {
        "form": form,
        "addresses": _addresses(request, zone, now),
        "open": _open(request, zone, now),
        "told": _told(request, zone, now),
        "muted": moments.moment(wish.muted_until, zone, now) if muted and wish.muted_until else "",
    }
    return render(request, "notices/notices.html", context)


@login_required
@require_GET
def addresses(request: Asked) -> HttpResponse:
    """Show the addresses only: the page asks for this while a test is on its way."""
    told = _addresses(request, ZONE, datetime.now(UTC))
    return render(request, "notices/addresses.html", {"addresses": told})


@login_required
@require_http_methods(["GET", "POST"])
def new_address(request: Asked) -> HttpResponse:
    """Take a new address, seal it, and test it at once."""
    form = forms.NewAddress(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if Address.objects.filter(person=request.user).count() >= MOST_ADDRESSES:
            messages.info(request, _("Ten addresses are enough: take one away first."))
            return redirect("notices")
        address = Address.objects.create(
            person=request.user,
            kind=form.cleaned_data["kind"],
            name=form.cleaned_data["name"],
            sealed=sealing.seal(form.cleaned_data["address"]),
            made_at=datetime.now(UTC),
        )
        _begin_test(address)
        return redirect("notices")
    return render(request, "notices/new_address.html", {"form": form, "kinds": ways.SAFE})


@login_required
@require_POST
def test_address(request: Asked, number: int) -> HttpResponse:
    """Send a test message to one of this person's own addresses."""
    address = get_object_or_404(Address, person=request.user, pk=number)
    Address.objects.filter(pk=address.pk).update(tested_at=None, trouble="")
    _begin_test(address)
    return redirect("notices")


@login_required
@require_POST
def remove_address(request: Asked, number: int) -> HttpResponse:
    """Forget one of this person's own addresses."""
    get_object_or_404(Address, person=request.user, pk=number).delete()
    return redirect("notices")


@login_required
@require_POST
def mute(request: Asked) -> HttpResponse:
    """Tell this person nothing for a while, or again. What happens is recorded all the same."""
    span = MUTES.get(request.POST.get("hours", ""))
    until = datetime.now(UTC) + span if span else None
    Wish.objects.update_or_create(person=request.user, defaults={"muted_until": until})
    return redirect("notices")


@login_required
@require_POST
def answer(request: Asked, number: int) -> HttpResponse:
    """Take an outage on: nobody else is called."""
    visible = Outage.objects.visible_to(request.user).select_related("practice")
    outage: Outage = get_object_or_404(visible, pk=number)
    if outages.acknowledge(outage, request.user, datetime.now(UTC)):
        messages.success(request, _("It is yours; nobody else is called."))
    return redirect("notices")


def _begin_test(address: Address) -> None:
    now = datetime.now(UTC)
    queue.put(TEST, now=now, arguments=[address.pk], deadline=now + timedelta(minutes=10))


def _addresses(request: Asked, zone: str, now: datetime) -> dict[str, object]:
    rows = list(Address.objects.filter(person=request.user))
    return {
        "rows": [
            {
                "address": row,
                "kind": ways.said(row.kind),
                "state": _state(row, zone, now),
            }
            for row in rows
        ],
        "under_way": any(row.tested_at is None for row in rows),
    }


def _state(row: Address, zone: str, now: datetime) -> str:
    if row.tested_at is None and not row.trouble:
        return _("a test is on its way")
    if row.trouble:
        return _("did not take the last message")
    if row.reached_at is None:
        return _("not used yet")
    return _("last message taken %(at)s") % {"at": moments.moment(row.reached_at, zone, now)}


def _open(request: Asked, zone: str, now: datetime) -> list[dict[str, object]]:
    visible = Outage.objects.visible_to(request.user).filter(closed_at=None)
    return [
        {
            "outage": outage,
            "said": wording.sentence(outage),
            "since": moments.moment(outage.opened_at, zone, now),
            "by": outage.acknowledged_by,
        }
        for outage in visible.select_related("practice", "acknowledged_by")
    ]


def _told(request: Asked, zone: str, now: datetime) -> list[dict[str, object]]:
    mine = Telling.objects.filter(person=request.user).order_by("-id")[:MOST_TOLD]
    return [
        {
            "practice": row.practice,
            "at": moments.moment(row.made_at, zone, now),
            "state": _became(row),
        }
        for row in mine.select_related("practice", "message")
    ]


def _became(row: Telling) -> str:
    if row.message is not None:
        if row.message.told_at:
            return _("told")
        return _("not told: no address took it") if row.message.ended_at else _("on its way")
    wordings = {
        "waiting": _("waits for the end of your quiet hours"),
        "muted": _("recorded, not told: you had asked for silence"),
        "nowhere": _("recorded, not told: you have no address"),
        "spared": _("ended or taken on before it was told"),
    }
    return wordings.get(row.state, row.state)
