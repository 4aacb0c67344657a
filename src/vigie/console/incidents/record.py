"""Writing about an incident: each writing has its row in the journal, in the same transaction.

The journal holds digests, not sentences: an extract of it can be handed on without the register.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from vigie.console.accounts.models import Person
from vigie.console.incidents.models import Draft, Incident, Revision, Tick
from vigie.console.journal import chain
from vigie.domain.proof import canonical

Content = Mapping[str, str]
EARLIEST = timedelta(days=400)


def digest(content: Content) -> str:
    """Return the SHA-256 of a content in its one canonical text."""
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def tick(incident: Incident, step: str, now: datetime, *, done: bool, by: Person) -> Tick:
    """Say that a step is done, or is not after all; the same word is not written again."""
    with transaction.atomic():
        head = chain.lock(incident.practice_id)
        last: Tick | None = Tick.objects.filter(incident=incident, step=step).last()
        if last is not None and last.done == done:
            return last
        row = {"event": "incident_step", "opened": incident.entry, "step": step, "done": done}
        head = chain.append(head, row, now)
        return Tick.objects.create(
            practice=incident.practice,
            incident=incident,
            by=by,
            at=now,
            entry=head.number,
            step=step,
            done=done,
        )


def revise(incident: Incident, content: Content, now: datetime, *, by: Person | None) -> Revision:
    """Write the next revision of the register, whole; an unchanged one is not written again."""
    with transaction.atomic():
        head = chain.lock(incident.practice_id)
        last: Revision | None = Revision.objects.filter(incident=incident).last()
        seal = digest(content)
        if last is not None and last.digest == seal:
            return last
        number = last.number + 1 if last else 1
        row = {
            "event": "register",
            "opened": incident.entry,
            "revision": number,
            "digest": seal,
        }
        head = chain.append(head, row, now)
        return Revision.objects.create(
            practice=incident.practice,
            incident=incident,
            by=by,
            at=now,
            entry=head.number,
            number=number,
            content=dict(content),
            digest=seal,
        )


def draft(incident: Incident, kind: str, content: Content, now: datetime, *, by: Person) -> Draft:
    """Keep a paper as somebody changed it."""
    with transaction.atomic():
        head = chain.lock(incident.practice_id)
        seal = digest(content)
        row = {"event": "paper", "opened": incident.entry, "paper": kind, "digest": seal}
        head = chain.append(head, row, now)
        return Draft.objects.create(
            practice=incident.practice,
            incident=incident,
            by=by,
            at=now,
            entry=head.number,
            kind=kind,
            content=dict(content),
            digest=seal,
        )


def reword(incident: Incident, kind: str, said: Content, now: datetime, *, by: Person) -> Draft:
    """Word parts of a paper differently; a part that is emptied is prepared again."""
    own = {**own_words(incident, kind), **said}
    return draft(incident, kind, {slug: text for slug, text in own.items() if text}, now, by=by)


def own_words(incident: Incident, kind: str) -> dict[str, str]:
    """Return the parts of a paper that somebody worded, as they stand."""
    last = Draft.objects.filter(incident=incident, kind=kind).last()
    return dict(last.content) if last else {}


def believable(at: datetime, now: datetime) -> bool:
    """Return whether a practice may have known since a moment: not to come, not long past."""
    return now - EARLIEST < at <= now


def aware(incident: Incident, at: datetime, now: datetime) -> None:
    """Say when the practice knew: the clock is counted from there. The change is journalled."""
    with transaction.atomic():
        head = chain.lock(incident.practice_id)
        row = {"event": "incident_aware", "opened": incident.entry, "aware": at.isoformat()}
        chain.append(head, row, now)
        Incident.objects.filter(pk=incident.pk).update(aware_at=at)
    incident.aware_at = at
