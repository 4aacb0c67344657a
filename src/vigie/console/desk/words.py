"""Sentences of the pages: facts and trials by the phrasebook, the console's own by gettext."""

import json
from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import get_language, gettext_noop, ngettext
from django.utils.translation import gettext as _

from vigie import phrasebook
from vigie.console.alerts.models import Alert, Kind
from vigie.console.desk import moments
from vigie.console.desk.matters import Call
from vigie.console.desk.standings import Blindness, Row
from vigie.console.intake.models import Proof
from vigie.domain.danger import Danger
from vigie.domain.practice import Language
from vigie.domain.practice import Reader as For
from vigie.domain.proof import Standing
from vigie.domain.response import Deed, Result
from vigie.phrasebook import Unspeakable

STATES = {
    Standing.PROVEN: gettext_noop("Proven"),
    Standing.TO_WATCH: gettext_noop("To watch"),
    Standing.TO_DO: gettext_noop("To do"),
    Standing.BLIND: gettext_noop("Unknown"),
}
BLIND = {
    Blindness.NO_MACHINE: gettext_noop("Not proven yet"),
    Blindness.NEVER_TRIED: gettext_noop("Not proven yet"),
    Blindness.EXPIRED: gettext_noop("Proof expired"),
    Blindness.SILENT: gettext_noop("No news"),
    Blindness.SENSOR: gettext_noop("Blind"),
}
EVENTS = {
    "applied": gettext_noop("A machine asked to join."),
    "approved": gettext_noop("A machine was approved."),
    "revoked": gettext_noop("A machine was turned away."),
    "advised": gettext_noop("A question was answered."),
    "answered": gettext_noop("A person answered about a good practice."),
    "letter": gettext_noop("A letter to the doctor was written."),
    "letter_let_go": gettext_noop("A letter to the doctor was let go."),
    "letter_let_go_again": gettext_noop("A letter to the doctor was let go once more."),
    "incident_opened": gettext_noop("An incident was opened."),
    "incident_aware": gettext_noop("It was said since when the practice has known."),
    "incident_step": gettext_noop("A step was ticked, or taken back."),
    "register": gettext_noop("The breach register was written."),
    "paper": gettext_noop("A paper was worded."),
    "evidence": gettext_noop("An evidence pack was made."),
    "incident_closed": gettext_noop("An incident was closed."),
    "ordered": gettext_noop("An order was signed."),
    "seen": gettext_noop("A page was looked at."),
    "invited": gettext_noop("Somebody was invited."),
    "let_in": gettext_noop("Somebody came in by an invitation."),
    "sent_away": gettext_noop("Access was closed to somebody."),
    "to_tell": gettext_noop("Somebody is told what began here."),
    "called": gettext_noop("Nobody answered: somebody else is told."),
    "acknowledged": gettext_noop("Somebody has taken on what began here."),
    "settled": gettext_noop("A matter was marked as settled."),
}


DEEDS = {
    Deed.HOLD: gettext_noop("Set aside"),
    Deed.RELEASE: gettext_noop("Given back"),
    Deed.ISOLATE: gettext_noop("Machine taken off the network"),
    Deed.FREEZE: gettext_noop("Program frozen"),
    Deed.BLOCK: gettext_noop("Access closed"),
    Deed.RESTORE: gettext_noop("Files brought back"),
    Deed.ROLL_BACK: gettext_noop("Former version brought back"),
    Deed.DISARM: gettext_noop("Safe copy made"),
    Deed.MASK: gettext_noop("Covered"),
    Deed.SHUT_DOWN: gettext_noop("Machine shut down cleanly"),
    Deed.ASK: gettext_noop("Question put to the practice"),
    Deed.TELL: gettext_noop("Said to the practice"),
}
RESULTS = {
    Result.DONE: gettext_noop("done"),
    Result.NOT_NEEDED: gettext_noop("not needed"),
    Result.FAILED: gettext_noop("did not work"),
    Result.UNDONE: gettext_noop("taken back"),
}


