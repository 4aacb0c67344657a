"""Inviting somebody, and their coming in: one link, one person, once."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from vigie.console.accounts.models import Person, Role
from vigie.console.journal import chain
from vigie.console.people.models import Entrusted, Invitation
from vigie.console.practices import scope
from vigie.console.practices.models import Care, Practice

LIFE = timedelta(hours=48)  # long enough for a weekend's mail, too short to lie about


class CannotInvite(ValueError):
    """The invitation would give more than it may."""


class LinkSpent(LookupError):
    """The link is unknown, used, withdrawn or too old; which of them is not said."""


def invite(by: Person, name: str, role: Role, practices: Sequence[Practice], now: datetime) -> str:
    """Return the address by which somebody comes in; this is the only time it can be read.

    Raise CannotInvite for practices that are not in the care of `by`, or a doctor of several.
    """
    mine = set(Practice.objects.visible_to(by).values_list("pk", flat=True))
    if not by.invites or not practices or not {practice.pk for practice in practices} <= mine:
        raise CannotInvite("not yours to give")
    if role == Role.DOCTOR and len(practices) != 1:
        raise CannotInvite("a doctor sees one practice")
    secret = secrets.token_urlsafe(32)
    with transaction.atomic():
        made = Invitation.objects.create(
            digest=_digest(secret), name=name, role=role, by=by, made_at=now, expires=now + LIFE
        )
        Entrusted.objects.bulk_create(
            Entrusted(invitation=made, practice=practice) for practice in practices
        )
        for practice in practices:
            said = {"event": "invited", "role": str(role), "by": by.pk}
            chain.record(practice, said, now)
    return settings.ADDRESS.geturl().rstrip("/") + reverse("invitation", args=[secret])


def find(secret: str, now: datetime) -> Invitation:
    """Return the invitation of a link. Raise LinkSpent."""
    found = Invitation.objects.filter(
        digest=_digest(secret), used_at=None, expires__gt=now, by__is_active=True
    ).first()
    if found is None:
        raise LinkSpent
    return found


def accept(invitation: Invitation, username: str, password: str, now: datetime) -> Person:
    """Let the invited person in, once. Raise LinkSpent where somebody was quicker."""
    with transaction.atomic(), scope.seeing(scope.EVERYONE):
        open_ones = Invitation.objects.filter(pk=invitation.pk, used_at=None, expires__gt=now)
        if not open_ones.update(used_at=now):
            raise LinkSpent
        person = Person(username=username, first_name=invitation.name, role=invitation.role)
        person.set_password(password)
        person.save()
        Invitation.objects.filter(pk=invitation.pk).update(person=person)
        # What has left the care of whoever invited is not theirs to give any more.
        given = Practice.objects.filter(
            entrusted__invitation=invitation, caretakers=invitation.by
        ).distinct()
        for practice in given:
            Care.objects.create(person=person, practice=practice)
            chain.record(practice, {"event": "let_in", "role": person.role, "by": person.pk}, now)
    return person


def withdraw(by: Person, number: int) -> None:
    """Take an invitation back that nobody has used."""
    Invitation.objects.filter(pk=number, by=by, used_at=None).delete()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()  # 256 random bits: no salt is needed
