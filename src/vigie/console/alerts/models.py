"""Open matters."""

from django.db import models

from vigie.console.accounts.models import Person
from vigie.console.practices.models import Machine, OfPractice, Practice
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity


class Kind(models.TextChoices):
    """What a matter is about."""

    REPORT = "report"
    PROOF_FAILED = "proof_failed"
    PROOF_EXPIRED = "proof_expired"
    NO_SNAPSHOT = "no_snapshot"
    SILENT_MACHINE = "silent_machine"
    SILENT_PRACTICE = "silent_practice"
    CHAIN_BROKEN = "chain_broken"


class Outage(models.Model):
    """What began together in one practice: people are told of it once, not of each of its matters.

    Whoever acknowledges it has taken it on: nobody else is called then.
    """

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="outages")
    gravity = models.CharField(max_length=8, choices=[(g, g) for g in Gravity])
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()  # when its latest matter joined
    told_at = models.DateTimeField(null=True)  # when somebody was first to be told of it
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True)
    closed_at = models.DateTimeField(null=True)

    objects = OfPractice.as_manager()

    class Meta:
        """The newest first."""

        ordering = ("-opened_at", "-id")
        indexes = (models.Index(fields=["practice", "closed_at"], name="outages_open"),)

    def __str__(self) -> str:
        """Return when it began, and where."""
        return f"{self.practice_id} since {self.opened_at}"


class Alert(models.Model):
    """Something that somebody should know. While it is open, its key stands alone."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="alerts")
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, null=True)
    key = models.CharField(max_length=160)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    danger = models.CharField(max_length=20, blank=True, choices=[(d, d) for d in Danger])
    fact = models.CharField(max_length=48, blank=True)
    gravity = models.CharField(max_length=8, choices=[(g, g) for g in Gravity])
    numbers = models.JSONField(default=dict)
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    muted_at = models.DateTimeField(
        null=True
    )  # not shown among today's matters, recorded all the same
    closed_at = models.DateTimeField(null=True)
    outage = models.ForeignKey(Outage, on_delete=models.SET_NULL, null=True, related_name="matters")

    objects = OfPractice.as_manager()

    class Meta:
        """The database holds the promise: one open alert for each key."""

        ordering = ("-opened_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["practice", "key"],
                condition=models.Q(closed_at=None),
                name="one_open_alert_for_each_key",
            ),
        )
        indexes = (models.Index(fields=["practice", "closed_at"], name="alerts_open"),)

    def __str__(self) -> str:
        """Return the key."""
        return self.key
