"""Jobs: a due time, a lease while somebody works, a deadline after which it is no use."""

from django.db import models


class Job(models.Model):
    """One duty. `every` (seconds) makes it come back; without it the job is done once."""

    key = models.CharField(max_length=160, unique=True)
    task = models.CharField(max_length=160)
    arguments = models.JSONField(default=list)
    named = models.JSONField(default=dict)
    every = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, db_index=True)  # None: not any more
    deadline = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    owner = models.CharField(max_length=32, blank=True)
    attempts = models.PositiveIntegerField(default=0)
    trouble = models.CharField(max_length=80, blank=True)
    made_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        """Oldest due first."""

        ordering = ("due_at", "id")

    def __str__(self) -> str:
        """Return the key."""
        return self.key
