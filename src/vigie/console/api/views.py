"""The page of keys and webhooks. A key and a secret are shown once, and never again."""

from datetime import UTC, datetime

from allauth.account.decorators import reauthentication_required
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vigie.console.api import forms, hooks
from vigie.console.api import keys as making
from vigie.console.api.models import Hook, Key
from vigie.console.api.scopes import Scope
from vigie.console.desk import moments
from vigie.console.desk.asked import Asked

ZONE = "Europe/Paris"
MOST = 20  # keys, and webhooks, of one person


@login_required
@require_GET
def keys(request: Asked) -> HttpResponse:
    """Show this person's keys and webhooks."""
    now = datetime.now(UTC)
    mine = Key.objects.filter(person=request.user)
    context = {
        "keys": [_key(key, now) for key in mine.filter(revoked_at=None)],
        "gone": mine.exclude(revoked_at=None).count(),
        "hooks": [_hook(hook, now) for hook in Hook.objects.filter(person=request.user)],
    }
    return render(request, "api/keys.html", context)


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
@require_http_methods(["GET", "POST"])
def new_key(request: Asked) -> HttpResponse:
    """Make a key, and show it this once; the person has just said again who they are."""
    form = forms.NewKey(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if Key.objects.filter(person=request.user, revoked_at=None).count() >= MOST:
            return redirect("keys")
        _made, text = making.make(
            request.user,
            form.cleaned_data["name"],
            [Scope(word) for word in form.cleaned_data["scopes"]],
            now=datetime.now(UTC),
            life=form.lasts,
            practices=form.cleaned_data["practices"],
        )
        return render(request, "api/shown_once.html", {"text": text, "kind": "key"})
    return render(request, "api/new_key.html", {"form": form})


@login_required
@require_POST
def revoke_key(request: Asked, number: int) -> HttpResponse:
    """Let one of this person's own keys open nothing any more."""
    key = get_object_or_404(Key, person=request.user, pk=number)
    making.revoke(key, datetime.now(UTC))
    return redirect("keys")


@login_required
@reauthentication_required  # type: ignore[untyped-decorator]  # likewise
@require_http_methods(["GET", "POST"])
def new_hook(request: Asked) -> HttpResponse:
    """Make a webhook, and show its secret this once."""
    form = forms.NewHook(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if Hook.objects.filter(person=request.user).count() >= MOST:
            return redirect("keys")
        told = form.cleaned_data
        _made, secret = hooks.make(request.user, told["name"], told["address"], datetime.now(UTC))
        return render(request, "api/shown_once.html", {"text": secret, "kind": "hook"})
    return render(request, "api/new_hook.html", {"form": form})


@login_required
@require_POST
def remove_hook(request: Asked, number: int) -> HttpResponse:
    """Forget one of this person's own webhooks."""
    get_object_or_404(Hook, person=request.user, pk=number).delete()
    return redirect("keys")


def _key(key: Key, now: datetime) -> dict[str, object]:
    used = moments.moment(key.used_at, ZONE, now) if key.used_at else _("never")
    return {
        "key": key,
        "may": [forms.SAID[scope] for scope in Scope if scope.value in key.scopes],
        "used": used,
        "until": moments.date(key.expires, ZONE, now),
        "ended": key.expires <= now,
        "bound": len(key.practices),
    }


def _hook(hook: Hook, now: datetime) -> dict[str, object]:
    if hook.trouble:
        state = _("did not take the last event; it is tried again")
    elif hook.reached_at is None:
        state = _("nothing was sent yet")
    else:
        at = moments.moment(hook.reached_at, ZONE, now)
        state = _("last event taken %(at)s") % {"at": at}
    return {"hook": hook, "state": state}
