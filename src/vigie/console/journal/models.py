"""The rows of the journal, and the head of each chain."""

from django.db import models

from vigie.console.practices.models import OfPractice, Practice


class Entry(models.Model):
    """One row of a practice's journal. The database refuses to change or delete it."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="journal")
    number = models.PositiveBigIntegerField()
    previous = models.CharField(max_length=64)
    body = models.TextField()
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects = OfPractice.as_manager()

    class Meta:
        """One row for each place in the chain."""

        ordering = ("practice", "number")
        constraints = (
            models.UniqueConstraint("practice", "number", name="journal_place_taken_once"),
        )

    def __str__(self) -> str:
        """Return the place and the first letters of the digest."""
        return f"{self.number} {self.digest[:8]}"


class Head(models.Model):
    """The last row of a practice's journal, and the lock that keeps its chain single."""

    practice = models.OneToOneField(
        Practice, on_delete=models.PROTECT, primary_key=True, related_name="journal_head"
    )
    number = models.PositiveBigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        """Return the place and the first letters of the digest."""
        return f"{self.number} {self.digest[:8]}"
