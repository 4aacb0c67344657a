"""Opening and closing incidents: by a caretaker from an open matter, by rule for what is grave."""

from datetime import datetime

from django.db import transaction

from vigie.console.accounts.models import Person
from vigie.console.alerts.models import Alert, Kind
from vigie.console.incidents import prefill, record
from vigie.console.incidents.models import Incident
from vigie.console.journal import chain
from vigie.console.practices.models import Practice
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
    again = Incident.objects.filter(alert=alert).exclude(closed_at=None).exists()
    begun = Incident(
        practice=alert.practice,
        danger=alert.danger,
        matter=alert.key,
        alert=alert,
        machine=alert.machine,
        happened_at=alert.last_at if again else alert.opened_at,
        opened_by=by,
    )
    return _open(begun, now)


def as_told(
    practice: Practice, danger: Danger, at: datetime, now: datetime, *, by: Person
) -> Incident:
    """Open an incident that no machine saw: somebody told the caretaker, who knows since `at`."""
    matter = f"told/{danger.value}/{at.isoformat()}"
    begun = Incident(
        practice=practice, danger=danger.value, matter=matter, happened_at=at, opened_by=by
    )
    return _open(begun, now)


def _open(begun: Incident, now: datetime) -> Incident:
    with transaction.atomic():
        head = chain.lock(begun.practice_id)  # two who open at once do so one after the other
        known: Incident | None = Incident.objects.filter(
            practice=begun.practice_id, matter=begun.matter, closed_at=None
        ).first()
        if known is not None:
            return known
        by_rule = begun.opened_by_id is None
        row = {"event": "incident_opened", "danger": begun.danger, "by_rule": by_rule}
        head = chain.append(head, row, now)
        begun.country = begun.practice.country
        begun.aware_at, begun.opened_at, begun.entry = begun.happened_at, now, head.number
        begun.save()
        record.revise(begun, prefill.register(begun), now, by=None)
    return begun


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
        # One wave over several machines is one incident. A matter that stays open after its
        # incident is closed opens another only if it was reported again since.
        same = Incident.objects.filter(practice=alert.practice_id, danger=alert.danger)
        wave = same.filter(closed_at=None) | same.filter(alert=alert, closed_at__gte=alert.last_at)
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
