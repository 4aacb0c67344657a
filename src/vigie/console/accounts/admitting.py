"""Making caretakers on the host's command line: the first one, the owner, only there."""

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from vigie.console.accounts.models import Person, Role
from vigie.domain.practice import Language


def caretaker(name: str, *, full_name: str = "", language: Language = Language.FR) -> Person:
    """Return the caretaker of that name, made without any password if there is none.

    The first of a console is its owner.
    """
    owned = Person.objects.filter(role=Role.OWNER, is_active=True).exists()
    made = {
        "first_name": full_name or name,
        "language": language.value,
        "role": Role.CARETAKER if owned else Role.OWNER,
    }
    person, new = Person.objects.get_or_create(username=name, defaults=made)
    if new:
        person.set_unusable_password()
        person.save(update_fields=["password"])
    return person


def first_password_link(person: Person) -> str:
    """Return the address where this person sets a password: once, within a day."""
    route = reverse(
        "first_password",
        kwargs={
            "uidb64": urlsafe_base64_encode(force_bytes(person.pk)),
            "token": default_token_generator.make_token(person),
        },
    )
    return settings.ADDRESS.geturl().rstrip("/") + route
