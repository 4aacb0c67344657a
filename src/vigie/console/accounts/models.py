"""Persons who sign in, and the keys that sign their orders."""

from django.contrib.auth.models import AbstractUser
from django.db import models

from vigie.domain.practice import Language


class Person(AbstractUser):
    """Someone who signs in: a caretaker. There is no way to become one but the command line."""

    language = models.CharField(
        max_length=2, choices=[(lang.value, lang.name) for lang in Language], default=Language.FR
    )

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
