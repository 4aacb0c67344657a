"""What the desk remembers of each practice, so that a thousand are read as fast as one."""

from django.db import models

from vigie.console.practices.models import OfPractice, Practice


class Snapshot(models.Model):
    """How a practice stood, with what it was read from: another head or mark, and it is stale."""

    practice = models.OneToOneField(Practice, on_delete=models.CASCADE, primary_key=True)
    proven = models.PositiveSmallIntegerField()
    to_watch = models.PositiveSmallIntegerField()
    to_do = models.PositiveSmallIntegerField()
    blind = models.PositiveSmallIntegerField()
    machines = models.PositiveIntegerField()
    oldest = models.DateTimeField(null=True)  # the oldest of the proofs that decide
    until = models.DateTimeField(null=True)  # when the first of its proofs lapses
    head = models.PositiveBigIntegerField()  # the journal's last row when it was read
    mark = models.CharField(max_length=48)  # the open matters when it was read

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        """Return how many promises are proven."""
        return f"{self.practice_id}: {self.proven}"
