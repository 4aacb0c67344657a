"""The queue: claims by one UPDATE, so that any number of workers share it, on any database.

A worker that is killed leaves a lease that ends: its job is then due again. Nothing else is
needed to reap it, and nothing stays "running" for ever.
"""

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db.models import F, Q

from vigie.console.jobs.models import Job

LEASE = timedelta(minutes=5)  # the longest a duty may take; they take seconds
MOST_ATTEMPTS = 8  # with the waits below: about two days
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)


def put(  # noqa: PLR0913  (a job is exactly this)
    task: str,
    *,
    now: datetime,
    key: str = "",
    arguments: list[object] | None = None,
    named: Mapping[str, object] | None = None,
    due_at: datetime | None = None,
    every: timedelta = timedelta(0),
    deadline: datetime | None = None,
) -> str:
    """Put a job in the queue and return its key. The same key again is the same job."""
    key = key or uuid.uuid4().hex
    job = Job(
        key=key,
        task=task,
        arguments=arguments or [],
        named=dict(named or {}),
        due_at=due_at or now,
        every=int(every.total_seconds()),
        deadline=deadline,
        made_at=now,
    )
    Job.objects.bulk_create([job], ignore_conflicts=True)
    return key


def claim(now: datetime) -> Job | None:
    """Take one due job under a lease, or return None. No two workers get the same."""
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    give_up(now)
    for number in Job.objects.filter(free, due_at__lte=now).values_list("pk", flat=True)[:20]:
        owner = uuid.uuid4().hex
        claimed = Job.objects.filter(free, pk=number, due_at__lte=now).update(
            lease_until=now + LEASE, owner=owner, attempts=F("attempts") + 1
        )
        if claimed:
            return Job.objects.filter(pk=number, owner=owner).first()
    return None


def finish(job: Job, now: datetime) -> bool:
    """Say that the job is done; False if its lease had passed to somebody else."""
    following = now + timedelta(seconds=job.every) if job.every else None
    return _close(job, due_at=following, attempts=0, trouble="", done_at=now)


def fail(job: Job, now: datetime, trouble: str) -> bool:
    """Say that the job failed: it is tried again later, each time later than before."""
    wait = min(FIRST_WAIT * 2 ** (job.attempts - 1), LONGEST_WAIT)
    if job.attempts >= MOST_ATTEMPTS and not job.every:
        return _close(job, due_at=None, trouble=trouble[:80])
    return _close(job, due_at=now + wait, trouble=trouble[:80])


def give_up(now: datetime) -> int:
    """Drop jobs whose deadline has passed, or that killed their worker each time."""
    free = Q(lease_until=None) | Q(lease_until__lte=now)
    late = Q(deadline__lte=now)
    deadly = Q(every=0, attempts__gte=MOST_ATTEMPTS)
    dropped = Job.objects.filter(free, late | deadly).exclude(due_at=None)
    return dropped.update(due_at=None, lease_until=None, owner="", trouble="given up")


def _close(job: Job, **after: object) -> bool:
    mine = Job.objects.filter(pk=job.pk, owner=job.owner)
    return bool(mine.update(lease_until=None, owner="", **after))
