"""The pages about people: who may come in, where they are signed in, who has looked."""

from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from allauth.account.decorators import reauthentication_required
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vigie.console.accounts.models import Role
from vigie.console.desk import asked, moments
from vigie.console.desk.asked import Asked
from vigie.console.people import colleagues, forms, inviting, seen, words
from vigie.console.people.models import Invitation
from vigie.console.practices.models import Practice

_ZONE = "Europe/Paris"  # of the console itself


@login_required
@require_GET
def people(request: Asked) -> HttpResponse:
    """Show who else may come in, and who is invited."""
    now = datetime.now(UTC)
    open_ones = Invitation.objects.filter(by=request.user, used_at=None, expires__gt=now)
    context = {
        "people": [
            {"person": person, "role": words.role(person.role)}
            for person in colleagues.of(request.user)
        ],
        "invitations": [
            {
                "invitation": one,
                "role": words.role(one.role),
                "until": moments.moment(one.expires, _ZONE, now),
            }
            for one in open_ones.order_by("expires")
        ],
    }
    return render(request, "people/people.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def invite(request: Asked) -> HttpResponse:
    """Invite somebody; the link is shown this once."""
    mine = Practice.objects.visible_to(request.user)
    form = forms.Invite(request.POST or None, practices=mine)
    link = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        role = Role(said["role"])
        now = datetime.now(UTC)
        path = inviting.invite(request.user, said["name"], role, list(said["practices"]), now)
        link = request.build_absolute_uri(path)
    return render(request, "people/invite.html", {"form": form, "link": link})


@login_required
@require_POST
def withdraw(request: Asked, number: int) -> HttpResponse:
    """Take an invitation back."""
    inviting.withdraw(request.user, number)
    return redirect("people")


@login_required
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def send_away(request: Asked, number: int) -> HttpResponse:
    """Close the practices to somebody."""
    who = get_object_or_404(colleagues.of(request.user), pk=number)
    if colleagues.send_away(request.user, who, datetime.now(UTC)):
        messages.success(
            request,
            _("%(who)s has no access any more. Their keys: have each machine forget them.")
            % {"who": who},
        )
    return redirect("people")


@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Let an invited person choose a name and a password."""
    now = datetime.now(UTC)
    form = forms.ComeIn(request.POST or None)
    try:
        found = inviting.find(secret, now)
        if request.method == "POST" and form.is_valid():
            said = form.cleaned_data
            inviting.accept(found, said["username"], said["password"], now)
            messages.success(request, _("Welcome. Sign in with the name you have chosen."))
            return redirect("account_login")
    except inviting.LinkSpent:
        return render(request, "people/spent.html", status=410)
    context = {"invitation": found, "form": form, "role": words.role(found.role)}
    return render(request, "people/invitation.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: Asked) -> HttpResponse:
    """Show where this person is signed in; a POST ends one session, or all the others."""
    here = request.session.session_key or ""
    if request.method == "POST":
        chosen = request.POST.get("session", "")
        number = int(chosen) if chosen.isdecimal() else None
        colleagues.end_sessions(request.user, but=here, number=number)
        return redirect("sessions")
    now = datetime.now(UTC)
    rows = sorted(
        UserSession.objects.purge_and_list(request.user), key=lambda row: row.session_key != here
    )
    told = [
        {
            "number": row.pk,
            "here": row.session_key == here,
            "with": words.browser(row.user_agent),
            "address": row.ip,
            "since": moments.moment(row.created_at, _ZONE, now),
        }
        for row in rows
    ]
    return render(request, "people/sessions.html", {"sessions": told})


@login_required
@require_GET
def seen_by(request: Asked, pseudonym: str) -> HttpResponse:
    """Show who has looked at which page of a practice, and when."""
    now, of = datetime.now(UTC), asked.practice(request, pseudonym)
    told = [
        (
            words.page(one["page"]),
            _who(one),
            moments.moment(one["at"], of.timezone, now),
        )
        for one in seen.views_of(request.user, of)
    ]
    views = [
        {"page": page, "who": who, "at": at, "times": len(list(same))}
        for (page, who, at), same in groupby(told)
    ]
    return render(request, "people/seen_by.html", {"practice": of, "views": views})


def _who(view: dict[str, Any]) -> str:
    who = str(view["who"] or _("somebody who has left"))
    return _("%(who)s, by a program") % {"who": who} if "key" in view else who
