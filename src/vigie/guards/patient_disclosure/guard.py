"""Disclosure: a text about to be published tells who a patient is.

A name or a number does so alone. Age, place, trade, a rare illness, an event and a date do so
together, when fewer than twenty people could be meant.
"""

from collections.abc import Iterator, Mapping, Sequence

from vigie.domain.evidence.writing import IDENTIFIERS, Kind, Mark, TextOffered
from vigie.domain.finding import Finding, Gravity
from vigie.domain.guard import Guard
from vigie.knowledge.writing.crowd import FEWEST

_FACTS: Mapping[Kind, str] = {
    **dict.fromkeys(IDENTIFIERS, "identifier_written"),
    Kind.URL: "link_written",
    Kind.ACCOUNT: "link_written",
    Kind.NAME: "name_written",
    Kind.ADDRESS: "address_written",
    **dict.fromkeys((Kind.POSTCODE, Kind.TOWN, Kind.FACILITY, Kind.REGION), "place_written"),
    Kind.DATE: "date_written",
    Kind.AGE: "age_written",
    **dict.fromkeys((Kind.PROFESSION, Kind.DISEASE, Kind.EVENT), "detail_written"),
}
# What identifies alone; all else is said for the record, and shown.
_ALONE = frozenset({"identifier_written", "name_written", "address_written", "known_patient"})


def fact(mark: Mark) -> str:
    """Return the fact that one mark is an instance of."""
    if mark.known:
        return "known_patient"
    if mark.signs:
        return "signature_written"
    return _FACTS[mark.kind]


def gravity(said: str) -> Gravity:
    """Return how much one fact matters by itself."""
    return Gravity.ALARM if said in _ALONE else Gravity.NOTE


def judge(seen: Sequence[TextOffered]) -> Iterator[Finding]:
    """Given a text that somebody wants to publish, say what in it tells who is meant."""
    offered = seen[-1]
    if offered.unread:
        yield Finding(gravity=Gravity.CONCERN, fact="text_unread", clues={"subject": offered.place})
        return
    counts: dict[str, int] = {}
    for mark in offered.marks:
        counts[fact(mark)] = counts.get(fact(mark), 0) + 1
    for said, many in counts.items():
        yield Finding(
            gravity=gravity(said),
            fact=said,
            numbers={"places": many},
            clues={"subject": offered.place},
        )
    if offered.crowd is not None and offered.crowd < FEWEST:
        yield Finding(
            gravity=Gravity.ALARM,
            fact="combination_identifies",
            numbers={"people": max(1, offered.crowd)},
            clues={"subject": offered.place},
        )


GUARD = Guard(watches=TextOffered, judge=judge, keeps=lambda _: False)
