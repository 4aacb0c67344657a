"""Making keys, and knowing them again."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from vigie.console.accounts.models import Person
from vigie.console.api.models import Key
from vigie.console.api.scopes import Scope, rights

PREFIX = "vigie_"  # scanners of leaked secrets know it by this
LONGEST_LIFE = timedelta(days=366)
USED_EVERY = timedelta(minutes=1)  # the last use is written no more often


class TooMuch(ValueError):
    """A key would hold more rights, other practices or a longer life than its person may give."""


def make(  # noqa: PLR0913  (a key is exactly this)
    person: Person,
    name: str,
    scopes: Iterable[Scope],
    *,
    now: datetime,
    life: timedelta,
    practices: Iterable[str] = (),
) -> tuple[Key, str]:
    """Make a key for a person; return it and its text, which can be read this once only.

    Raise TooMuch unless every scope and practice is the person's own, and it ends within a year.
    """
    wanted, chosen = frozenset(scopes), sorted(set(practices))
    mine = set(person.practices.filter(pseudonym__in=chosen).values_list("pseudonym", flat=True))
    if not wanted <= rights(person) or mine != set(chosen):
        raise TooMuch
    if not timedelta(0) < life <= LONGEST_LIFE:
        raise TooMuch
    text = PREFIX + secrets.token_urlsafe(32)
    key = Key.objects.create(
        person=person,
        name=name,
        shown=text[len(PREFIX) :][:4],
        digest=_digest(text),
        scopes=sorted(scope.value for scope in wanted),
        practices=chosen,
        made_at=now,
        expires=now + life,
    )
    return key, text


def known(text: str, now: datetime) -> Key | None:
    """Return the key whose text this is, if it opens anything now, and write that it was used."""
    if not text.startswith(PREFIX) or not text.isascii():
        return None
    key = Key.objects.select_related("person").filter(digest=_digest(text)).first()
    if key is None or not key.is_good(now):
        return None
    if key.used_at is None or now - key.used_at > USED_EVERY:
        Key.objects.filter(pk=key.pk).update(used_at=now)
    return key


def holds(key: Key, scope: Scope) -> bool:
    """Return whether a key has a scope, and its person the right that goes with it today."""
    return scope.value in key.scopes and scope in rights(key.person)


def revoke(key: Key, now: datetime) -> bool:
    """Let a key open nothing any more; False if that was so already."""
    return bool(Key.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()  # 256 random bits: no salt is needed
