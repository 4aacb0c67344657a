"""A power cut: how long the battery still holds, and when to stop while it does.

A UPS promises minutes that an old battery does not have, and some never say that they run low. So
the end is near by whichever sign comes first: its own word, its promise, its charge, how fast the
charge goes down, half of what it promised at first, or its silence.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from vigie.domain.evidence.power import OnBattery
from vigie.domain.finding import Finding, Gravity

# What a clean stop takes: programs are told, databases write down what they hold, the system ends.
# Debian gives each service 90 s at most; a practice's machine needs 20 to 60 s in all.
STOP_TAKES = timedelta(seconds=120)
LOWEST_CHARGE = 25  # percent: below it old lead batteries fall off a cliff
HOLDS = 0.5  # of the first promise: a battery at the end of its four years
SILENCE = timedelta(seconds=15)  # a UPS that says nothing any more, in the middle of a power cut
# A UPS that promises no time is not trusted longer: charge alone may fall off that cliff at 70 %.
UNTOLD = timedelta(seconds=120)
FLATTEST = timedelta(seconds=10)  # readings closer together say nothing about a slope


def judge(readings: Sequence[OnBattery]) -> Iterator[Finding]:
    """Given the readings of a power cut, oldest first, say that it is one, and when to stop."""
    newest = readings[-1]
    cut = [reading for reading in readings if reading.outage == newest.outage]
    left = remaining(cut)
    minutes = {} if left is None else {"minutes": max(1, round(left.total_seconds() / 60))}
    clues = {"subject": newest.outage}
    if ending(cut):
        yield Finding(gravity=Gravity.ALARM, fact="battery_low", numbers=minutes, clues=clues)
    else:
        yield Finding(gravity=Gravity.ALARM, fact="on_battery", numbers=minutes, clues=clues)


def remaining(cut: Sequence[OnBattery]) -> timedelta | None:
    """Return how long the machine still runs before it stops; None where nothing tells."""
    now = cut[-1].at
    ends = [end for end in (_by_promise(cut), _by_slope(cut)) if end is not None]
    if not ends:
        return None
    return max(min(ends) - now, timedelta(0))


def ending(cut: Sequence[OnBattery]) -> bool:
    """Return whether it is time to stop."""
    newest = cut[-1]
    if newest.low:
        return True
    if newest.charge is not None and newest.charge <= LOWEST_CHARGE:
        return True
    if newest.silent and newest.at - _last_word(cut) >= SILENCE:
        return True
    left = remaining(cut)
    if left is not None and left <= STOP_TAKES:
        return True
    first = next((r.runtime for r in cut if r.runtime is not None), None)
    held = newest.at - newest.began
    if first is None:
        return held >= UNTOLD
    return held >= HOLDS * timedelta(seconds=first)


def _last_word(cut: Sequence[OnBattery]) -> datetime:
    return next((r.at for r in reversed(cut) if not r.silent), cut[0].began)


def _by_promise(cut: Sequence[OnBattery]) -> datetime | None:
    """Return the end by the latest promise of the UPS."""
    said = next((r for r in reversed(cut) if r.runtime is not None), None)
    return said.at + timedelta(seconds=said.runtime or 0) if said else None


def _by_slope(cut: Sequence[OnBattery]) -> datetime | None:
    """Return the end by how fast the charge went down so far."""
    told = [(r.at, r.charge) for r in cut if r.charge is not None]
    if len(told) < 2:  # noqa: PLR2004  (a slope has two ends)
        return None
    (began, full), (now, charge) = told[0], told[-1]
    if now - began < FLATTEST or charge >= full:
        return None
    return now + (now - began) * (charge / (full - charge))
