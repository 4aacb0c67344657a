"""How people are reached, what they wish, and what was told to whom."""

import uuid

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from vigie.console.accounts.models import Person
from vigie.console.alerts.models import Outage
from vigie.console.practices.models import OfPractice, Practice
from vigie.domain.finding import Gravity


def reference() -> str:
    """Return the name of a message by which its receivers can tell it from another."""
    return uuid.uuid4().hex


class Address(models.Model):
    """One way to reach a person. Where it leads is sealed, and never shown again."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=24)  # the scheme: mailtos, ntfys, jsons …
    name = models.CharField(max_length=60)
    sealed = models.TextField()
    made_at = models.DateTimeField()
    tested_at = models.DateTimeField(null=True)
    reached_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=24, blank=True)

    class Meta:
        """In the order in which they are tried."""

        ordering = ("id",)

    def __str__(self) -> str:
        """Return the person's own name for it."""
        return self.name


class Wish(models.Model):
    """When a person wants to be told, and who is told when they do not answer."""

    person = models.OneToOneField(
        Person, on_delete=models.CASCADE, primary_key=True, related_name="wish"
    )
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    timezone = models.CharField(max_length=40, default="Europe/Paris")
    grave_passes = models.BooleanField(default=False)
    discreet = models.BooleanField(default=False)  # messages name neither practice nor incident
    muted_until = models.DateTimeField(null=True, blank=True)
    following = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="stands_in_for"
    )
    wait = models.PositiveSmallIntegerField(  # minutes
        default=30, validators=[MinValueValidator(5), MaxValueValidator(24 * 60)]
    )

    def __str__(self) -> str:
        """Return whose wishes they are."""
        return str(self.person_id)


class Message(models.Model):
    """One message to one person, about all that waited for them at that moment."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="messages")
    reference = models.CharField(max_length=32, unique=True, default=reference, editable=False)
    gravity = models.CharField(max_length=8, choices=[(g, g) for g in Gravity])
    made_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # told, or nothing more will be tried

    class Meta:
        """The newest first."""

        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        """Return the reference."""
        return self.reference


class Outcome(models.TextChoices):
    """What became of an attempt."""

    UNDER_WAY = "under_way"
    TOLD = "told"
    REFUSED = "refused"  # certainly not told: may be tried again
    UNSURE = "unsure"  # cut in the middle: perhaps told, so never tried again


class Attempt(models.Model):
    """One message on its way to one address. Written before it leaves."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attempts")
    address = models.ForeignKey(Address, on_delete=models.CASCADE, related_name="attempts")
    outcome = models.CharField(max_length=10, choices=Outcome.choices, default=Outcome.UNDER_WAY)
    at = models.DateTimeField()

    class Meta:
        """One attempt for each message and address: sending twice would tell twice."""

        constraints = (
            models.UniqueConstraint("message", "address", name="notices_attempted_once"),
        )

    def __str__(self) -> str:
        """Return what became of it."""
        return self.outcome


class State(models.TextChoices):
    """How far the telling of one outage to one person has come."""

    WAITING = "waiting"  # for the end of quiet hours, or the next look
    SENT = "sent"  # it is in a message
    MUTED = "muted"  # the person, or each matter, was muted
    NOWHERE = "nowhere"  # the person has no address
    SPARED = "spared"  # it ended, or was taken on, before it was told


class Telling(models.Model):
    """One person is to be told of one outage. Recorded whatever becomes of it."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    outage = models.ForeignKey(Outage, on_delete=models.CASCADE, related_name="tellings")
    person = models.ForeignKey(Person, on_delete=models.CASCADE)
    level = models.PositiveSmallIntegerField()  # 0: first; each who was called in after, one more
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField()
    due_at = models.DateTimeField()
    message = models.ForeignKey(
        Message, on_delete=models.SET_NULL, null=True, related_name="tellings"
    )

    objects = OfPractice.as_manager()

    class Meta:
        """A person is told of an outage once."""

        ordering = ("id",)
        constraints = (models.UniqueConstraint("outage", "person", name="notices_told_once"),)

    def __str__(self) -> str:
        """Return who is told of what."""
        return f"{self.outage_id} → {self.person_id}"