def language() -> Language:
    """Return the language of the page."""
    spoken = (get_language() or "fr")[:2]
    return Language(spoken) if spoken in set(Language) else Language.FR


def incident(danger: str) -> str:
    """Return the incident in one line, as a title."""
    return phrasebook.incident(Danger(danger), language())


def _incident_within(danger: str) -> str:
    """Return the incident as it stands after a colon: German keeps its capital."""
    line = incident(danger)
    return line if language() is Language.DE else line[0].lower() + line[1:]


def state(row: Row) -> str:
    """Return the word for how a promise stands."""
    return _(BLIND[row.blindness]) if row.blindness else _(STATES[row.standing])


def trial(row: Proof) -> str:
    """Return what was tried and how it went."""
    try:
        return phrasebook.say_trial(
            Danger(row.danger),
            row.trial,
            held=row.held,
            language=language(),
            numbers=row.numbers,
        )
    except Unspeakable:
        return _("A trial held.") if row.held else _("A trial did not hold.")


def counts(row: Proof, now: datetime) -> str:
    """Return the state in which one trial leaves a promise."""
    if row.expires <= now:
        return Standing.BLIND.value
    return (Standing.PROVEN if row.held else Standing.TO_DO).value


def fact(danger: str, slug: str, numbers: dict[str, int]) -> str:
    """Return the caretaker's sentence for a fact; the console knows no clue."""
    try:
        said = phrasebook.say(
            Danger(danger), slug, reader=For.CARETAKER, language=language(), numbers=numbers
        )
    except Unspeakable:
        return _("A machine reports: %(incident)s.") % {"incident": _incident_within(danger)}
    return said.text


def following(row: Row, zone: str, now: datetime) -> str:
    """Return what comes next for a promise."""
    if row.standing in {Standing.PROVEN, Standing.TO_WATCH} and row.expires:
        return _("holds until %(day)s") % {"day": moments.date(row.expires, zone, now)}
    if row.standing is Standing.TO_DO:
        return _("to put right, then to try again")
    waits = {
        Blindness.NO_MACHINE: _("first a machine"),
        Blindness.EXPIRED: _("to try again"),
        Blindness.SILENT: _("once the machine answers"),
        Blindness.SENSOR: _("once the sensor sees again"),
    }
    return waits.get(row.blindness, _("at the next rehearsal"))


def matter(alert: Alert) -> str:
    """Return the sentence of an open matter."""
    about = {"machine": str(alert.machine or "")}
    if alert.kind == Kind.REPORT:
        return fact(alert.danger, alert.fact, alert.numbers)
    if alert.kind == Kind.PROOF_FAILED:
        return _("The last trial on “%(machine)s” did not hold: %(incident)s.") % {
            **about,
            "incident": _incident_within(alert.danger),
        }
    if alert.kind == Kind.PROOF_EXPIRED:
        return _("A proof on “%(machine)s” has expired: %(incident)s.") % {
            **about,
            "incident": _incident_within(alert.danger),
        }
    if alert.kind == Kind.NO_SNAPSHOT:
        hours = alert.numbers.get("hours", 0)
        known = {**about, "n": hours}
        return (
            ngettext(
                "“%(machine)s” has no backup for %(n)d hour.",
                "“%(machine)s” has no backup for %(n)d hours.",
                hours,
            )
            % known
        )
    wordings = {
        Kind.SILENT_MACHINE: _("“%(machine)s” has been silent for more than three days."),
        Kind.SILENT_PRACTICE: _("No machine of the practice answers any more."),
        Kind.CHAIN_BROKEN: _("The proofs of “%(machine)s” no longer follow each other."),
    }
    return wordings[Kind(alert.kind)] % about


def line(of: Call) -> str:
    """Return the one sentence of a line of the desk."""
    if not of.alerts:
        return ngettext(
            "A machine waits for your approval.",
            "%(n)d machines wait for your approval.",
            of.waiting,
        ) % {"n": of.waiting}
    alone = len(of.alerts) == 1 or of.machines < 2  # noqa: PLR2004  (and what follows from it)
    lapsed = of.first.kind == Kind.PROOF_EXPIRED
    if of.first.kind == Kind.REPORT or (alone and not (lapsed and len(of.alerts) > 1)):
        return matter(of.first)
    return _of_many(of)


