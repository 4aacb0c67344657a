"""The API as it describes itself: OpenAPI 3.1, one router for each thing it speaks of."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.errors import AuthenticationError, HttpError, ValidationError

from vigie.console.api.asking import Refused, opened
from vigie.console.api.routes import (
    checklist,
    incident_papers,
    incidents,
    letters,
    machines,
    matters,
    orders,
    practices,
    questions,
    records,
)
from vigie.console.api.words import REFUSALS

api = NinjaAPI(
    title="Vigie",
    version="1",
    description=(
        "What the desk does, for programs. Each request carries a key "
        "(`Authorization: Bearer vigie_…`) that a person made in the console; it sees that "
        "person’s practices, or some of them, and does what its scopes say. An operation names "
        "its scope in `x-scope`. What is `said` comes in the language of `Accept-Language`. What a "
        "key reads of a practice is written in that practice’s journal. Orders are signed "
        "elsewhere, by a key file or by a person’s passkey in a browser: no key of this API signs "
        "one. Nothing here speaks of a patient."
    ),
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,  # answered below, to a key
)
for about in (
    practices,
    machines,
    matters,
    incidents,
    incident_papers,
    questions,
    checklist,
    letters,
    records,
    orders,
):
    api.add_router("", about.router)
itself = Router(tags=["description"])


@itself.get("/openapi.json", response={200: dict[str, Any], **REFUSALS}, **opened(None))
def description(request: HttpRequest) -> dict[str, Any]:
    """Describe the API, in OpenAPI 3.1."""
    del request
    return describe()


api.add_router("", itself)


def describe() -> dict[str, Any]:
    """Return the description, as plain JSON values."""
    told: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/")))
    return told


@api.exception_handler(Refused)
def refused(_: HttpRequest, why: Refused) -> HttpResponse:
    """Answer with a status and a slug; what was sent is never echoed."""
    response = _answer(why.status, {"refused": why.slug, "where": why.where})
    if why.status == 429:  # noqa: PLR2004  (the status that tells when to come back)
        response.headers["Retry-After"] = "5"
    return response


@api.exception_handler(ValidationError)
def malformed(_: HttpRequest, why: ValidationError) -> HttpResponse:
    """Say where the request is not what the description says, and nothing of what it holds."""
    where = [".".join(str(part) for part in problem["loc"][:4]) for problem in why.errors[:20]]
    return _answer(422, {"refused": "malformed", "where": where})


@api.exception_handler(AuthenticationError)
def stranger(_: HttpRequest, why: AuthenticationError) -> HttpResponse:
    """Answer whoever has no key that opens anything."""
    del why
    response = _answer(401, {"refused": "no_key", "where": []})
    response.headers["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Http404)
def nothing(_: HttpRequest, why: Http404) -> HttpResponse:
    """Answer that there is nothing."""
    del why
    return _answer(404, {"refused": "not_found", "where": []})


@api.exception_handler(HttpError)
def unread(_: HttpRequest, why: HttpError) -> HttpResponse:
    """Answer what Ninja could not read."""
    return _answer(why.status_code, {"refused": "malformed", "where": []})


def _answer(status: int, told: dict[str, object]) -> HttpResponse:
    return HttpResponse(json.dumps(told), content_type="application/json", status=status)
