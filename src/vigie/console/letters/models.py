"""Who gets a letter, from whom, and the letters as they were written."""

from django.conf import settings
from django.db import models

from vigie.console.practices.models import OfPractice, Practice


class Addressee(models.Model):
    """To whom a practice's letter goes. Without a row, or without an address, none is sent."""

    practice = models.OneToOneField(
        Practice, on_delete=models.CASCADE, primary_key=True, related_name="addressee"
    )
    doctor = models.CharField(max_length=80, blank=True)  # as the letter greets: Docteur Martin
    mail = models.EmailField(blank=True)
    read_first = models.BooleanField(default=True)  # nothing leaves before the caretaker read it

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        """Return whom the letter greets."""
        return self.doctor


class Letterhead(models.Model):
    """Who signs, and how a practice reaches them."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True
    )
    name = models.CharField(max_length=80, blank=True)
    trade = models.CharField(max_length=120, blank=True)  # one line under the name
    telephone = models.CharField(max_length=40, blank=True)
    mail = models.EmailField(blank=True)

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Letter(models.Model):
    """One letter, as it was written. The database refuses to change or delete it."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT, related_name="letters")
    month = models.DateField()  # its first day
    language = models.CharField(max_length=2)
    subject = models.CharField(max_length=160)
    sheet = models.TextField()  # as a page shows it
    html = models.TextField()  # as a mail shows it
    text = models.TextField()
    pdf = models.BinaryField()
    figures = models.JSONField()
    lesson = models.CharField(max_length=20, blank=True)
    digest = models.CharField(max_length=64)
    entry = models.PositiveBigIntegerField()  # the journal's row that binds the digest
    written_at = models.DateTimeField()

    objects = OfPractice.as_manager()

    class Meta:
        """A month has one letter."""

        ordering = ("-month",)
        constraints = (models.UniqueConstraint("practice", "month", name="letter_once_a_month"),)

    def __str__(self) -> str:
        """Return the month."""
        return f"{self.month:%Y-%m}"


class Dispatch(models.Model):
    """How far one letter has come on its way: read, under way, sent. Never sent twice."""

    practice = models.ForeignKey(Practice, on_delete=models.PROTECT)
    letter = models.OneToOneField(
        Letter, on_delete=models.PROTECT, primary_key=True, related_name="dispatch"
    )
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    begun_at = models.DateTimeField(null=True)  # without `sent_at`: nobody knows whether it left
    sent_at = models.DateTimeField(null=True)
    sent_to = models.EmailField(blank=True)
    trouble = models.CharField(max_length=80, blank=True)

    objects = OfPractice.as_manager()

    def __str__(self) -> str:
        """Return the letter's number."""
        return str(self.letter_id)

    @property
    def unsure(self) -> bool:
        """Return whether nobody knows if it left."""
        return self.begun_at is not None and self.sent_at is None
