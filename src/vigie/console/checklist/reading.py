"""How the good practices of one practice stand: by what machines saw, then by what people said.

Unknown is never green. What a machine sees speaks before what a person says; a person's answer
carries a name and a date, and expires.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Max

from vigie.console.accounts.models import Person
from vigie.console.alerts.models import Alert
from vigie.console.checklist.items import Item, items
from vigie.console.checklist.models import Answer, Said
from vigie.console.intake.models import Backup, Proof, Report
from vigie.console.journal import chain
from vigie.console.practices.models import Machine, Practice, Reader, State
from vigie.domain.proof import Standing

LOOKED = timedelta(days=8)  # the daily look at a machine that was off for a week still counts
SAVED = timedelta(hours=26)
SOON = timedelta(days=30)  # an answer that lapses within a month is asked for again


class Basis(StrEnum):
    """What a state is based on."""

    MACHINES = "machines"
    TRIAL = "trial"
    BACKUP = "backup"
    FACT = "fact"
    ANSWER = "answer"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How one item stands, on what basis, and since when; `answer` is the last one given."""

    item: Item
    standing: Standing
    basis: Basis
    at: datetime | None = None
    held: int = 0  # machines on which it holds
    machines: int = 0
    answer: Answer | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    machines: Sequence[Machine]
    looked: Mapping[int, tuple[datetime, Mapping[str, int]]]  # by machine: its last daily look
    trials: Mapping[str, datetime]  # the last time each held
    saved: datetime | None
    open: frozenset[str]
    answers: Mapping[str, Answer]


def states(person: Reader, practice: Practice, now: datetime) -> Sequence[Stand]:
    """Return every item of a practice as it stands, in the order of the list."""
    known = _known(person, practice, now)
    return [_state(item, known, now) for item in items().values()]


def answer(  # noqa: PLR0913  (an answer has these parts)
    practice: Practice, item: Item, said: Said, *, name: str, person: Person, now: datetime
) -> Answer:
    """Write an answer down, in the practice's journal too."""
    with transaction.atomic():
        given = Answer.objects.create(
            practice=practice,
            item=item.slug,
            said=said,
            name=name,
            person=person,
            at=now,
            expires=now + item.lasts,
        )
        event = {"event": "answered", "item": item.slug, "said": said.value, "by": person.pk}
        chain.record(practice, event, now)
    return given


def _known(person: Reader, practice: Practice, now: datetime) -> _Known:
    about = {"practice": practice}
    machines = Machine.objects.visible_to(person).filter(**about, state=State.APPROVED)
    reports = Report.objects.visible_to(person).filter(**about, at__gt=now - LOOKED)
    looked: dict[int, tuple[datetime, Mapping[str, int]]] = {}
    for told in reports.order_by("at", "id").only("machine_id", "at", "facts").iterator():
        for fact in told.facts:
            if fact["fact"] == "machine_checked":
                looked[told.machine_id] = (told.at, fact["numbers"])
    wanted = {item.trial for item in items().values() if item.trial}
    held = Proof.objects.visible_to(person).filter(**about, held=True, trial__in=wanted)
    backups = Backup.objects.visible_to(person).filter(**about, received_at__gt=now - LOOKED)
    opened = Alert.objects.visible_to(person).filter(**about, closed_at=None)
    answers: dict[str, Answer] = {}
    for given in Answer.objects.visible_to(person).filter(**about).order_by("at", "id"):
        answers[given.item] = given
    return _Known(
        machines=list(machines),
        looked=looked,
        trials=dict(held.order_by().values_list("trial").annotate(Max("at"))),
        saved=max((min(b.latest, b.received_at) for b in backups if b.latest), default=None),
        open=frozenset(opened.values_list("fact", flat=True)),
        answers=answers,
    )


def _state(item: Item, known: _Known, now: datetime) -> Stand:
    given = known.answers.get(item.slug)
    if not known.machines and item.seen:
        return Stand(item=item, standing=Standing.BLIND, basis=Basis.NOTHING, answer=given)
    if item.wrong & known.open:
        return Stand(item=item, standing=Standing.TO_DO, basis=Basis.FACT, answer=given)
    if item.machine:
        return _by_machines(item, known)
    if item.trial or item.backup:
        return _by_trial(item, known, now)
    return _by_answer(item, given, now)


def _by_trial(item: Item, known: _Known, now: datetime) -> Stand:
    """Return how an item stands that was tried, or that last night's backup shows."""
    at = known.trials.get(item.trial) if item.trial else known.saved
    if at is None:
        return Stand(item=item, standing=Standing.BLIND, basis=Basis.NOTHING)
    if item.trial:
        standing = Standing.PROVEN if now - at <= item.within else Standing.BLIND
        return Stand(item=item, standing=standing, basis=Basis.TRIAL, at=at)
    standing = Standing.PROVEN if now - at <= SAVED else Standing.TO_DO
    return Stand(item=item, standing=standing, basis=Basis.BACKUP, at=at)


def _by_machines(item: Item, known: _Known) -> Stand:
    """Return how an item stands that the daily look sees: on every machine, or it does not."""
    told = [known.looked[m.pk] for m in known.machines if m.pk in known.looked]
    said = [numbers[item.machine] for _, numbers in told if item.machine in numbers]
    standing = Standing.PROVEN
    if 0 in said:
        standing = Standing.TO_DO
    elif len(said) < len(known.machines):
        standing = Standing.BLIND
    return Stand(
        item=item,
        standing=standing,
        basis=Basis.MACHINES if said else Basis.NOTHING,
        at=min((at for at, numbers in told if item.machine in numbers), default=None),
        held=sum(said),
        machines=len(known.machines),
    )


def _by_answer(item: Item, given: Answer | None, now: datetime) -> Stand:
    if given is None:
        return Stand(item=item, standing=Standing.BLIND, basis=Basis.NOTHING)
    standing = Standing.PROVEN
    if given.expires <= now:
        standing = Standing.BLIND
    elif given.said == Said.NO:
        standing = Standing.TO_DO
    elif given.expires - now <= min(SOON, item.lasts / 4):
        standing = Standing.TO_WATCH
    return Stand(item=item, standing=standing, basis=Basis.ANSWER, at=given.at, answer=given)
