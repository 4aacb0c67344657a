"""The gate behind the door: what each role may do, and no caretaker without a second factor.

Closed by default: whoever may only look may send nothing, whatever page is added later.
"""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _

from vigie.console.accounts.models import Person, Role
from vigie.console.practices.models import Practice

Answer = Callable[[HttpRequest], HttpResponse]

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
# Everybody's own: signing in and out, their factors and sessions, the language.
_OWN = ("/compte/", "/langue/", "/premier-acces/", "/invitation/", "/static/", "/api/agent/")
_ACTING = frozenset({"new_practice", "order_prepare", "order_sign"})  # not even to look at
_INVITING = frozenset({"people", "invite", "withdraw", "send_away"})


def by_role(answer: Answer) -> Answer:
    """Return a middleware that lets each person do what their role allows."""

    def answered(request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_OWN) or not isinstance(request.user, Person):
            return answer(request)
        person = request.user
        if person.acts and settings.SECOND_FACTOR and not _has_second_factor(person):
            messages.info(request, _("Before anything else: choose your second factor."))
            return redirect("mfa_index")
        name = _name(request.path)
        if person.role == Role.DOCTOR and name == "desk":
            own = Practice.objects.visible_to(person).first()
            return redirect("practice", own.pseudonym) if own else answer(request)
        if not person.acts and (request.method not in _READS or name in _ACTING):
            raise PermissionDenied
        if not person.invites and name in _INVITING:
            raise PermissionDenied
        return answer(request)

    return answered


def _has_second_factor(person: Person) -> bool:
    factors = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    return bool(Authenticator.objects.filter(user=person, type__in=factors).exists())


def _name(path: str) -> str:
    try:
        return resolve(path).url_name or ""
    except Resolver404:
        return ""
