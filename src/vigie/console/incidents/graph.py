"""What a machine sent around an incident, as a picture: the ordinary range, and each hour in it."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from vigie.console.desk import moments
from vigie.console.incidents.models import Incident
from vigie.console.outflow import ordinary
from vigie.console.outflow.models import Outflow
from vigie.console.outflow.ordinary import FEWEST, Hour
from vigie.console.practices.models import Machine, State

STEP, BAR, HEIGHT = 12, 8, 96  # picture units
_UNITS = (
    gettext_noop("bytes"),
    gettext_noop("kB"),
    gettext_noop("MB"),
    gettext_noop("GB"),
    gettext_noop("TB"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One hour of the picture, in picture units from the top left."""

    x: int
    y: int
    height: int
    kind: str  # sent, beyond or unknown
    range_y: int
    range_height: int  # 0 where nothing is ordinary yet
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The picture of one machine."""

    machine: str
    bars: Sequence[Bar]
    marked: int  # where the hour of the incident is
    width: int
    said: str
    first: str
    last: str


def pictures(incident: Incident) -> Sequence[Picture]:
    """Return one picture for each machine that said anything: the incident's own first."""
    machines = Machine.objects.filter(practice=incident.practice, state=State.APPROVED)
    ordered = sorted(machines, key=lambda m: (m.pk != incident.machine_id, m.name, m.pk))
    return [told for machine in ordered if (told := _picture(incident, machine)) is not None]


def _picture(incident: Incident, machine: Machine) -> Picture | None:
    at, zone = incident.happened_at, incident.practice.timezone
    spans = Outflow.objects.filter(
        machine=machine,
        until__gt=at - ordinary.LEARNED - ordinary.AROUND - ordinary.HOUR,
        since__lt=at + ordinary.AROUND + ordinary.HOUR,
    )
    hours = ordinary.around(at, spans, zone)
    if all(hour.sent is None for hour in hours):
        return None
    most = max(max(h.sent or 0, h.high or 0) for h in hours) or 1
    middle = len(hours) // 2
    return Picture(
        machine=str(machine),
        bars=[_bar(place, hour, most, zone) for place, hour in enumerate(hours)],
        marked=middle * STEP,
        width=len(hours) * STEP,
        said=_sentence(machine, hours[middle], zone),
        first=moments.date(hours[0].at, zone),
        last=moments.date(hours[-1].at, zone),
    )


def _bar(place: int, hour: Hour, most: int, zone: str) -> Bar:
    high = _units(hour.high or 0, most)
    low = _units(hour.low or 0, most)
    told = _("not measured") if hour.sent is None else size(hour.sent)
    height = 2 if hour.sent is None else max(1, _units(hour.sent, most))
    kind = "unknown" if hour.sent is None else "beyond" if hour.beyond else "sent"
    return Bar(
        x=place * STEP,
        y=HEIGHT - height,
        height=height,
        kind=kind,
        range_y=HEIGHT - high,
        range_height=max(2, high - low) if hour.high is not None else 0,
        title=f"{moments.date(hour.at, zone)}, {moments.hour(hour.at, zone)}{_(':')} {told}",
    )


def _sentence(machine: Machine, hour: Hour, zone: str) -> str:
    about = {
        "machine": str(machine),
        "from": moments.hour(hour.at, zone),
        "until": moments.hour(hour.at + ordinary.HOUR, zone),
    }
    if hour.sent is None:
        return _("Between %(from)s and %(until)s nothing was measured on “%(machine)s”.") % about
    about["sent"] = size(hour.sent)
    said = _("Between %(from)s and %(until)s “%(machine)s” sent %(sent)s.") % about
    if hour.low is None or hour.high is None:
        few = {"n": FEWEST}
        return f"{said} " + _("What is ordinary is not known before %(n)d days.") % few
    counted: dict[str, object] = {"n": hour.days}
    counted |= {"low": size(hour.low), "high": size(hour.high)}
    return f"{said} " + (
        ngettext(
            "On %(n)d earlier day at this hour it was %(low)s to %(high)s.",
            "On %(n)d earlier days at this hour it was %(low)s to %(high)s, nearly always.",
            hour.days,
        )
        % counted
    )


def _units(count: int, most: int) -> int:
    return round(HEIGHT * count / most)


def size(count: int) -> str:
    """Return a number of bytes as people read it; units of a thousand."""
    amount, unit = float(count), 0
    while amount >= 1000 and unit < len(_UNITS) - 1:  # noqa: PLR2004  (SI)
        amount, unit = amount / 1000, unit + 1
    return f"{amount:.0f}\u00a0{_(_UNITS[unit])}"
