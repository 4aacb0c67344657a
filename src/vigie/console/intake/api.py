"""The agents' API: four requests, each signed by the machine over its exact body."""

from datetime import UTC, datetime
from typing import Any

import msgspec
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from vigie.console.enrolment import joining
from vigie.console.intake import door
from vigie.console.intake import outside as from_outside
from vigie.console.intake.receiving import receive
from vigie.console.practices import scope
from vigie.tools import keys
from vigie.wire import envelope
from vigie.wire.enrolment import decode_application
from vigie.wire.outside import decode_look

api = NinjaAPI(
    title="Vigie, for agents",
    version="1",
    urls_namespace="agents",
    docs_url=None,
    openapi_url=None,  # the schema is in the wire's own types, not on the console
)
_rate = door.Rate()
_seldom = from_outside.Seldom()
_encode = msgspec.json.Encoder().encode


@api.post("/enrol")
def enrol(request: HttpRequest) -> HttpResponse:
    """Answer a machine that joins with a code: it signs with the key it sends."""
    sent, now = door.body(request), datetime.now(UTC)
    claimed, signature = door.heard(request, sent, now)
    try:
        application = decode_application(sent)
    except msgspec.MsgspecError:
        raise door.Refused(422, "not_an_application") from None
    signed = keys.verified(application.key, claimed.canonical(), signature)
    if claimed.machine != envelope.ENROLLING or not signed:
        raise door.Refused(401, "not_signed")
    with transaction.atomic():
        scope.see(scope.EVERYONE, until_commit=True)
        try:
            machine = joining.apply(application, now)
        except joining.CodeRefused:
            raise door.Refused(403, "code_refused") from None
        return _answer(joining.admission(machine))


@api.post("/admission")
def admission(request: HttpRequest) -> HttpResponse:
    """Tell a machine whether it is in, and whose orders it may obey."""
    sent, now = door.body(request), datetime.now(UTC)
    claimed, signature = door.heard(request, sent, now)
    with transaction.atomic():
        scope.see(scope.EVERYONE, until_commit=True)
        return _answer(joining.admission(door.known(claimed, signature, waiting=True)))


@api.post("/reports")
def reports(request: HttpRequest) -> HttpResponse:
    """Keep a batch of an approved machine, and answer what is kept.

    The same request again is harmless: items are kept once by their id, and the answer holds
    nothing that the machine's own signature did not already open.
    """
    sent, now = door.body(request), datetime.now(UTC)
    claimed, signature = door.heard(request, sent, now)
    with transaction.atomic():
        scope.see(scope.EVERYONE, until_commit=True)
        machine = door.known(claimed, signature, alone=True)
        if not _rate.take(machine.practice_id):
            raise door.Refused(429, "too_often")
        return _answer(receive(machine, sent, now))


@api.post("/outside")
def outside(request: HttpRequest) -> HttpResponse:
    """Connect to the ports a machine names at the address it asks from, and say which answer."""
    sent, now = door.body(request), datetime.now(UTC)
    claimed, signature = door.heard(request, sent, now)
    with transaction.atomic():
        scope.see(scope.EVERYONE, until_commit=True)
        practice = door.known(claimed, signature).practice_id
    try:
        wanted = decode_look(sent)
    except msgspec.MsgspecError:
        raise door.Refused(422, "not_a_look") from None
    if not _seldom.take(practice):
        raise door.Refused(429, "too_often")
    return _answer(from_outside.look(request.META.get("REMOTE_ADDR") or "", wanted.ports))


@api.exception_handler(door.Refused)
def refused(_: HttpRequest, why: door.Refused) -> HttpResponse:
    """Answer with a status and a slug; what was sent is never echoed."""
    response = _answer({"refused": why.slug}, status=why.status)
    if why.status == 429:  # noqa: PLR2004  (the status that tells when to come back)
        response.headers["Retry-After"] = "5"
    return response


def _answer(told: Any, status: int = 200) -> HttpResponse:  # noqa: ANN401  (any word of the wire)
    return HttpResponse(_encode(told), content_type="application/json", status=status)
