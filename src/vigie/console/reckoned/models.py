"""One remembered result for each practice. What it means is known to whoever reckoned it."""

from django.db import models

from vigie.console.practices.models import OfPractice, Practice


class Reckoned(models.Model):
    """A result, the mark of what it was made from, and when time alone makes it wrong."""

    practice = models.OneToOneField(
        Practice, on_delete=models.CASCADE, primary_key=True, related_name="reckoned"
    )
    mark = models.CharField(max_length=64)
    at = models.DateTimeField()
    until = models.DateTimeField(null=True)
    rows = models.JSONField()

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        """Return the mark."""
        return self.mark
