"""What people answered about good practices. An answer is added, never changed: the last counts."""

from django.db import models

from vigie.console.accounts.models import Person
from vigie.console.practices.models import OfPractice, Practice


class Said(models.TextChoices):
    """What a person can answer."""

    YES = "yes"
    NO = "no"
    UNCONCERNED = "unconcerned"


class Answer(models.Model):
    """One answer: who gave it, who wrote it down, when, and until when it counts."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE, related_name="answers")
    item = models.CharField(max_length=40)
    said = models.CharField(max_length=12, choices=Said.choices)
    name = models.CharField(max_length=80)  # who says so: a doctor, an assistant, the caretaker
    person = models.ForeignKey(Person, on_delete=models.PROTECT)
    at = models.DateTimeField()
    expires = models.DateTimeField()

    objects = OfPractice.as_manager()

    class Meta:
        """The last answer to each item is looked for."""

        ordering = ("practice", "item", "-at", "-id")
        indexes = (models.Index(fields=["practice", "item", "-at"], name="checklist_answer_read"),)

    def __str__(self) -> str:
        """Return the item and the answer."""
        return f"{self.item}: {self.said}"
