"""What Vigie knows of an incident, in words: the register as it begins. The rest stays blank."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from vigie import phrasebook
from vigie.console.desk import moments
from vigie.console.incidents.models import Incident
from vigie.console.intake.models import Report
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.practice import Country, Language
from vigie.domain.practice import Reader as For
from vigie.domain.response import Deed, Result
from vigie.phrasebook import Unspeakable

BEFORE = timedelta(hours=1)  # what led to it
MOST_EVENTS = 40
_DEEDS = {
    Deed.HOLD: gettext_noop("set aside before it was opened"),
    Deed.FREEZE: gettext_noop("the program was stopped"),
    Deed.BLOCK: gettext_noop("the folder or the device was closed"),
    Deed.ISOLATE: gettext_noop("the machine was cut off the network"),
    Deed.RESTORE: gettext_noop("the documents were brought back"),
    Deed.ROLL_BACK: gettext_noop("the version before was brought back"),
    Deed.DISARM: gettext_noop("a safe copy was made"),
    Deed.MASK: gettext_noop("what identifies was covered"),
    Deed.SHUT_DOWN: gettext_noop("the machine was shut down cleanly"),
    Deed.TELL: gettext_noop("the staff was told at the machine"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One report, in words."""

    at: datetime
    machine: str
    said: str
    deeds: tuple[str, ...]


def tongue(incident: Incident) -> Language:
    """Return the language of an incident's papers: French in France, else the practice's own."""
    french = incident.country == Country.FR.value
    return Language.FR if french else Language(incident.practice.language)


def register(incident: Incident) -> dict[str, str]:
    """Return the first revision of the register: what the reports say, and nothing more."""
    with translation.override(tongue(incident).value):
        told = events(incident)
        zone, seen = incident.practice.timezone, incident.alert is not None
        how = _("Vigie reported it %(at)s.") if seen else _("The practice told it %(at)s.")
        known: dict[str, str] = {
            "what_happened": _what(told) or (_title(incident) if seen else ""),
            "began": on(told[0].at if told else incident.happened_at, zone) if seen else "",
            "how_known": how % {"at": on(incident.aware_at, zone)},
            "machines": ", ".join(_machines(incident, told)),
            "measures_taken": "\n".join(_measures(told, zone)),
        }
    return {slug: text for slug, text in known.items() if text}


def events(incident: Incident, until: datetime | None = None) -> Sequence[Event]:
    """Return what machines reported about the danger, oldest first, in the language in force."""
    reports = Report.objects.filter(
        practice=incident.practice,
        danger=incident.danger,
        at__gte=incident.happened_at - BEFORE,
    ).exclude(gravity=Gravity.NOTE.value)
    if end := until or incident.closed_at:
        reports = reports.filter(at__lte=end)
    told = reports.select_related("machine").order_by("at", "id")[:MOST_EVENTS]
    return [
        Event(
            at=row.at,
            machine=str(row.machine),
            said=" ".join(sentence(row.danger, f["fact"], f["numbers"]) for f in row.facts),
            deeds=tuple(_done(row.outcomes)),
        )
        for row in told
    ]


def sentence(danger: str, fact: str, numbers: dict[str, int]) -> str:
    """Return the caretaker's sentence of a fact, in the language in force."""
    spoken = Language((translation.get_language() or "fr")[:2])
    try:
        return phrasebook.say(
            Danger(danger), fact, reader=For.CARETAKER, language=spoken, numbers=numbers
        ).text
    except Unspeakable:
        return phrasebook.incident(Danger(danger), spoken)


def _what(told: Sequence[Event]) -> str:
    return "\n".join(dict.fromkeys(event.said for event in told))


def _title(incident: Incident) -> str:
    spoken = Language((translation.get_language() or "fr")[:2])
    return phrasebook.incident(Danger(incident.danger), spoken)


def _machines(incident: Incident, told: Sequence[Event]) -> list[str]:
    named = [event.machine for event in told]
    return list(dict.fromkeys(named)) or ([str(incident.machine)] if incident.machine else [])


def _measures(told: Iterable[Event], zone: str) -> list[str]:
    return [
        _("%(at)s, “%(machine)s”: %(deeds)s.")
        % {
            "at": first_on(event.at, zone),
            "machine": event.machine,
            "deeds": ", ".join(event.deeds),
        }
        for event in told
        if event.deeds
    ]


def _done(outcomes: Iterable[dict[str, object]]) -> list[str]:
    """Return the deeds that were done, in words; restored documents are counted."""
    done = []
    for outcome in outcomes:
        deed = Deed(str(outcome["deed"]))
        if outcome["result"] != Result.DONE.value or deed not in _DEEDS:
            continue
        numbers = outcome.get("numbers")
        files = numbers.get("files", 0) if isinstance(numbers, dict) else 0
        if deed is Deed.RESTORE and files:
            counted = ngettext(
                "%(n)d document was brought back", "%(n)d documents were brought back", files
            )
            done.append(counted % {"n": files})
        else:
            done.append(_(_DEEDS[deed]))
    return done


def on(at: datetime, zone: str) -> str:
    """Return a moment as papers write it: day, year and hour in the practice's time."""
    return _("%(day)s at %(hour)s") % {
        # With its year: a paper is read long after.
        "day": moments.date(at, zone, at - timedelta(days=400)),
        "hour": moments.hour(at, zone),
    }


def first_on(at: datetime, zone: str) -> str:
    """Return a moment as it stands at the beginning of a line."""
    said = on(at, zone)
    return said[0].upper() + said[1:]
