"""Ransomware: documents that were sound stop being so, by one hand or by many.

What counts is what a document becomes, never entropy alone and never a new name. Damage does
not decay: a slow attacker is an attacker. A document that is sound again leaves the count.
A message that brings the program is judged by itself (`by_mail`), and then forgotten.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from vigie.domain.evidence.files import (
    CanaryTouched,
    FileEvidence,
    FileMended,
    FileRemoved,
    FileRewritten,
    Touch,
)
from vigie.domain.evidence.mail import MailArrived
from vigie.domain.evidence.structure import Kind, Soundness, Structure
from vigie.domain.finding import Finding, Gravity
from vigie.domain.guard import Guard
from vigie.guards.ransomware.by_mail import judge_mail
from vigie.knowledge.becoming import archive, stand_in, unreadable, worse

# One broken document is an accident, two are a coincidence, and people do put two files into the
# wrong program. No ordinary load out of two dozen measured breaks three of its own.
BY_ONE = 3
# Over all families nobody looks after the other, so accidents add up; one process for each file
# is stopped here. Everything stays restorable meanwhile.
BY_MANY = 5
# Somebody who encrypts letters before sending them does a handful; an attacker does all.
LOCKED_AWAY = 10
TIDIED_UP = 25  # read and then deleted: moving to another disk looks like this too, so we ask
MEMORY = timedelta(days=30)
# One heap of noise can stand for many documents. Whoever packs before encrypting makes it smaller:
# practice papers (already packed inside, mostly) shrink to no less than half.
PACKED = 2
LEAST_PACKED = 20  # times smaller: the best that an archive of tables and texts does
# Letters for bytes: base64 makes four of three, with line ends a little more; hexadecimal two.
WRITTEN_OUT = ((1.30, 1.42), (1.98, 2.08))


@dataclass(slots=True)
class Hand:
    """What one family did, as far as it counts."""

    broken: dict[str, FileRewritten] = field(default_factory=dict)
    stand_ins: dict[str, FileRewritten] = field(default_factory=dict)
    removed: dict[str, FileRemoved] = field(default_factory=dict)
    canaries: dict[str, CanaryTouched] = field(default_factory=dict)
    latest: FileEvidence | None = None

    @property
    def replaced(self) -> int:
        """Return how many removed documents have something unreadable in their stead."""
        gone = [removal.before.size for removal in self.removed.values()]
        noise = [n.after.size for n in self._new if unreadable(n.after) and not n.after.sealed]
        letters = sum(_written_out(new.after, gone) for new in self._new)
        room, swallowed = sum(noise) * PACKED, 0
        for size in gone:
            room -= size
            swallowed += room >= 0
        return max(min(len(noise) + letters, len(gone)), swallowed)

    @property
    def _new(self) -> list[FileRewritten]:
        return list(self.stand_ins.values())

    @property
    def harm(self) -> int:
        """Return how many documents this hand broke or replaced."""
        return len(self.broken.keys() - self.removed.keys()) + self.replaced

    @property
    def archived(self) -> bool:
        """Return whether the removed documents lie in an archive that anybody can open."""
        packed = sum(new.after.size for new in self._new if archive(new.after))
        return packed * LEAST_PACKED >= sum(gone.before.size for gone in self.removed.values())

    @property
    def sealed(self) -> bool:
        """Return whether it wrote something under a password."""
        return any(new.after.sealed for new in self._new)


def _written_out(new: Structure, sizes: Sequence[int]) -> bool:
    if new.kind is not Kind.TEXT and new.defect != "encoded":
        return False
    return any(
        least <= new.size / size <= most for size in sizes if size for least, most in WRITTEN_OUT
    )


def counts(evidence: FileEvidence | MailArrived) -> bool:
    """Return whether a later judgement may need this evidence; ordinary work is forgotten."""
    if isinstance(evidence, MailArrived):
        return False
    if isinstance(evidence, FileRewritten):
        if evidence.before is None:
            new = evidence.after
            return evidence.read and stand_in(new)
        return worse(evidence.before, evidence.after)
    return not isinstance(evidence, FileRemoved) or evidence.read


def judge(seen: Sequence[FileEvidence | MailArrived]) -> Iterator[Finding]:
    """Given a month of what counts, the newest last, say what the newest adds up to."""
    newest = seen[-1]
    if isinstance(newest, MailArrived):
        yield from judge_mail(newest)
        return
    if not counts(newest) or isinstance(newest, FileMended):
        return
    hands = _hands([evidence for evidence in seen if not isinstance(evidence, MailArrived)])
    hand = hands[newest.family]
    if newest.family:
        yield from _by_one(hand, newest)
    harm = sum(other.harm for other in hands.values())
    if harm >= (BY_MANY if newest.family else BY_ONE):
        yield _finding("files_scrambled_by_many", newest, files=harm, families=len(hands))


def _by_one(hand: Hand, newest: FileEvidence) -> Iterator[Finding]:
    canaries = [touched for touched in hand.canaries.values() if touched.alone]
    written = any(touched.touch is Touch.WRITTEN for touched in canaries)
    if hand.harm >= BY_ONE:
        yield _finding("files_scrambled", newest, files=hand.harm)
    elif written or (canaries and hand.harm):
        yield _finding("canary_touched", newest, files=hand.harm)
    elif hand.sealed and len(hand.removed) >= LOCKED_AWAY:
        yield _finding("files_locked_away", newest, files=len(hand.removed))
    elif len(hand.removed) >= TIDIED_UP and not hand.archived:
        yield _finding(
            "files_deleted_after_reading",
            newest,
            gravity=Gravity.CONCERN,
            files=len(hand.removed),
        )


def _hands(seen: Sequence[FileEvidence]) -> dict[str, Hand]:
    hands: defaultdict[str, Hand] = defaultdict(Hand)
    for evidence in seen:
        hand = hands[evidence.family]
        match evidence:
            case FileMended():
                for other in hands.values():
                    other.broken.pop(evidence.document, None)
                    other.removed.pop(evidence.document, None)
                    other.canaries.pop(evidence.document, None)
            case FileRewritten(before=None):
                hand.stand_ins[evidence.document] = evidence
            case FileRewritten():
                hand.broken[evidence.document] = evidence
            case FileRemoved() if evidence.before.soundness is not Soundness.BROKEN:
                hand.removed[evidence.document] = evidence
            case CanaryTouched():
                hand.canaries[evidence.document] = evidence
            case _:
                pass
    return hands


def _finding(
    fact: str, newest: FileEvidence, *, gravity: Gravity = Gravity.ALARM, **numbers: int
) -> Finding:
    alone = fact != "files_scrambled_by_many"
    return Finding(
        gravity=gravity,
        fact=fact,
        numbers=numbers,
        clues={
            # So many more by many hands are news again: whatever still goes on is put back as well.
            "subject": newest.family if alone else f"{newest.folder} {numbers['files'] // BY_MANY}",
            "family": newest.family,
            "folder": newest.folder,
            "path": newest.path,
        },
    )


GUARD = Guard(watches=(FileEvidence, MailArrived), judge=judge, window=MEMORY, keeps=counts)