def _of_many(of: Call) -> str:
    """Return the sentence of one cause that stands on many machines: it names none of them."""
    kind = Kind(of.first.kind)
    n = sum(alert.kind == kind for alert in of.alerts)
    hours = min(a.numbers.get("hours", 0) for a in of.alerts if a.kind == kind)
    known = {"n": n, "incident": of.first.danger and _incident_within(of.first.danger)}
    wordings = {
        Kind.PROOF_FAILED: _("The last trial did not hold: %(incident)s."),
        Kind.PROOF_EXPIRED: ngettext("%(n)d proof has expired.", "%(n)d proofs have expired.", n),
        Kind.NO_SNAPSHOT: _hours(hours),
        Kind.SILENT_MACHINE: _("Machines have been silent for more than three days."),
        Kind.SILENT_PRACTICE: _("No machine of these practices answers any more."),
        Kind.CHAIN_BROKEN: _("The proofs of machines no longer follow each other."),
    }
    return wordings[kind] % known


def _hours(hours: int) -> str:
    wording = ngettext("No backup for %(n)d hour.", "No backup for %(n)d hours and more.", hours)
    return wording % {"n": hours}


def spread(of: Call) -> str:
    """Return on how many machines the matter of a line stands, or nothing where it is one."""
    if not of.alerts or of.machines < 2:  # noqa: PLR2004
        return ""
    return _("on %(n)d machines") % {"n": of.machines}


def stand(counts: Mapping[Standing, int], machines: int) -> str:
    """Return how a practice stands, in one sentence."""
    if not machines:
        return _("No machine has joined yet: nothing is watched, nothing is proven.")
    if counts[Standing.PROVEN] == len(Danger):
        return _("All eleven promises are proven.")
    n = counts[Standing.PROVEN]
    parts = [ngettext("%(n)d of 11 promises proven", "%(n)d of 11 promises proven", n) % {"n": n}]
    parts += [
        wording % {"n": counts[standing]}
        for standing, wording in (
            (Standing.TO_DO, _("%(n)d to do")),
            (Standing.TO_WATCH, _("%(n)d to watch")),
            (Standing.BLIND, _("%(n)d not known")),
        )
        if counts[standing]
    ]
    return ", ".join(parts) + "."


def advice(alert: Alert) -> str:
    """Return what a person can do about an open matter."""
    told = {
        Kind.REPORT: _("Look at what was done. Mark it as settled when nothing is left to do."),
        Kind.PROOF_FAILED: _(
            "Put right what did not hold, then rehearse: a trial that holds settles this by itself."
        ),
        Kind.PROOF_EXPIRED: _("Rehearse again: a trial that holds settles this by itself."),
        Kind.NO_SNAPSHOT: _(
            "Check the disk and its cable, then the place of the copy. "
            "The next backup settles this by itself."
        ),
        Kind.SILENT_MACHINE: _(
            "Ask the practice: the machine may be off, or unplugged. "
            "Its next word settles this by itself."
        ),
        Kind.SILENT_PRACTICE: _(
            "Call the practice: the power, the box, or the line. "
            "The first machine that answers settles this by itself."
        ),
        Kind.CHAIN_BROKEN: _(
            "Find out whether the machine was restored or replaced. "
            "If nobody can say, turn it away and let it join again."
        ),
    }
    return told[Kind(alert.kind)]


def deed(outcome: Mapping[str, object]) -> str:
    """Return one deed of a machine and how it went."""
    done = _(DEEDS[Deed(str(outcome["deed"]))])
    return f"{done} · {_(RESULTS[Result(str(outcome['result']))])}"


def event(body: str) -> str:
    """Return a row of the journal in words."""
    record = json.loads(body)
    if record["event"] == "batch":
        n = record["items"]
        return ngettext("%(n)d item was kept.", "%(n)d items were kept.", n) % {"n": n}
    return _(EVENTS.get(record["event"], record["event"]))
