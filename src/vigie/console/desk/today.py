"""The desk: who needs somebody today, who is proven, and what a search leaves of both."""

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Count
from django.utils.translation import gettext_noop

from vigie.console.alerts.models import Alert
from vigie.console.desk import matters, moments, overview, words
from vigie.console.desk.matters import Call
from vigie.console.desk.overview import Stand
from vigie.console.practices.models import Machine, Practice, Reader, State

MOST_ROWS = 100  # of each list: a thousand rows are searched, not scrolled
SHOWS = {
    "all": gettext_noop("All"),
    "calls": gettext_noop("To do today"),
    "unproven": gettext_noop("Not all proven"),
    "proven": gettext_noop("All proven"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """What somebody looks for."""

    words: str = ""
    show: str = "all"

    @property
    def open(self) -> bool:
        """Return whether everything passes."""
        return not self.words and self.show == "all"

    def passes(self, *texts: str) -> bool:
        """Return whether every word looked for stands in one of these texts."""
        found = _plain(" ".join(texts))
        return all(word in found for word in _plain(self.words).split())


@dataclass(frozen=True, kw_only=True)
class Desk:
    """All of the desk."""

    lines: Sequence[Call]
    stands: Sequence[Stand]

    @cached_property
    def called(self) -> frozenset[int]:
        """Return the practices that need somebody."""
        return frozenset(practice.pk for line in self.lines for practice in line.practices)

    @property
    def zone(self) -> str:
        """Return the time zone of most practices: a desk over two countries has one clock."""
        zones = Counter(stand.practice.timezone for stand in self.stands)
        return max(zones, key=zones.__getitem__, default="Europe/Paris")

    @cached_property
    def green(self) -> Sequence[Stand]:
        """Return the practices in which all is proven and nothing is open."""
        return [s for s in self.stands if s.proven and s.practice.pk not in self.called]

    @cached_property
    def others(self) -> Sequence[Stand]:
        """Return the practices in which not all is proven, or something is open."""
        return [s for s in self.stands if not s.proven or s.practice.pk in self.called]


def desk(person: Reader, now: datetime) -> Desk:
    """Return the whole desk of a person, in a handful of queries however many practices."""
    practices = {p.pk: p for p in Practice.objects.visible_to(person)}
    opened = list(Alert.objects.visible_to(person).filter(closed_at=None).select_related("machine"))
    waiting = Machine.objects.visible_to(person).filter(state=State.WAITING).order_by()
    return Desk(
        lines=matters.gathered(
            [alert for alert in opened if alert.muted_at is None],
            practices,
            dict(waiting.values_list("practice_id").annotate(Count("id"))),
        ),
        stands=overview.stands(person, list(practices.values()), opened, now),
    )


def called(
    opened: Sequence[Alert], practice: Practice, now: datetime
) -> Sequence[Mapping[str, object]]:
    """Return the open matters of one practice, gathered, in words."""
    lines = matters.gathered(opened, {practice.pk: practice}, {})
    return [_told(line, practice.timezone, now) for line in lines]


def line_of(person: Reader, alert: Alert) -> Call:
    """Return the line of the desk in which a matter stands; of a settled one, a line of its own."""
    practices = {p.pk: p for p in Practice.objects.visible_to(person)}
    opened = Alert.objects.visible_to(person).filter(closed_at=None, muted_at=None)
    lines = matters.gathered(opened.select_related("machine"), practices, {})
    alone = Call(practices=[alert.practice], kind=alert.kind, alerts=[alert])
    return next((line for line in lines if alert.pk in line.numbers), alone)


def shown(whole: Desk, sieve: Sieve, now: datetime) -> dict[str, object]:
    """Return what the page shows of the desk, in words."""
    lines = [
        _told(line, whole.zone, now)
        for line in whole.lines
        if sieve.show in {"all", "calls"}
        and sieve.passes(
            *(practice.name for practice in line.practices),
            *(str(alert.machine or "") for alert in line.alerts),
            *(words.incident(a.danger) for a in line.alerts[:1] if a.danger),
            words.line(line),
        )
    ]
    green, others = (
        [s for s in stands if not sieve.words or sieve.passes(s.practice.name)]
        for stands in (whole.green, whole.others)
    )
    dated = [(s.oldest, s.practice) for s in whole.green if s.oldest]
    oldest = min(dated, key=lambda pair: pair[0], default=None)
    return {
        "calling": len(whole.called),
        "lines": lines,
        "proven": len(whole.green),
        "oldest": oldest and (moments.age(now - oldest[0]), oldest[1]),
        "green": _rows(green, now) if sieve.show in {"all", "proven"} else [],
        "others": _rows(others, now) if sieve.show in {"all", "unproven"} else [],
        "more": max(0, len(green) - MOST_ROWS) + max(0, len(others) - MOST_ROWS),
    }


def _told(line: Call, zone: str, now: datetime) -> dict[str, object]:
    danger = line.first.danger if line.alerts else ""
    return {
        "line": line,
        "said": words.line(line),
        "since": moments.moment(line.since, zone, now) if line.since else "",
        "spread": words.spread(line),
        "emblem": f"emblems/{danger}.svg" if danger else "",
    }


def _rows(stands: Sequence[Stand], now: datetime) -> list[dict[str, object]]:
    return [
        {
            "practice": stand.practice,
            "sentence": words.stand(stand.counts, stand.machines),
            "oldest": stand.oldest and moments.date(stand.oldest, stand.practice.timezone, now),
        }
        for stand in stands[:MOST_ROWS]
    ]


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
