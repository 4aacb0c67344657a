"""Scopes: what a key may do. A key never may more than the person who made it may now."""

from enum import StrEnum

from vigie.console.accounts.models import Person


class Scope(StrEnum):
    """One right of a key."""

    READ_PRACTICES = "practices:read"
    ADD_PRACTICES = "practices:add"
    READ_MATTERS = "matters:read"
    SETTLE_MATTERS = "matters:settle"
    READ_MACHINES = "machines:read"
    ADMIT_MACHINES = "machines:admit"
    READ_PROOFS = "proofs:read"
    READ_BACKUPS = "backups:read"
    READ_JOURNAL = "journal:read"
    READ_UPDATES = "updates:read"
    READ_INCIDENTS = "incidents:read"
    WRITE_INCIDENTS = "incidents:write"
    READ_LETTERS = "letters:read"
    SEND_LETTERS = "letters:send"
    READ_CHECKLIST = "checklist:read"
    ANSWER_CHECKLIST = "checklist:answer"
    READ_QUESTIONS = "questions:read"
    ANSWER_QUESTIONS = "questions:answer"
    READ_ORDERS = "orders:read"
    CARRY_ORDERS = "orders:carry"
    READ_METRICS = "metrics:read"


def rights(person: Person) -> frozenset[Scope]:
    """Return the scopes that this person may give to a key, and that a key of theirs keeps.

    Whoever acts (a caretaker) may do all that the desk does in their own practices; whoever only
    reads may give a key that reads.
    """
    if not person.is_active:
        return frozenset()
    if not person.acts:
        return frozenset(scope for scope in Scope if scope.value.endswith(":read"))
    return frozenset(Scope)
