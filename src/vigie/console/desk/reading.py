"""What the pages show, read from the tables and put into words. Views only ask and render."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigie.console.alerts.models import Alert, Kind
from vigie.console.desk import moments, standings, words
from vigie.console.desk.matters import Call
from vigie.console.intake.models import Proof, Report
from vigie.console.practices.models import Machine, Practice, Reader, State
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.proof import Standing

MOST_HISTORY = 60  # a page that prints on two sheets


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One of the eleven rows, in words."""

    danger: str
    incident: str
    standing: str
    word: str
    tried: str
    on: str
    spread: str
    based: str
    following: str

    @property
    def emblem(self) -> str:
        """Return the file of the danger's emblem."""
        return f"emblems/{self.danger}.svg"


@dataclass(slots=True, kw_only=True)
class Place:
    """One practice on the desk."""

    practice: Practice
    rows: Sequence[standings.Row]
    matters: list[Alert] = field(default_factory=list)
    waiting: int = 0

    @property
    def proven(self) -> bool:
        """Return whether all eleven promises are proven now."""
        return all(row.standing is Standing.PROVEN for row in self.rows)

    @property
    def oldest(self) -> datetime | None:
        """Return when the oldest of the deciding proofs was made."""
        return min((row.latest.at for row in self.rows if row.latest), default=None)

    @property
    def waiting_sentence(self) -> str:
        """Return how many machines wait at the door, or nothing."""
        if not self.waiting:
            return ""
        return ngettext(
            "A machine waits for your approval.",
            "%(n)d machines wait for your approval.",
            self.waiting,
        ) % {"n": self.waiting}

    @property
    def sentence(self) -> str:
        """Return how the practice stands, in one sentence."""
        machines = max((row.machines for row in self.rows), default=0)
        return words.stand(_counts(self.rows), machines)


def places(person: Reader, practices: Iterable[Practice], now: datetime) -> list[Place]:
    """Return the desk: each practice with its rows, its open matters and who waits at its door."""
    listed = list(practices)
    rows = standings.rows(person, listed, now)
    by_number = {p.pk: Place(practice=p, rows=rows[p.pk]) for p in listed}
    for alert in open_matters(person, by_number):
        by_number[alert.practice_id].matters.append(alert)
    waiting = Machine.objects.visible_to(person).filter(practice__in=by_number, state=State.WAITING)
    for machine in waiting:
        by_number[machine.practice_id].waiting += 1
    return list(by_number.values())


def open_matters(person: Reader, practices: Iterable[int]) -> list[Alert]:
    """Return the open matters that are not muted, the gravest first, then the oldest."""
    alerts = Alert.objects.visible_to(person).select_related("machine", "practice")
    opened = alerts.filter(practice__in=list(practices), closed_at=None, muted_at=None)
    return sorted(opened, key=lambda a: (-Gravity(a.gravity).rank, a.opened_at))


def lines(rows: Sequence[standings.Row], zone: str, now: datetime) -> list[Line]:
    """Return the eleven rows in words."""
    return [
        Line(
            danger=row.danger.value,
            incident=words.incident(row.danger.value),
            standing=row.standing.value,
            word=words.state(row),
            tried=words.trial(row.latest) if row.latest else _("Nothing was tried yet."),
            on=moments.date(row.latest.at, zone, now) if row.latest else "",
            spread=_spread(row),
            based=_based(row),
            following=words.following(row, zone, now),
        )
        for row in rows
    ]


def basis(
    row: standings.Row, machines: Iterable[Machine], zone: str, now: datetime
) -> list[dict[str, object]]:
    """Return every trial a promise is based on, in words."""
    named = {machine.pk: str(machine) for machine in machines}
    return [
        {
            "said": words.trial(proof),
            "machine": named.get(proof.machine_id, ""),
            "on": moments.date(proof.at, zone, now),
            "until": moments.date(proof.expires, zone, now),
            "standing": words.counts(proof, now),
        }
        for proof in row.basis
    ]


