"""Whom to tell and how long is left, in the practice's own time; the steps, with who took them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigie.console.desk import moments, words
from vigie.console.incidents.models import Incident, Tick
from vigie.domain.danger import Danger
from vigie.domain.practice import Country
from vigie.knowledge.playbooks import playbook
from vigie.knowledge.playbooks.playbook import Duty, Page, Phase, Risk, Step, Weight

SOON = timedelta(hours=24)
TimeState = Literal["done", "spared", "open", "soon", "late", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One step or duty in words. `done` is who said so and when, or nothing; `tick` the same."""

    slug: str
    said: str
    done: str
    tick: Tick | None
    expired: str  # why it is not current, or nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Time(Line):
    """A duty with its clock. `state` expired is that of its rules."""

    name: str
    weight: Weight
    state: TimeState
    left: str
    until: str
    due: datetime | None  # None: as soon as possible


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """The steps of one phase: those that are current, and those that have expired."""

    phase: str
    title: str
    steps: Sequence[Line]
    expired: Sequence[Line]


def duties(incident: Incident, risk: Risk, now: datetime) -> Sequence[Time]:
    """Return whom to tell about an incident."""
    ticks = _ticks(incident)
    found = playbook.duties(Danger(incident.danger), Country(incident.country))
    return [_time(incident, duty, risk, ticks.get(duty.slug), now) for duty in found]


def stretches(incident: Incident, now: datetime) -> Sequence[Stretch]:
    """Return the playbook in words, with its ticks."""
    ticks, today = _ticks(incident), now.date()
    found = playbook.steps(Danger(incident.danger), Country(incident.country))
    titles = {
        Phase.DURING: _("During, in this order"),
        Phase.AFTER: _("After"),
        Phase.BEFORE: _("Before the next time"),
    }
    told = []
    for phase, title in titles.items():
        of_phase = [step for step in found if step.phase is phase]
        lines = [(step, _line(incident, step, ticks.get(step.slug), now)) for step in of_phase]
        told.append(
            Stretch(
                phase=phase.value,
                title=title,
                steps=[line for step, line in lines if step.page.current(today)],
                expired=[line for step, line in lines if not step.page.current(today)],
            )
        )
    return told


def sources(incident: Incident, now: datetime) -> Sequence[str]:
    """Return where steps and duties come from, each source once."""
    about = Danger(incident.danger), Country(incident.country)
    pages = [step.page for step in playbook.steps(*about)]
    pages += [duty.page for duty in playbook.duties(*about)]
    told = dict.fromkeys(pages)
    return [
        _("%(source)s. Version %(version)d, looked at on %(checked)s.")
        % {
            "source": page.source,
            "version": page.version,
            "checked": moments.date(_noon(page.checked), "UTC", now),
        }
        for page in told
    ]


def known(incident: Incident) -> frozenset[str]:
    """Return every step and duty that may be ticked."""
    about = Danger(incident.danger), Country(incident.country)
    steps = [step.slug for step in playbook.steps(*about)]
    return frozenset(steps) | {duty.slug for duty in playbook.duties(*about)}


def _ticks(incident: Incident) -> Mapping[str, Tick]:
    """Return the last word on each step, where it is that the step is done."""
    last = {tick.step: tick for tick in Tick.objects.filter(incident=incident).select_related("by")}
    return {step: tick for step, tick in last.items() if tick.done}


def _line(incident: Incident, step: Step, tick: Tick | None, now: datetime) -> Line:
    return Line(
        slug=step.slug,
        said=playbook.say("steps", step.slug, words.language()),
        done=_who(incident, tick, now),
        tick=tick,
        expired=_expiry(step.page, now),
    )


def _time(incident: Incident, duty: Duty, risk: Risk, tick: Tick | None, now: datetime) -> Time:
    due = duty.due(incident.aware_at)
    expired = _expiry(duty.page, now)
    called = duty.called_for(risk)
    zone = incident.practice.timezone
    state: TimeState
    if tick is not None:
        state, left = "done", _who(incident, tick, now)
    elif called is False:
        state, left = "spared", _("not called for at this risk")
    elif due is None:
        state, left = "open", _SOONEST[duty.weight]()
    elif due <= now:
        state = "late"
        left = _("the time was up %(age)s ago: tell all the same, and say why it is late") % {
            "age": moments.age(now - due)
        }
    else:
        state = "soon" if due - now <= SOON else "open"
        left = _("%(left)s left") % {"left": _left(due - now)}
    ends = due is not None and state in {"open", "soon", "late"}
    if expired and state in {"open", "soon", "late"}:  # never as current; never hidden either
        state, left = "expired", _("%(left)s, by rules that have expired") % {"left": left}
    return Time(
        slug=duty.slug,
        said=playbook.say("duties", duty.slug, words.language()),
        name=playbook.say("names", duty.slug, words.language()),
        done=_who(incident, tick, now),
        tick=tick,
        expired=expired,
        weight=duty.weight,
        due=due,
        state=state,
        left=left,
        until=moments.day(due, zone, now) + ", " + moments.hour(due, zone) if ends and due else "",
    )


_SOONEST = {
    Weight.LAW: lambda: _("as soon as possible"),
    Weight.INSURED: lambda: _("as soon as possible"),
    Weight.ADVICE: lambda: _("of your own accord"),
}


def _left(span: timedelta) -> str:
    """Return what is left in days and hours, rounded down: the last hour is counted in minutes."""
    hours = int(span / timedelta(hours=1))
    if hours < 1:
        return moments.age(span)
    if hours < 48:  # noqa: PLR2004  (two days read better as hours)
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days, rest = divmod(hours, 24)
    whole = ngettext("%(n)d day", "%(n)d days", days) % {"n": days}
    if not rest:
        return whole
    return f"{whole}, " + ngettext("%(n)d hour", "%(n)d hours", rest) % {"n": rest}


def _who(incident: Incident, tick: Tick | None, now: datetime) -> str:
    if tick is None:
        return ""
    at = moments.moment(tick.at, incident.practice.timezone, now)
    return _("%(who)s, %(at)s") % {"who": str(tick.by), "at": at}


def _expiry(page: Page, now: datetime) -> str:
    if page.current(now.date()):
        return ""
    return _("Looked at on %(checked)s and expired on %(expires)s: ask before you rely on it.") % {
        "checked": moments.date(_noon(page.checked), "UTC", now),
        "expires": moments.date(_noon(page.expires), "UTC", now),
    }


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), UTC)
