"""How many people could fit what a text says of one: place, age, trade, illness, event, date.

The estimate is a product of shares, as if they were independent, over the inhabitants of the
smallest place that is named: a further detail can only lower it. It errs towards few: of several
values the smallest counts, and a place that no gazetteer knows is a hamlet.
"""

from collections.abc import Iterable
from math import floor

from vigie.domain.evidence.writing import Kind, Mark

FEWEST = 20  # people who could be meant: with fewer, those around know which one
_COUNTRY = 68_000_000
_SMALL = 20_000  # inhabitants: there, one detail is enough to be recognised
_RARE_TRADE = 0.001  # share of people: known by their trade alone, wherever they live
_SEX = 0.5
# Share of people of one age (INSEE, pyramide des âges 2024), from this age on.
_AGES = ((0, 0.010), (1, 0.012), (75, 0.009), (80, 0.006), (85, 0.005), (90, 0.002), (95, 0.0006), (100, 0.00005))  # fmt: skip
_DAY, _DAY_OF_EVENT = 0.3, 0.02
_PLACES = frozenset({Kind.TOWN, Kind.FACILITY, Kind.REGION, Kind.POSTCODE})


def crowd(marks: Iterable[Mark]) -> int | None:
    """Return how many people could be meant, or None where too little is said to tell."""
    marks = tuple(marks)
    people = min((m.people for m in marks if m.kind in _PLACES and m.people), default=0)
    shares = {
        kind: min((_share(m) for m in marks if m.kind is kind), default=1.0)
        for kind in (Kind.AGE, Kind.PROFESSION, Kind.DISEASE, Kind.EVENT)
    }
    said = sum(share < 1 for share in shares.values())
    if not _enough(people, shares, said):
        return None
    estimate = float(people or _COUNTRY)
    for share in shares.values():
        estimate *= share
    if any(m.kind is Kind.DATE for m in marks):
        estimate *= _DAY_OF_EVENT if shares[Kind.EVENT] < 1 else _DAY
    return floor(estimate)


def _share(mark: Mark) -> float:
    if mark.kind is not Kind.AGE:
        return mark.share
    years = int(mark.hint or 0)
    return _SEX * next(share for since, share in reversed(_AGES) if years >= since)


def _enough(people: int, shares: dict[Kind, float], said: int) -> bool:
    """Return whether what is said could be put together by somebody who knows the place."""
    if people and people < _SMALL:
        return said >= 1
    if people:
        return said >= 2
    told = shares[Kind.DISEASE] < 1 or shares[Kind.EVENT] < 1
    return shares[Kind.PROFESSION] <= _RARE_TRADE and told
