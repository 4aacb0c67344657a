"""A request of somebody who is signed in."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from vigie.console.accounts.models import Person
from vigie.console.practices.models import Machine, Practice


class Asked(HttpRequest):
    """A request whose person is known: `login_required` stands before every page."""

    user: Person


def practice(request: Asked, pseudonym: str) -> Practice:
    """Return a practice this person looks after, or the page that says there is none."""
    return get_object_or_404(Practice.objects.visible_to(request.user), pseudonym=pseudonym)


def machine(request: Asked, of: Practice, pseudonym: str) -> Machine:
    """Return a machine of the practice, or the page that says there is none."""
    visible = Machine.objects.visible_to(request.user).select_related("practice")
    found: Machine = get_object_or_404(visible, practice=of, pseudonym=pseudonym)
    return found
