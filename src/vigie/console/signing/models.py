"""Orders under a passkey's assertion, as the caretaker's browser sent them."""

from django.db import models

from vigie.console.accounts.models import Person
from vigie.console.practices.models import Machine, OfPractice, Practice


class AssertedOrder(models.Model):
    """An order that a passkey has signed. The console can deliver it, and nothing else."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="asserted")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True)
    sequence = models.PositiveBigIntegerField()
    body = models.TextField()
    credential = models.CharField(max_length=2048)
    authenticator = models.CharField(max_length=2048)
    client = models.CharField(max_length=2048)
    signature = models.CharField(max_length=2048)
    expires = models.DateTimeField()
    given_at = models.DateTimeField()

    objects = OfPractice.as_manager()

    class Meta:
        """A sequence number is used once for each machine."""

        ordering = ("machine", "sequence")
        constraints = (
            models.UniqueConstraint("machine", "sequence", name="signing_order_sequence_once"),
        )

    def __str__(self) -> str:
        """Return the machine and the sequence number."""
        return f"{self.machine_id}/{self.sequence}"
