"""What was proven before an incident: an insurer asks whether backups were made and tried."""

from django.utils.translation import gettext as _

from vigie.console.desk import words
from vigie.console.incidents import prefill
from vigie.console.incidents.models import Incident
from vigie.console.intake.models import Backup, Proof

MOST_PROOFS = 8


def proofs(incident: Incident) -> str:
    """Return the last backup and the last trials before the incident, in words, or a blank."""
    zone = incident.practice.timezone
    lines = []
    earlier = {"practice": incident.practice, "at__lt": incident.happened_at}
    backup = Backup.objects.filter(**earlier).exclude(latest=None).order_by("-latest").first()
    if backup is not None and backup.latest is not None:
        lines.append(_("Last backup: %(at)s.") % {"at": prefill.on(backup.latest, zone)})
    told: dict[tuple[int, str], Proof] = {}
    tried = Proof.objects.filter(**earlier, danger=incident.danger).select_related("machine")
    for row in tried.order_by("-at", "-id")[:60]:
        told.setdefault((row.machine_id, row.trial), row)
    for row in list(told.values())[:MOST_PROOFS]:
        said = words.trial(row)
        lines.append(f"{prefill.first_on(row.at, zone)}, {row.machine}{_(':')} {said}")
    return "\n".join(lines) or f"[{_('Backups and trials before the incident')}]"
