"""Advising: a caretaker answers a doubt, and what is bad is refused everywhere from then on."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from vigie.console.accounts.models import Person
from vigie.console.alerts import opening
from vigie.console.intake import consequences, sharing
from vigie.console.intake.models import Advice, Question
from vigie.console.journal import chain
from vigie.console.practices.models import Machine
from vigie.knowledge import domains, reported
from vigie.wire.advice import Advice as Answer
from vigie.wire.advice import AdviceWord

MOST_AT_ONCE = 32
_SELECT = ("pk", "question__item", "answer", "at")


def give(question: Question, answer: Answer, by: Person, now: datetime) -> Advice | None:
    """Write down an answer; None where somebody was quicker.

    An answer that says a thing is bad gives its marks to every machine of every practice.
    """
    with transaction.atomic():
        given, new = Advice.objects.get_or_create(
            question=question,
            defaults={
                "practice_id": question.practice_id,
                "machine_id": question.machine_id,
                "answer": answer.value,
                "at": now,
                "by": by,
            },
        )
        if not new:
            return None
        chain.record(
            question.practice,
            {
                "event": "advised",
                "machine": question.machine.pseudonym,
                "question": question.item,
                "answer": answer.value,
                "by": by.pk,
            },
            now,
        )
        if answer is Answer.LEAVE:
            sharing.share(question.practice, marks(question), now)
        waits = Question.objects.filter(
            machine=question.machine, danger=question.danger, advice=None
        )
        if not waits.exists():
            opening.settle([consequences.asked(question.machine, question.danger)], now)
    return given


def marks(question: Question) -> Iterator[str]:
    """Yield the marks by which the same thing is known elsewhere.

    What a machine sent is looked at again here: it could name a provider of mailboxes. Machines
    heed no mark of an official body, whoever made it.
    """
    yield from question.digests
    if question.sender and reported.owned(question.sender):
        yield reported.sender_mark(domains.site(question.sender))
    for host in question.hosts:
        if reported.owned(host):
            yield reported.host_mark(domains.site(host))


def since(machine: Machine, number: int) -> tuple[tuple[AdviceWord, ...], int]:
    """Return the answers to this machine's questions after a mark, and the new mark."""
    rows = Advice.objects.filter(machine=machine, pk__gt=number).order_by("pk")
    found = list(rows.values_list(*_SELECT)[:MOST_AT_ONCE])
    words = tuple(AdviceWord(question=item, advice=Answer(a), at=at) for _, item, a, at in found)
    return words, found[-1][0] if found else number
