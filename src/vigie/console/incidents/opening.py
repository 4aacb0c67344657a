"""Opening and closing incidents: by a caretaker from an open matter, by rule for what is grave."""

from datetime import datetime

from django.db import transaction

from vigie.console.accounts.models import Person
from vigie.console.alerts.models import Alert, Kind
from vigie.console.incidents import prefill, record
from vigie.console.incidents.models import Incident
from vigie.console.journal import chain
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity

# Harm was done, whoever looks: these open an incident without being asked. Everything else may be
# a warning in time, and a person says so.
GRAVE = frozenset(
    {
        (Danger.RANSOMWARE, "files_scrambled"),
        (Danger.RANSOMWARE, "files_scrambled_by_many"),
        (Danger.RANSOMWARE, "files_locked_away"),
        (Danger.POWER_LOSS, "documents_not_restored"),
    }
)


def from_matter(alert: Alert, now: datetime, *, by: Person | None) -> Incident:
    """Open the incident of a matter, or return the one that is open.

    The clock begins when the first machine spoke: from then on the practice could know. With its
    register already written, in one transaction.
    """
    with transaction.atomic():
        head = chain.lock(alert.practice_id)  # two who open at once do so one after the other
        known: Incident | None = Incident.objects.filter(
            practice=alert.practice_id, matter=alert.key, closed_at=None
        ).first()
        if known is not None:
            return known
        record_of = {"event": "incident_opened", "danger": alert.danger, "by_rule": by is None}
        head = chain.append(head, record_of, now)
        incident = Incident.objects.create(
            practice=alert.practice,
            danger=alert.danger,
            country=alert.practice.country,
            matter=alert.key,
            alert=alert,
            machine=alert.machine,
            happened_at=alert.opened_at,
            aware_at=alert.opened_at,
            opened_at=now,
            opened_by=by,
            entry=head.number,
        )
        record.revise(incident, prefill.register(incident), now, by=None)
    return incident


def by_rule(now: datetime) -> int:
    """Open what is grave and has no incident of its danger yet; return how many were opened."""
    facts = [fact for _, fact in GRAVE]
    alerts = Alert.objects.filter(
        kind=Kind.REPORT, gravity=Gravity.ALARM, fact__in=facts, closed_at=None
    )
    opened = 0
    for alert in alerts.select_related("practice", "machine").order_by("opened_at"):
        if (Danger(alert.danger), alert.fact) not in GRAVE:
            continue
        # One wave over several machines is one incident, and its own matter does not open again.
        same = Incident.objects.filter(practice=alert.practice_id, danger=alert.danger)
        wave = same.filter(closed_at=None) | same.filter(alert=alert)
        if not wave.exists():
            from_matter(alert, now, by=None)
            opened += 1
    return opened


def close(incident: Incident, now: datetime) -> bool:
    """Close an incident; its register stays. False if it was closed already."""
    with transaction.atomic():
        head = chain.lock(incident.practice_id)
        mine = Incident.objects.filter(pk=incident.pk, closed_at=None)
        if not mine.update(closed_at=now):
            return False
        chain.append(head, {"event": "incident_closed", "opened": incident.entry}, now)
    return True
