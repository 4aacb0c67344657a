"""The sign of life: an address outside hears from us every five minutes, or calls for somebody.

A console that has fallen tells nobody; neither does one whose messages do not leave. So there is
no sign while a message waits too long: silence is what the address outside listens for.
"""

import logging
from datetime import datetime, timedelta

import urllib3
from django.conf import settings

from vigie.console import outgoing
from vigie.console.jobs.models import Job
from vigie.console.notices.models import Message

log = logging.getLogger(__name__)

LIMIT = 10.0  # seconds for one sign
LATE = timedelta(minutes=20)  # for a message to leave, or a returning duty to be done


def healthy(now: datetime) -> bool:
    """Return whether messages leave and duties are done."""
    stuck = Message.objects.filter(ended_at=None, made_at__lt=now - LATE).exists()
    lost = Message.objects.filter(told_at=None, ended_at__gt=now - LATE).exists()
    late = Job.objects.filter(due_at__lt=now - LATE, every__gt=0).exists()
    return not (stuck or lost or late)


def give(now: datetime) -> bool:
    """GET the address outside if all is well; return whether it heard. Its answer is not read."""
    address: str = settings.DEAD_MAN
    if not address or not healthy(now):
        return False
    try:
        with (
            outgoing.outward(settings.LOCAL_RECEIVERS),
            urllib3.PoolManager(retries=False, timeout=LIMIT) as pool,
        ):
            headers = {"User-Agent": "vigie"}
            answer = pool.request(
                "GET", address, headers=headers, redirect=False, preload_content=False
            )
            answer.close()
            return answer.status < 300  # noqa: PLR2004  (what is sent on was not heard)
    except (urllib3.exceptions.HTTPError, OSError) as trouble:
        log.warning("no sign of life left the console: %s", type(trouble).__name__)
        return False
