"""Enrolment codes: only their hash is kept."""

from django.db import models

from vigie.console.practices.models import Machine, OfPractice, Practice


class EnrolmentCode(models.Model):
    """A code that one machine may use, once, for a day."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    machine = models.ForeignKey(Machine, on_delete=models.SET_NULL, null=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        """Return when it ends; the code itself is not known any more."""
        return f"{self.practice_id} until {self.expires}"
