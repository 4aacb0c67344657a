"""A machine joins: code, key, approval. Each step is written in the practice's journal."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction

from vigie.console.accounts.models import ACTING, Person, SigningKey
from vigie.console.enrolment.models import EnrolmentCode
from vigie.console.journal import chain
from vigie.console.practices.models import Machine, Practice, State
from vigie.console.signing import passkeys
from vigie.wire.enrolment import Admission, Application

LIFE = timedelta(hours=24)  # long enough for one visit, too short to lie about in a drawer
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # without those that are read two ways


class CodeRefused(LookupError):
    """The code is unknown, used or too old; which of them is not said."""


def make_code(practice: Practice, now: datetime) -> str:
    """Make a one-use code for a practice; this is the only time it can be read."""
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    EnrolmentCode.objects.create(
        practice=practice, digest=_digest(code), made_at=now, expires=now + LIFE
    )
    return code


def apply(application: Application, now: datetime) -> Machine:
    """Given an application signed by its own key, return the machine, waiting for approval.

    Asking again with the same code and key is the same application. Raise CodeRefused.
    """
    codes = EnrolmentCode.objects.filter(digest=_digest(application.code), expires__gt=now)
    with transaction.atomic():
        if not codes.filter(used_at=None).update(used_at=now):
            again = codes.filter(machine__key=application.key).select_related("machine__practice")
            if (code := again.first()) is None or code.machine is None:
                raise CodeRefused
            machine: Machine = code.machine
            return machine
        code = codes.select_related("practice").get()
        if Machine.objects.filter(key=application.key).exists():
            raise CodeRefused  # a key joins once; the code is given back by the rollback
        machine = Machine.objects.create(
            practice=code.practice, key=application.key, system=application.system, applied_at=now
        )
        codes.update(machine=machine)
        _write(machine, "applied", now)
    return machine


def approve(machine: Machine, now: datetime, *, by: Person | None = None, name: str = "") -> bool:
    """Let a waiting machine in, under the caretaker's name for it; False if it was not waiting."""
    with transaction.atomic():
        named = {"name": name} if name else {}
        waiting = Machine.objects.filter(pk=machine.pk, state=State.WAITING)
        if not waiting.update(state=State.APPROVED, approved_at=now, **named):
            return False
        _write(machine, "approved", now, by)
    machine.refresh_from_db()
    return True


def revoke(machine: Machine, now: datetime, *, by: Person | None = None) -> bool:
    """Take nothing from this machine any more; False if that was so already."""
    with transaction.atomic():
        others = Machine.objects.filter(pk=machine.pk).exclude(state=State.REVOKED)
        if not others.update(state=State.REVOKED):
            return False
        _write(machine, "revoked", now, by)
    machine.refresh_from_db()
    return True


def admission(machine: Machine) -> Admission:
    """Return the answer to a machine: whether it is in, and whose orders it may obey."""
    acting = {"person__role__in": ACTING, "person__is_active": True}
    mine = SigningKey.objects.filter(person__practices=machine.practice_id, **acting)
    approved = machine.state == State.APPROVED
    return Admission(
        machine=machine.pseudonym,
        practice=machine.practice.pseudonym,
        fingerprint=machine.fingerprint,
        approved=approved,
        caretakers=tuple(mine.order_by("id").values_list("public", flat=True)[:16])
        if approved
        else (),
        passkeys=passkeys.of_practice(machine.practice)[:16] if approved else (),
    )


def _write(machine: Machine, event: str, now: datetime, by: Person | None = None) -> None:
    record = {"event": event, "machine": machine.pseudonym, "key": machine.key}
    signed = {"by": by.pk} if by else {}
    chain.record(machine.practice, {**record, **signed}, now)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()  # 80 random bits: no salt is needed
