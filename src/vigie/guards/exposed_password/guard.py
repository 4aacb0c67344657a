"""Exposed password: it stands where others read it, or it is no secret any more.

Several ways in, one promise: each kind of evidence has its judge in a module of this folder.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from vigie.domain.evidence import Evidence
from vigie.domain.evidence.passwords import AccountsSeen, NotesSeen, PasswordMeasured
from vigie.domain.evidence.pictures import WorkplaceSeen
from vigie.domain.finding import Finding
from vigie.domain.guard import Guard
from vigie.guards.exposed_password.by_account import judge_accounts
from vigie.guards.exposed_password.by_note import judge_notes
from vigie.guards.exposed_password.by_strength import judge_strength
from vigie.guards.exposed_password.by_workplace import judge_workplace

# A further way in: its evidence here and in `watches`, its judge in a module beside.
WAYS: Mapping[type[Evidence], Callable[..., Iterator[Finding]]] = {
    PasswordMeasured: judge_strength,
    NotesSeen: judge_notes,
    AccountsSeen: judge_accounts,
    WorkplaceSeen: judge_workplace,
}


def judge(seen: Sequence[Evidence]) -> Iterator[Finding]:
    """Given the newest evidence last, say what of it exposes a password."""
    newest = seen[-1]
    yield from WAYS[type(newest)](newest)


GUARD: Guard[Evidence] = Guard(
    watches=PasswordMeasured | NotesSeen | AccountsSeen | WorkplaceSeen,
    judge=judge,
    keeps=lambda _: False,
)
