"""What machines have told, as it was told. Each row names the journal entry that binds it."""

from django.db import models

from vigie.console.accounts.models import Person
from vigie.console.practices.models import Machine, OfPractice, Practice
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.wire.advice import Advice as Answered
from vigie.wire.advice import Kind as DoubtKind

_DANGERS = [(danger.value, danger.name) for danger in Danger]


class Item(models.Model):
    """One item of a batch. `item` is the machine's own id for it: sending twice is once."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE)
    item = models.CharField(max_length=32)
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    entry = models.PositiveBigIntegerField()

    objects = OfPractice.as_manager()

    class Meta:
        """Unique for each machine: one machine cannot take another's ids."""

        abstract = True
        constraints = (
            models.UniqueConstraint("machine", "item", name="%(app_label)s_%(class)s_once"),
        )

    def __str__(self) -> str:
        """Return the machine's id for it."""
        return self.item


class Report(Item):
    """What a guard saw and what was done about it."""

    danger = models.CharField(max_length=20, choices=_DANGERS)
    gravity = models.CharField(max_length=8, choices=[(g, g) for g in Gravity])
    facts = models.JSONField()
    outcomes = models.JSONField()

    class Meta(Item.Meta):
        """Read by practice and danger, newest first."""

        indexes = (models.Index(fields=["practice", "danger", "-at"], name="intake_report_read"),)


class Proof(Item):
    """A dated, expiring trial of one promise, and its link in the machine's chain."""

    danger = models.CharField(max_length=20, choices=_DANGERS)
    trial = models.CharField(max_length=48)
    held = models.BooleanField()
    expires = models.DateTimeField()
    numbers = models.JSONField()
    number = models.PositiveBigIntegerField()
    previous = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)

    class Meta(Item.Meta):
        """Read by practice and danger, newest first."""

        indexes = (models.Index(fields=["practice", "danger", "-at"], name="intake_proof_read"),)


class Backup(Item):
    """The state of one backup repository at one moment."""

    repository = models.CharField(max_length=48)
    kind = models.CharField(max_length=48)
    snapshots = models.PositiveBigIntegerField()
    latest = models.DateTimeField(null=True)
    missing = models.JSONField()

    class Meta(Item.Meta):
        """Read by practice, newest first."""

        indexes = (models.Index(fields=["practice", "-at"], name="intake_backup_read"),)


class Gap(Item):
    """A full spool dropped heartbeats, and says so."""

    dropped = models.PositiveBigIntegerField()
    since = models.DateTimeField()
    until = models.DateTimeField()


class BadFile(Item):
    """A file that was judged bad here, by its digest."""

    danger = models.CharField(max_length=20, choices=_DANGERS)
    digest = models.CharField(max_length=64)


class KnownBad(models.Model):
    """A digest that every machine refuses. It belongs to no practice, and tells of none."""

    digest = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        """Return the digest."""
        return self.digest


class Question(Item):
    """Somebody at a practice asks for advice: kinds, facts and marks, never the thing."""

    danger = models.CharField(max_length=20, choices=_DANGERS)
    kind = models.CharField(max_length=8, choices=[(k.value, k.name) for k in DoubtKind])
    gravity = models.CharField(max_length=8, choices=[(g, g) for g in Gravity])
    promised = models.DateTimeField()
    facts = models.JSONField()
    digests = models.JSONField()
    sender = models.CharField(max_length=100, blank=True)
    hosts = models.JSONField()

    class Meta(Item.Meta):
        """Read by practice, the newest first."""

        indexes = (models.Index(fields=["practice", "-at"], name="intake_question_read"),)


class Advice(models.Model):
    """What a caretaker answered. Its own number is the mark up to which a machine has answers."""

    question = models.OneToOneField(Question, on_delete=models.CASCADE, related_name="advice")
    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE)
    answer = models.CharField(max_length=12, choices=[(a.value, a.name) for a in Answered])
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True)

    objects = OfPractice.as_manager()

    class Meta:
        """Each machine asks for what is new to it."""

        indexes = (models.Index(fields=["machine", "id"], name="intake_advice_read"),)

    def __str__(self) -> str:
        """Return the answer."""
        return self.answer


class Order(models.Model):
    """An order as the caretaker signed it. The console can deliver it, and nothing else."""

    practice = models.ForeignKey(Practice, on_delete=models.CASCADE)
    machine = models.ForeignKey(Machine, on_delete=models.CASCADE, related_name="orders")
    sequence = models.PositiveBigIntegerField()
    body = models.TextField()
    key = models.CharField(max_length=43)
    signature = models.CharField(max_length=86)
    expires = models.DateTimeField()
    given_at = models.DateTimeField()

    objects = OfPractice.as_manager()

    class Meta:
        """A sequence number is used once for each machine."""

        ordering = ("machine", "sequence")
        constraints = (
            models.UniqueConstraint("machine", "sequence", name="intake_order_sequence_once"),
        )

    def __str__(self) -> str:
        """Return the machine and the sequence number."""
        return f"{self.machine_id}/{self.sequence}"
