"""The worker: claim, run, say how it went. Any number of workers, on any number of hosts."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils.module_loading import import_string
from django_tasks.base import Task

from vigie.console.jobs import queue
from vigie.console.jobs.models import Job
from vigie.console.practices import scope

log = logging.getLogger(__name__)

PAUSE = timedelta(seconds=5)  # between two looks at an empty queue


def work(stop: threading.Event, *, once: bool = False) -> int:
    """Work until `stop` is set, or until nothing is due (`once`); return how many jobs were run.

    A database that goes away is waited for: what was under way is due again when its lease ends.
    With `once`, the trouble is raised.
    """
    ran, kept = 0, False
    while not stop.is_set():
        try:
            if not kept:
                keep_calendar()
                kept = True
            job = queue.claim(datetime.now(UTC))
            if job is not None:
                run(job)
                ran += 1
        except DatabaseError as trouble:
            if once:
                raise
            log.warning("the database does not answer: %s", type(trouble).__name__)
            connection.close()
            job = None
        if job is None and once:
            break
        if job is None:
            close_old_connections()
            stop.wait(PAUSE.total_seconds())
    return ran


def keep_calendar() -> None:
    """Put the returning duties in the queue, unless they are there."""
    for name, every in calendar().items():
        queue.put(name, key=name, now=datetime.now(UTC), every=every)


def calendar() -> dict[str, timedelta]:
    """Return the path of each returning duty of the apps, and how often it comes back."""
    found: dict[str, timedelta] = {}
    for module in settings.DUTIES:
        every = import_string(f"{module}.EVERY")
        found |= {f"{module}.{name}": span for name, span in every.items()}
    return found


def run(job: Job) -> bool:
    """Run one claimed job in a thread of its own: its failure and its overrun stay its own."""
    pool = ThreadPoolExecutor(max_workers=1)
    running = pool.submit(_carry_out, job)
    try:
        trouble = running.exception(timeout=queue.LEASE.total_seconds())
    except TimeoutError as overrun:
        trouble = overrun
    pool.shutdown(wait=False)
    now = datetime.now(UTC)
    if trouble is None:
        return queue.finish(job, now)
    log.error("job %s failed", job.task, exc_info=trouble)
    return queue.fail(job, now, type(trouble).__name__)


def _carry_out(job: Job) -> None:
    try:
        duty = import_string(job.task)
        if not isinstance(duty, Task):
            raise TypeError(f"{job.task} is not a task")
        with scope.seeing(scope.EVERYONE):
            duty.call(*job.arguments, **job.named)
    finally:
        connection.close()