def history(
    person: Reader, practice: Practice, danger: Danger, now: datetime
) -> list[Mapping[str, str]]:
    """Return what happened about one danger in a practice, newest first, in words."""
    zone = practice.timezone
    about = {"practice": practice, "danger": danger.value}
    happened: list[tuple[datetime, dict[str, str]]] = []
    reports = Report.objects.visible_to(person).filter(**about).select_related("machine")
    for report in reports.order_by("-at")[:MOST_HISTORY]:
        said = [words.fact(danger.value, f["fact"], f["numbers"]) for f in report.facts]
        happened.append(
            (report.at, {"said": " ".join(said), "kind": "report", "machine": str(report.machine)})
        )
    proofs = Proof.objects.visible_to(person).filter(**about).select_related("machine")
    for row in proofs.order_by("-at")[:MOST_HISTORY]:
        kind = "held" if row.held else "failed"
        happened.append(
            (row.at, {"said": words.trial(row), "kind": kind, "machine": str(row.machine)})
        )
    happened.sort(key=lambda pair: pair[0], reverse=True)
    return [{**told, "at": moments.moment(at, zone, now)} for at, told in happened[:MOST_HISTORY]]


def places_of(line: Call, now: datetime) -> list[dict[str, object]]:
    """Return where the matters of a line stand, in words."""
    named = {practice.pk: practice for practice in line.practices}
    told = [
        {
            "practice": named[alert.practice_id],
            "machine": str(alert.machine or ""),
            "said": words.matter(alert),
            "since": moments.moment(alert.opened_at, named[alert.practice_id].timezone, now),
            "times": alert.times,
        }
        for alert in line.alerts
    ]
    return sorted(told, key=lambda row: (str(row["practice"]), str(row["machine"])))


def report_of(person: Reader, alert: Alert) -> Report | None:
    """Return the report by which the machine last told this matter, if it tells of one."""
    if alert.kind != Kind.REPORT:
        return None
    reports = Report.objects.visible_to(person).filter(
        practice=alert.practice_id, danger=alert.danger, machine=alert.machine_id
    )
    told: Iterable[Report] = reports.order_by("-at")[:MOST_HISTORY]
    return next((r for r in told if any(fact["fact"] == alert.fact for fact in r.facts)), None)


def deeds(report: Report | None, zone: str, now: datetime) -> list[Mapping[str, str]]:
    """Return what the machine did when it told this report, in words."""
    return [
        {
            "said": words.deed(outcome),
            "at": moments.moment(datetime.fromisoformat(outcome["at"]), zone, now),
        }
        for outcome in (report.outcomes if report else ())
    ]


def machine_lines(machines: Iterable[Machine], zone: str, now: datetime) -> list[dict[str, object]]:
    """Return a practice's machines in words."""
    told: list[dict[str, object]] = []
    for machine in machines:
        seen = machine.last_seen
        quiet = machine.state == State.APPROVED and (
            seen is None or now - seen > timedelta(hours=26)
        )
        told.append(
            {
                "machine": machine,
                "seen": moments.moment(seen, zone, now) if seen else _("not seen yet"),
                "quiet": quiet,
                "blind": len(machine.blind),
            }
        )
    return told


def _spread(row: standings.Row) -> str:
    if row.machines < 2 or row.tried_on in {0, row.machines}:  # noqa: PLR2004  (one needs no count)
        return ""
    return ngettext("on %(n)d machine of %(all)d", "on %(n)d machines of %(all)d", row.tried_on) % {
        "n": row.tried_on,
        "all": row.machines,
    }


def _based(row: standings.Row) -> str:
    n = len(row.basis)
    if n < 2:  # noqa: PLR2004  (one needs no count)
        return ""
    return ngettext("based on %(n)d trial", "based on %(n)d trials", n) % {"n": n}


def _counts(rows: Sequence[standings.Row]) -> Mapping[Standing, int]:
    counts: dict[Standing, int] = defaultdict(int)
    for row in rows:
        counts[row.standing] += 1
    return counts
