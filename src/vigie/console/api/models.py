"""Keys of programs, and the webhooks that tell programs what happened."""

import uuid
from datetime import datetime

from django.db import models

from vigie.console.accounts.models import Person
from vigie.console.practices.models import OfPractice, Practice


class Key(models.Model):
    """A key that a person made for a program. The key itself is not kept, only its hash."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="keys")
    name = models.CharField(max_length=60)
    shown = models.CharField(max_length=8)  # its first letters, to tell it from others
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    practices = models.JSONField(default=list)  # pseudonyms; none: all of its person's
    made_at = models.DateTimeField()
    expires = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first."""

        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        """Return the person's own name for it."""
        return self.name

    def is_good(self, now: datetime) -> bool:
        """Return whether it still opens anything."""
        return self.revoked_at is None and self.expires > now and self.person.is_active


def event_id() -> str:
    """Return the id of an event, by which a receiver knows that it has had it."""
    return f"msg_{uuid.uuid4().hex}"


class Hook(models.Model):
    """Where a program wants to be told. Its address and its secret are sealed."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="hooks")
    name = models.CharField(max_length=60)
    address = models.TextField()
    secret = models.TextField()
    made_at = models.DateTimeField()
    seen_until = models.DateTimeField()  # what happened before was looked at
    reached_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=24, blank=True)

    class Meta:
        """The newest first."""

        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        """Return the person's own name for it."""
        return self.name


class Delivery(models.Model):
    """One event on its way to one hook."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    hook = models.ForeignKey(Hook, on_delete=models.CASCADE, related_name="deliveries")
    identity = models.CharField(max_length=40, unique=True, default=event_id, editable=False)
    about = models.CharField(max_length=60)  # what happened, once for each hook
    payload = models.JSONField()
    made_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)

    objects = OfPractice.as_manager()

    class Meta:
        """Once for each hook and event."""

        ordering = ("id",)
        constraints = (models.UniqueConstraint("hook", "about", name="api_event_once"),)

    def __str__(self) -> str:
        """Return what it is about."""
        return self.about
