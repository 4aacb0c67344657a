"""Practices, their machines, and the caretakers who look after them."""

import secrets
from collections.abc import Collection
from typing import Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models

from vigie.console.accounts.models import Person
from vigie.domain.practice import Country, Language
from vigie.tools import keys

_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"  # 16 of 32 letters: 80 bits, nothing to guess
Reader = Person | AnonymousUser
FEW = 60  # practices: a page of them


def pseudonym() -> str:
    """Return a fresh pseudonym for a practice or a machine."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))


class Practices(models.QuerySet["Practice"]):
    """The one way to practices: through the person who asks."""

    def visible_to(self, person: Reader) -> Self:
        """Return the practices this person looks after."""
        return self.filter(caretakers=person) if isinstance(person, Person) else self.none()


class Practice(models.Model):
    """One medical practice. Its name stays here: the wire knows the pseudonym."""

    pseudonym = models.CharField(max_length=16, unique=True, default=pseudonym, editable=False)
    name = models.CharField(max_length=120)
    language = models.CharField(
        max_length=2, choices=[(lang.value, lang.name) for lang in Language], default=Language.FR
    )
    country = models.CharField(
        max_length=2, choices=[(c.value, c.name) for c in Country], default=Country.FR
    )
    timezone = models.CharField(max_length=40, default="Europe/Paris")
    since = models.DateTimeField(auto_now_add=True)
    caretakers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Care", related_name="practices"
    )

    objects = Practices.as_manager()

    class Meta:
        """Practices are listed by name."""

        ordering = ("name", "id")

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Care(models.Model):
    """One caretaker looks after one practice."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)

    class Meta:
        """Nobody cares twice."""

        constraints = (models.UniqueConstraint("person", "practice", name="care_once"),)

    def __str__(self) -> str:
        """Return who cares for whom."""
        return f"{self.person_id} → {self.practice_id}"


class OfPractice(models.QuerySet[Any]):
    """Rows that belong to a practice: seen only by those who look after it."""

    def visible_to(self, person: Reader) -> Self:
        """Return the rows of the practices this person looks after."""
        if not isinstance(person, Person):
            return self.none()
        return self.filter(practice__caretakers=person)

    def among(self, practices: Collection[int]) -> Self:
        """Return the rows of these practices; of very many, all that may be seen are returned.

        A list of a thousand numbers costs more than the rows it would leave out: whoever asks
        about that many looks each up by its number anyhow.
        """
        return self.filter(practice__in=list(practices)) if len(practices) <= FEW else self


class State(models.TextChoices):
    """How far a machine has come."""

    WAITING = "waiting"
    APPROVED = "approved"
    REVOKED = "revoked"


class Machine(models.Model):
    """One computer of a practice: a pseudonym and a public key, until a caretaker names it."""

    pseudonym = models.CharField(max_length=16, unique=True, default=pseudonym, editable=False)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="machines")
    name = models.CharField(max_length=60, blank=True)
    key = models.CharField(max_length=43, unique=True)
    system = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    applied_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    last_seen = models.DateTimeField(null=True)
    version = models.CharField(max_length=20, blank=True)
    waiting = models.PositiveIntegerField(default=0)  # items in its spool, at the last heartbeat
    blind = models.JSONField(default=list)
    heard_at = models.DateTimeField(null=True)  # the machine's own time of its last heartbeat
    chain_number = models.PositiveBigIntegerField(default=0)
    chain_digest = models.CharField(max_length=64, blank=True)
    taken = models.PositiveBigIntegerField(default=0)  # the last order it said it took

    objects = OfPractice.as_manager()

    class Meta:
        """Machines are listed by name."""

        ordering = ("name", "id")

    def __str__(self) -> str:
        """Return the caretaker's name for it, or the first letters of its pseudonym."""
        return self.name or self.pseudonym[:4]

    @property
    def fingerprint(self) -> str:
        """Return what two people compare aloud."""
        return keys.fingerprint(self.key)
