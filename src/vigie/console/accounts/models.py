"""Persons who sign in, and the keys that sign their orders."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from vigie.domain.practice import Language


class Role(models.TextChoices):
    """What somebody may do, in the practices that are in their care."""

    OWNER = "owner"  # everything, and say who else may come in
    CARETAKER = "caretaker"  # everything about practices and machines
    READER = "reader"  # look
    DOCTOR = "doctor"  # look, at one practice


ACTING = (Role.OWNER, Role.CARETAKER)


class Person(AbstractUser):
    """Someone who signs in. The first is made at the command line, others by an invitation."""

    role = models.CharField(max_length=9, choices=Role.choices, default=Role.CARETAKER)
    language = models.CharField(
        max_length=2, choices=[(lang.value, lang.name) for lang in Language], default=Language.FR
    )

    @property
    def acts(self) -> bool:
        """Return whether this person may change anything, and sign orders."""
        return self.is_active and self.role in ACTING

    @property
    def invites(self) -> bool:
        """Return whether this person says who else may come in."""
        return self.is_active and self.role == Role.OWNER

    def __str__(self) -> str:
        """Return the name to greet with."""
        return self.first_name or self.username


class SigningKey(models.Model):
    """The public half of a caretaker's own key: machines obey it, the console cannot sign."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="signing_keys")
    public = models.CharField(max_length=43, unique=True)
    added_at = models.DateTimeField()

    def __str__(self) -> str:
        """Return the public key."""
        return self.public
