"""Who else looks after the practices of a person, and sending somebody away."""

from datetime import datetime

from allauth.usersessions.models import UserSession
from django.db import transaction
from django.db.models import QuerySet

from vigie.console.accounts.models import Person
from vigie.console.journal import chain
from vigie.console.practices.models import Care, Practice


def of(person: Person) -> QuerySet[Person]:
    """Return all who share a practice with this person, by name."""
    mine = Care.objects.filter(person=person).values("practice_id")
    shared = Care.objects.filter(practice_id__in=mine).values("person_id")
    return Person.objects.filter(pk__in=shared, is_active=True).order_by("first_name", "pk")


def send_away(by: Person, who: Person, now: datetime) -> bool:
    """Close the practices of `by` to somebody, at once; False where it is not theirs to do.

    Whoever has no practice left cannot sign in any more, and their sessions end.
    """
    mine = set(Practice.objects.visible_to(by).values_list("pk", flat=True))
    if not by.invites or who.pk == by.pk:
        return False
    with transaction.atomic():
        shared = Care.objects.filter(person=who, practice_id__in=mine)
        practices = list(Practice.objects.filter(pk__in=shared.values("practice_id")))
        if not practices:
            return False
        shared.delete()
        for practice in practices:
            chain.record(practice, {"event": "sent_away", "who": who.pk, "by": by.pk}, now)
        if not Care.objects.filter(person=who).exists():
            Person.objects.filter(pk=who.pk).update(is_active=False)
            end_sessions(who)
    return True


def end_sessions(person: Person, *, but: str = "", number: int | None = None) -> None:
    """End the sessions of a person: all but the one with the key `but`, or one of them."""
    sessions = UserSession.objects.filter(user=person).exclude(session_key=but)
    for session in sessions if number is None else sessions.filter(pk=number):
        session.end()
