"""The pages of orders: what became of them, what is asked, and the signature."""

import hashlib
from datetime import UTC, datetime

import msgspec
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from vigie.console.desk import asked, moments
from vigie.console.desk.asked import Asked
from vigie.console.intake import orders as keeping
from vigie.console.journal import chain
from vigie.console.orders import forms, sentences, standings
from vigie.console.orders.known import Known
from vigie.console.orders.verbs import NAMES, Verb, wish
from vigie.console.practices.models import Machine, Practice, State
from vigie.console.signing import passkeys
from vigie.wire import orders as wire
from vigie.wire.passkeys import AssertedOrder, Passkey

_PARTS = ("body", "credential", "authenticator", "client", "signature")


@login_required
@require_GET
def orders(request: Asked, pseudonym: str) -> HttpResponse:
    """Show what may be asked for, and what became of what was."""
    of = asked.practice(request, pseudonym)
    context = {"practice": of, "form": forms.Choice(machines=_machines(request, of))}
    return render(request, "orders/orders.html", {**context, **_standing(request, of)})


@login_required
@require_GET
def standing(request: Asked, pseudonym: str) -> HttpResponse:
    """Show only what became of the orders: the page asks for this every few seconds."""
    of = asked.practice(request, pseudonym)
    return render(request, "orders/standing.html", _standing(request, of))


@login_required
@require_GET
@reauthentication_required  # type: ignore[untyped-decorator]  # allauth has no types
def prepare(request: Asked, pseudonym: str) -> HttpResponse:
    """Ask what the verb needs; then show the order in a sentence, ready to be signed."""
    of = asked.practice(request, pseudonym)
    choice = forms.Choice(request.GET, machines=_machines(request, of))
    if not choice.is_valid():
        return redirect("orders", of.pseudonym)
    machine: Machine = choice.cleaned_data["machine"]
    verb, now = Verb(choice.cleaned_data["verb"]), datetime.now(UTC)
    said = request.GET if "chosen" in request.GET else None
    known = Known(request.user, machine, now)
    particulars = forms.Particulars(verb, known, said, initial=request.GET.dict())
    context = {"practice": of, "machine": machine, "choice": choice, "verb": choice["verb"].value}
    if particulars.fields and not particulars.is_valid():
        context |= {"form": particulars, "title": NAMES[verb]}
        return render(request, "orders/particulars.html", context)
    wanted = wish(verb, particulars.cleaned_data if particulars.fields else {})
    lasts = forms.LASTS[choice.cleaned_data["lasts"]][1]
    expires = now.replace(microsecond=0) + lasts
    whole = wire.Order(
        practice=of.pseudonym,
        machine=machine.pseudonym,
        sequence=keeping.next_sequence(machine, now),
        expires=expires,
        wish=wanted,
    )
    mine = passkeys.of_person(request.user)
    context |= {
        "body": wire.encode(whole).decode(),
        "said": sentences.said(wanted, str(machine)),
        "until": moments.moment(expires, of.timezone, now),
        "mine": mine,
        "by_name": _by_name(request),
        "asked": {"site": request.get_host().partition(":")[0], "mine": _here(request, mine)},
    }
    return render(request, "orders/sign.html", context)


@login_required
@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def sign(request: Asked, pseudonym: str) -> HttpResponse:
    """Keep an order that the caretaker's passkey has signed, and write it in the journal."""
    of, now = asked.practice(request, pseudonym), datetime.now(UTC)
    try:
        said = {name: request.POST.get(name, "") for name in _PARTS}
        asserted = msgspec.convert(said, AssertedOrder)
        with transaction.atomic():
            kept = keeping.put_asserted(asserted, of, request.user, now)
            chain.record(of, _event(request, kept.machine, asserted.body), now)
    except (msgspec.MsgspecError, keeping.OrderRefused):
        messages.warning(request, _("The order was not signed as it should be. Nothing was sent."))
    return redirect("orders", of.pseudonym)


def _machines(request: Asked, of: Practice) -> object:
    visible = Machine.objects.visible_to(request.user).select_related("practice")
    return visible.filter(practice=of, state=State.APPROVED)


def _standing(request: Asked, of: Practice) -> dict[str, object]:
    now = datetime.now(UTC)
    lines = standings.lines(request.user, of, now)
    open_ones = any(line.state in {"waiting", "taken"} for line in lines)
    return {"practice": of, "lines": lines, "open": open_ones}


def _here(request: Asked, mine: tuple[Passkey, ...]) -> list[str]:
    """Return the credentials that this page may ask to sign: those made at its own address."""
    page = f"{request.scheme}://{request.get_host()}"
    return [passkey.credential for passkey in mine if passkey.origin == page]


def _by_name(request: Asked) -> str:
    """Return this page's address by a name, where it was opened by a number; else nothing.

    No browser makes or uses a passkey on a page whose address is a number.
    """
    host, _colon, port = request.get_host().partition(":")
    if host != "127.0.0.1":
        return ""
    return f"{request.scheme}://localhost:{port}{request.get_full_path()}"


def _event(request: Asked, machine: Machine, body: str) -> dict[str, object]:
    order = wire.decode(body)
    return {
        "event": "ordered",
        "machine": machine.pseudonym,
        "sequence": order.sequence,
        "order": type(order.wish).__struct_config__.tag,
        "digest": hashlib.sha256(body.encode()).hexdigest(),
        "by": request.user.pk,
    }
