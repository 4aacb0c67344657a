"""Invitations: a link that lets one person in, once, for a while."""

from django.db import models

from vigie.console.accounts.models import Person, Role
from vigie.console.practices.models import OfPractice, Practice


class Invitation(models.Model):
    """Somebody may come in by a link. Only the hash of its secret is kept."""

    digest = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=9, choices=Role.choices)
    practices = models.ManyToManyField(Practice, through="Entrusted")
    by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    made_at = models.DateTimeField()
    expires = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        """Return who is invited."""
        return self.name


class Entrusted(models.Model):
    """One practice that an invitation opens."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE)
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)

    objects = OfPractice.as_manager()

    class Meta:
        """No practice twice in one invitation."""

        constraints = (models.UniqueConstraint("invitation", "practice", name="entrusted_once"),)

    def __str__(self) -> str:
        """Return which practice to whom."""
        return f"{self.invitation_id} → {self.practice_id}"
