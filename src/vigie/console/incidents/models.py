"""Incidents, and what people wrote about them: that is never changed, only followed."""

from django.conf import settings
from django.db import models

from vigie.console.alerts.models import Alert
from vigie.console.practices.models import Machine, OfPractice, Practice
from vigie.domain.danger import Danger
from vigie.domain.practice import Country


class Incident(models.Model):
    """Something that really happened at one practice. `matter` is the key of what it began with."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="incidents")
    danger = models.CharField(max_length=20, choices=[(d.value, d.name) for d in Danger])
    country = models.CharField(max_length=2, choices=[(c.value, c.name) for c in Country])
    matter = models.CharField(max_length=160)
    alert = models.ForeignKey(Alert, on_delete=models.SET_NULL, null=True)
    machine = models.ForeignKey(Machine, on_delete=models.SET_NULL, null=True)
    happened_at = models.DateTimeField()
    aware_at = models.DateTimeField()  # from here the law counts
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # nobody: by rule
    entry = models.PositiveBigIntegerField()  # the journal's row that says so
    closed_at = models.DateTimeField(null=True)

    objects = OfPractice.as_manager()

    class Meta:
        """One open incident for each matter: the database holds it."""

        ordering = ("-opened_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["practice", "matter"],
                condition=models.Q(closed_at=None),
                name="one_open_incident_for_each_matter",
            ),
        )

    def __str__(self) -> str:
        """Return the number and the danger."""
        return f"{self.pk} {self.danger}"


class Written(models.Model):
    """Something somebody wrote, with the journal's row that seals it. The database keeps it."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )  # nobody: prefilled
    at = models.DateTimeField()
    entry = models.PositiveBigIntegerField()

    objects = OfPractice.as_manager()

    class Meta:
        """In the order in which they were written."""

        abstract = True
        ordering = ("incident", "id")

    def __str__(self) -> str:
        """Return the row of the journal."""
        return str(self.entry)


class Tick(Written):
    """A step or a duty was said to be done, or not done after all; the last word counts."""

    step = models.CharField(max_length=48)
    done = models.BooleanField()


class Revision(Written):
    """The breach register of an incident, whole, as it stood from then on."""

    number = models.PositiveIntegerField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)

    class Meta(Written.Meta):
        """Each number once."""

        constraints = (
            models.UniqueConstraint("incident", "number", name="register_revision_once"),
        )


class Draft(Written):
    """A paper as somebody changed it: only the parts that differ from what the register says."""

    kind = models.CharField(max_length=12)
    content = models.JSONField()
    digest = models.CharField(max_length=64)


class Evidence(Written):
    """An evidence pack that was made: up to which row of the journal, and its SHA-256.

    `frozen` holds what the console may forget later: the outflow, the machines' names.
    """

    until = models.PositiveBigIntegerField()
    frozen = models.JSONField()
    digest = models.CharField(max_length=64)
