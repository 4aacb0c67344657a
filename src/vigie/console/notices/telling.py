"""Who is told of what, and when: each step may run twice, or be cut in the middle.

A row that says "this person is to be told of this outage" stands once, by a rule of the database.
Nothing leaves from here: at the end there are messages, and a job for each.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from vigie.console.accounts.models import Person
from vigie.console.alerts.models import Alert, Outage
from vigie.console.jobs import queue
from vigie.console.journal import chain
from vigie.console.notices import hours
from vigie.console.notices.models import Address, Message, State, Telling, Wish
from vigie.domain.finding import Gravity

SEND = "vigie.console.notices.duties.send"
WAIT = timedelta(minutes=30)  # for an answer, where the person has said nothing else


def begin(now: datetime) -> int:
    """Write down who is first to be told of each new outage; return how many rows that made."""
    fresh = Outage.objects.filter(closed_at=None, told_at=None).select_related("practice")
    made = 0
    for outage in fresh:
        with transaction.atomic():
            # Only one worker begins it; cut in the middle, it has not begun.
            if Outage.objects.filter(pk=outage.pk, told_at=None).update(told_at=now):
                people = first_of(caretakers(outage.practice_id))
                made += sum(_call(outage, person, 0, now) for person in people)
    return made


def escalate(now: datetime) -> int:
    """Call in whoever follows those who have not answered in time; return how many rows."""
    unanswered = Telling.objects.filter(
        outage__closed_at=None, outage__acknowledged_at=None
    ).exclude(state=State.WAITING)
    made = 0
    for telling in unanswered.select_related("outage__practice", "message", "person"):
        wish = Wish.objects.filter(person=telling.person_id).select_related("following").first()
        if wish is None or wish.following is None or not _is_late(telling, wish, now):
            continue
        if wish.following in caretakers(telling.practice_id):
            with transaction.atomic():
                made += _call(telling.outage, wish.following, telling.level + 1, now)
    return made


def bundle(now: datetime) -> int:
    """Put what is due for each person into one message with its job; return how many messages."""
    spared = Q(outage__acknowledged_at__isnull=False) | Q(outage__closed_at__isnull=False)
    Telling.objects.filter(spared, state=State.WAITING).update(state=State.SPARED)
    due = Telling.objects.filter(state=State.WAITING, due_at__lte=now)
    people = due.order_by("person_id").values_list("person_id", flat=True).distinct()
    return sum(_bundle_for(person, now) for person in list(people))


def caretakers(practice_id: int) -> list[Person]:
    """Return those who look after a practice: not a doctor who only reads there."""
    people = Person.objects.filter(practices=practice_id, is_active=True).order_by("pk")
    return [person for person in people if getattr(person, "acts", True)]


def first_of(people: Iterable[Person]) -> list[Person]:
    """Return those of a practice's caretakers who are told first: nobody's stand-in among them."""
    listed = list(people)
    numbers = [person.pk for person in listed]
    wishes = Wish.objects.filter(person__in=numbers, following__in=numbers)
    stand_ins = set(wishes.values_list("following_id", flat=True))
    return [person for person in listed if person.pk not in stand_ins] or listed


def _call(outage: Outage, person: Person, level: int, now: datetime) -> int:
    """Write that a person is to be told, and why not at once; 0 if it stands already."""
    wish = Wish.objects.filter(person=person).first()
    silenced = not outage.matters.filter(muted_at=None).exists()
    state = State.WAITING
    if silenced or hours.is_muted(wish, now):
        state = State.MUTED
    elif not Address.objects.filter(person=person).exists():
        state = State.NOWHERE
    row = Telling(
        practice_id=outage.practice_id,
        outage=outage,
        person=person,
        level=level,
        state=state,
        made_at=now,
        due_at=hours.due(wish, Gravity(outage.gravity), now),
    )
    head = chain.lock(outage.practice_id)  # two workers take turns
    if Telling.objects.filter(outage=outage, person=person).exists():
        return 0
    row.save(force_insert=True)
    record = {
        "event": "called" if level else "to_tell",
        "outage": outage.pk,
        "person": person.pk,
        "state": state.value,
    }
    chain.append(head, record, now)
    return 1


def _is_late(telling: Telling, wish: Wish, now: datetime) -> bool:
    """Return whether a person has had their time to answer, or cannot have been told."""
    if telling.state in {State.MUTED, State.NOWHERE, State.SPARED}:
        return True
    message = telling.message
    if message is None:
        return False
    if message.ended_at is not None and message.told_at is None:
        return True  # no address took it, or none is sure to have
    since = message.told_at or message.made_at
    return now - since >= timedelta(minutes=wish.wait)


def _bundle_for(person_id: int, now: datetime) -> int:
    with transaction.atomic():
        due = Telling.objects.filter(person=person_id, state=State.WAITING, due_at__lte=now)
        rows = list(due.select_related("outage"))
        if not rows:
            return 0
        gravest = max((Gravity(row.outage.gravity) for row in rows), key=lambda g: g.rank)
        message = Message.objects.create(person_id=person_id, gravity=gravest, made_at=now)
        taken = Telling.objects.filter(
            pk__in=[row.pk for row in rows], state=State.WAITING, message=None
        ).update(state=State.SENT, message=message)
        if not taken:
            message.delete()  # another worker was quicker
            return 0
        queue.put(SEND, now=now, key=f"notice/{message.pk}", arguments=[message.pk])
    return 1


def open_outages(person: Person) -> Mapping[int, list[Alert]]:
    """Return the open matters this person may see, by their outage's number."""
    found: dict[int, list[Alert]] = defaultdict(list)
    visible = Alert.objects.visible_to(person).filter(closed_at=None).exclude(outage=None)
    for alert in visible.select_related("machine", "practice"):
        found[alert.outage_id].append(alert)
    return found
