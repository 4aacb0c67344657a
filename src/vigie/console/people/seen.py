"""Who has looked at which page of a practice: written in that practice's own journal.

A view is a row like any other: chained, mirrored to the machines, changed by nobody.
"""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse

from vigie.console.accounts.models import Person
from vigie.console.journal import chain
from vigie.console.journal.models import Entry
from vigie.console.practices.models import Practice

Answer = Callable[[HttpRequest], HttpResponse]

EVENT = "seen"
# A page that asks for its own news every few seconds is one view in so long a time.
ONCE = timedelta(minutes=10)
_NEWS = frozenset({"waiting", "orders_standing"})


def written_down(answer: Answer) -> Answer:
    """Return a middleware that writes down each view of a page of one practice."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        match = request.resolver_match
        pseudonym = match.kwargs.get("pseudonym") if match else None
        shown = response.status_code == 200 and request.method == "GET"  # noqa: PLR2004  (HTTP's OK)
        if shown and match and pseudonym and isinstance(request.user, Person):
            _write(request.user, pseudonym, match.url_name or "")
        return response

    return answered


def views_of(person: Person, practice: Practice) -> list[dict[str, Any]]:
    """Return who saw what of a practice and when, the latest first."""
    rows = Entry.objects.visible_to(person).filter(practice=practice, body__contains=_MARK)
    told = [{**json.loads(row.body), "at": row.at} for row in rows.order_by("-number")[:200]]
    names = Person.objects.in_bulk({one["by"] for one in told})
    return [{**one, "who": names.get(one["by"])} for one in told]


_MARK = f'"event":"{EVENT}"'


def by_program(person: Person, practice: Practice, what: str, now: datetime, *, key: int) -> None:
    """Write down that a program looked, in the name of whoever made its key.

    A program may ask every few seconds: so it is one view in ten minutes, as with news.
    """
    if not _just_seen(practice, (person.pk, what, key), now):
        chain.record(practice, {"event": EVENT, "by": person.pk, "page": what, "key": key}, now)


def _write(person: Person, pseudonym: str, page: str) -> None:
    practice = Practice.objects.visible_to(person).filter(pseudonym=pseudonym).first()
    now = datetime.now(UTC)
    if practice is None or (page in _NEWS and _just_seen(practice, (person.pk, page, None), now)):
        return
    chain.record(practice, {"event": EVENT, "by": person.pk, "page": page}, now)


def _just_seen(practice: Practice, view: tuple[int, str, int | None], now: datetime) -> bool:
    """Return whether the same person, or the same key of theirs, saw the same a moment ago."""
    since = Entry.objects.filter(practice=practice, at__gt=now - ONCE, body__contains=_MARK)
    said = (json.loads(body) for body in since.values_list("body", flat=True))
    return any((one["by"], one["page"], one.get("key")) == view for one in said)
