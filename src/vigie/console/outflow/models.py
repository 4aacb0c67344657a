"""How much a machine sent in a span of time."""

from django.db import models

from vigie.console.practices.models import Machine, OfPractice, Practice


class Outflow(models.Model):
    """Bytes that left a machine between two readings of its counters; usually one hour."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="outflow")
    item = models.CharField(max_length=32)  # the machine's own id for it: sending twice is once
    since = models.DateTimeField()
    until = models.DateTimeField()
    sent = models.PositiveBigIntegerField()

    objects = OfPractice.as_manager()

    class Meta:
        """Read by machine, in order."""

        ordering = ("machine", "since", "id")
        constraints = (models.UniqueConstraint("machine", "item", name="outflow_once"),)
        indexes = (models.Index(fields=["machine", "since"], name="outflow_read"),)

    def __str__(self) -> str:
        """Return the bytes."""
        return str(self.sent)
