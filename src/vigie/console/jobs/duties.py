"""The console's own duties: what a silent machine cannot say, the console says for it.

Each may run twice, or be cut in the middle: an open matter is opened once.
"""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from django.db.models import F, Window
from django.db.models.functions import RowNumber
from django_tasks import task

from vigie.console.alerts import opening
from vigie.console.alerts.models import Kind
from vigie.console.alerts.opening import Matter
from vigie.console.incidents import opening as incidents
from vigie.console.intake import consequences
from vigie.console.intake.models import Backup, Proof
from vigie.console.jobs.models import Job
from vigie.console.letters import keeping, posting
from vigie.console.outflow import keeping as outflow
from vigie.console.practices.models import Machine, State
from vigie.domain.finding import Gravity

# Machines sleep when the practice closes: from Friday evening to Monday morning is 62 hours, and
# 86 with a holiday. A backup that is missing is said long before, by its own duty.
SILENT_AFTER = timedelta(hours=87)
EVERY = {
    "look_for_silence": timedelta(minutes=5),
    "look_for_backups": timedelta(minutes=15),
    "look_for_expired_proofs": timedelta(hours=1),
    "write_letters": timedelta(minutes=10),
    "open_grave_incidents": timedelta(minutes=1),
    "forget_old_outflow": timedelta(days=1),
    "forget_ended_jobs": timedelta(hours=6),
}
WRITING = timedelta(minutes=3)  # less than a job's lease: the next run goes on
FORGOTTEN_AFTER = timedelta(days=7)  # a job that ended is kept for whoever asks how it went


@task()
def look_for_silence() -> int:
    """Open a matter for each machine that is silent, or one for a practice that is all silent."""
    now = datetime.now(UTC)
    matters = []
    by_practice: dict[int, list[Machine]] = defaultdict(list)
    for machine in Machine.objects.filter(state=State.APPROVED):
        by_practice[machine.practice_id].append(machine)
    for practice_id, machines in by_practice.items():
        silent = [m for m in machines if now - (_last_sign(m)) > SILENT_AFTER]
        if len(silent) == len(machines) > 1:  # one outage is one message
            whole = Matter(
                practice_id=practice_id,
                kind=Kind.SILENT_PRACTICE,
                gravity=Gravity.ALARM,
                numbers={"machines": len(machines)},
            )
            matters.append(whole)
            opening.settle([consequences.silence(machine) for machine in machines], now)
        else:
            matters += [consequences.silence(machine) for machine in silent]
    return opening.raise_all(matters, now)


@task()
def look_for_backups() -> int:
    """Open a matter for each machine without a snapshot in the last 26 hours.

    The machine's word about its latest snapshot counts up to the moment it arrived.
    """
    now = datetime.now(UTC)
    latest: dict[int, datetime] = {}
    recent = Backup.objects.filter(received_at__gt=now - timedelta(days=40)).exclude(latest=None)
    for told in recent.only("machine_id", "latest", "received_at").iterator():
        if told.latest is not None:
            moment = min(told.latest, told.received_at)
            latest[told.machine_id] = max(moment, latest.get(told.machine_id, moment))
    matters = []
    for machine in Machine.objects.filter(state=State.APPROVED):
        since = latest.get(machine.pk, machine.approved_at or machine.applied_at)
        if now - since > consequences.FRESH_SNAPSHOT:
            hours = int((now - since) / timedelta(hours=1))
            matters.append(consequences.no_snapshot(machine, hours))
    return opening.raise_all(matters, now)


@task()
def look_for_expired_proofs() -> int:
    """Open a matter for each promise whose latest proof on a machine has expired."""
    now = datetime.now(UTC)
    newest = Window(
        RowNumber(),
        partition_by=[F("machine"), F("danger"), F("trial")],
        order_by=[F("at").desc(), F("id").desc()],
    )
    proofs = Proof.objects.filter(machine__state=State.APPROVED).annotate(place=newest)
    latest = proofs.filter(place=1).select_related("machine")  # expiry is asked after, not before
    return opening.raise_all(
        [
            consequences.proof_matter(p.machine, Kind.PROOF_EXPIRED, p.danger, p.trial)
            for p in latest
            if p.expires <= now
        ],
        now,
    )


@task()
def write_letters() -> int:
    """Write the letters of last month that are due, and send those that may go."""
    now = datetime.now(UTC)
    return keeping.write_due(now, within=WRITING) + posting.send_all(now)


@task()
def open_grave_incidents() -> int:
    """Open an incident for each grave matter that has none."""
    return incidents.by_rule(datetime.now(UTC))


@task()
def forget_old_outflow() -> int:
    """Forget what machines sent more than ninety days ago."""
    return outflow.forget_old(datetime.now(UTC))


@task()
def forget_ended_jobs() -> int:
    """Delete the jobs that ended or were given up long ago; return how many."""
    old = Job.objects.filter(due_at=None, every=0, made_at__lt=datetime.now(UTC) - FORGOTTEN_AFTER)
    return old.delete()[0]


def _last_sign(machine: Machine) -> datetime:
    return machine.last_seen or machine.approved_at or machine.applied_at
