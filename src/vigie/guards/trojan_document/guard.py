"""The Trojan form: a document that would do something, instead of being read.

Three lights. Red: set aside. Orange: readable as a safe copy. Green: it opens. What counts is what
would happen, never a keyword: forms compute their sums with scripts, and writers set the first view
of a PDF with an action.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from vigie.domain.evidence.documents import Act, Document, DocumentArrived, Sight
from vigie.domain.evidence.mail import MailArrived
from vigie.domain.finding import Finding, Gravity
from vigie.domain.guard import Guard
from vigie.guards.trojan_document.lights import MEANINGS, Meaning


def judge(seen: Sequence[DocumentArrived | MailArrived]) -> Iterator[Finding]:
    """Given a file or a letter that arrived, the newest last, say what it would do."""
    newest = seen[-1]
    if isinstance(newest, MailArrived):
        yield from _carried(newest)
    else:
        yield from opinions(newest.document, newest.place)


def _carried(mail: MailArrived) -> Iterator[Finding]:
    """Say what a letter's attachments would do, red alone: orange is asked about when opened."""
    said = set[str]()
    for attachment in mail.message.attachments:
        document = Document(
            name=attachment.name,
            digest=mail.key,  # it is the letter that is put aside
            size=attachment.size,
            form=attachment.kind.value,
            sights=attachment.sights,
        )
        for finding in opinions(document, mail.place):
            if finding.gravity is Gravity.ALARM and finding.fact not in said:
                said.add(finding.fact)
                yield replace(finding, clues={**finding.clues, "letter": mail.key})


def opinions(document: Document, place: str) -> Iterator[Finding]:
    """Yield what there is to say about one document, the gravest first."""
    by_fact: dict[str, list[Sight]] = {}
    meanings: dict[str, Meaning] = {}
    for sight in document.sights:
        meaning = MEANINGS[sight.act]
        by_fact.setdefault(meaning.fact, []).append(sight)
        meanings[meaning.fact] = meaning
    for fact in sorted(by_fact, key=lambda f: -meanings[f].gravity.rank):
        yield _finding(meanings[fact], by_fact[fact], document, place)


def _finding(meaning: Meaning, sights: Sequence[Sight], document: Document, place: str) -> Finding:
    first = sights[0]
    return Finding(
        gravity=meaning.gravity,
        fact=meaning.fact,
        numbers={"times": len(sights)},
        clues={
            "subject": document.digest,
            "place": place,
            "name": document.name or "?",
            "act": first.act.value,
            "inside": first.where,
            "detail": first.detail or first.where or document.form,
        },
    )


def light(findings: Sequence[Finding]) -> Gravity:
    """Return the light of a document: NOTE is green, CONCERN orange, ALARM red."""
    return max((f.gravity for f in findings), key=lambda g: g.rank, default=Gravity.NOTE)


GUARD: Guard[DocumentArrived | MailArrived] = Guard(
    watches=DocumentArrived | MailArrived, judge=judge
)

__all__ = ["GUARD", "Act", "judge", "light", "opinions"]
