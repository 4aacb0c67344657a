"""Who asks: a program with a key. What it sees is decided here, before any operation runs."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja.security import HttpBearer

from vigie.console.accounts.models import Person
from vigie.console.api import keys
from vigie.console.api.models import Key
from vigie.console.api.scopes import Scope
from vigie.console.practices import scope as walls
from vigie.console.practices.models import Machine, OfPractice, Practice, Practices

REQUESTS_A_SECOND = 20.0  # for each key; a program that polls asks far less
BURST = 100.0


class Refused(Exception):
    """Why a request is not answered: an HTTP status and a slug. The input is never echoed.

    `where` names fields of ours in which the reason lies.
    """

    def __init__(self, status: int, slug: str, where: Iterable[str] = ()) -> None:
        super().__init__(slug)
        self.status = status
        self.slug = slug
        self.where = list(where)


class NotThere(Refused):
    """There is no such thing, or it is not this key's to see: the answer is the same."""

    def __init__(self) -> None:
        super().__init__(404, "not_found")


@dataclass(slots=True)
class Rate:
    """A bucket of tokens for each key, in the memory of one worker."""

    clock: Callable[[], float] = time.monotonic
    _buckets: dict[int, tuple[float, float]] = field(default_factory=dict)

    def take(self, key: int) -> bool:
        """Take one token of a key; False when there is none left."""
        now = self.clock()
        tokens, then = self._buckets.get(key, (BURST, now))
        tokens = min(BURST, tokens + (now - then) * REQUESTS_A_SECOND)
        enough = tokens >= 1
        self._buckets[key] = (tokens - 1 if enough else tokens, now)
        return enough


@dataclass(frozen=True, slots=True)
class Asker:
    """A key that was let in: whose it is, and the practices it opens."""

    key: Key
    person: Person
    practices: Practices

    def practice(self, pseudonym: str) -> Practice:
        """Return one of its practices. Raise NotThere."""
        found: Practice | None = self.practices.filter(pseudonym=pseudonym).first()
        if found is None:
            raise NotThere
        return found

    def machine(self, practice: Practice, pseudonym: str) -> Machine:
        """Return a machine of one of its practices. Raise NotThere."""
        mine = Machine.objects.select_related("practice").filter(practice=practice)
        machine: Machine | None = mine.filter(pseudonym=pseudonym).first()
        if machine is None:
            raise NotThere
        return machine

    def of(self, rows: OfPractice, practice: Practice | None = None) -> OfPractice:
        """Return those of these rows that belong to its practices, or to one of them."""
        if practice is not None:
            return rows.filter(practice=practice)
        return rows.filter(practice__in=self.practices)


class Program(HttpRequest):
    """A request with a key that was let in."""

    auth: Asker


_rate = Rate()


class ApiKey(HttpBearer):
    """`Authorization: Bearer vigie_…`, with one scope."""

    def __init__(self, scope: Scope | None) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Asker | None:
        """Return who asks, and let the database show their practices only; None without a key.

        Raise Refused for a key without the scope, or one that asks too often.
        """
        del request
        key = keys.known(token, datetime.now(UTC))
        if key is None:
            return None
        if not _rate.take(key.pk):
            raise Refused(429, "too_often")
        if self.scope is not None and not keys.holds(key, self.scope):
            raise Refused(403, "not_in_scope")
        mine = key.person.practices.through.objects.filter(person=key.person)
        walls.see(walls.of(mine.values_list("practice_id", flat=True)))
        practices = Practice.objects.visible_to(key.person)
        if key.practices:
            practices = practices.filter(pseudonym__in=key.practices)
        walls.see(walls.of(practices.values_list("pk", flat=True)))
        return Asker(key=key, person=key.person, practices=practices)


def opened(scope: Scope | None, *, gives: Iterable[str] = ()) -> dict[str, Any]:
    """Return what an operation says of itself: which scope opens it, and which files it gives."""
    described: dict[str, Any] = {"x-scope": scope.value} if scope else {}
    if files := {sort: {"schema": {"type": "string", "format": "binary"}} for sort in gives}:
        described["responses"] = {"200": {"description": "The file", "content": files}}
    return {"auth": ApiKey(scope), "openapi_extra": described}


def file(content: bytes, sort: str, name: str) -> HttpResponse:
    """Return a file to be kept under a name."""
    answer = HttpResponse(content, content_type=sort)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer
