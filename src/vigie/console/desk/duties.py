"""The desk's own duty: what its pages show of each practice is reckoned before somebody asks."""

from datetime import UTC, datetime, timedelta

from django_tasks import task

from vigie.console.alerts.models import Alert
from vigie.console.desk import standings
from vigie.console.practices.models import Practice
from vigie.console.reckoned import remembering

EVERY = {"reckon_standings": timedelta(minutes=1)}
TOGETHER = 25  # practices in one query: a page that is asked for meanwhile waits for one of these


@task()
def reckon_standings() -> int:
    """Reckon the practices where something changed since the last time; return how many."""
    now = datetime.now(UTC)
    numbers = list(Practice.objects.order_by("pk").values_list("pk", flat=True))
    open_alerts = list(Alert.objects.filter(closed_at=None))
    marks = remembering.marks(numbers, open_alerts)
    right = remembering.right(marks, now)
    missing = [number for number in numbers if number not in right]
    for first in range(0, len(missing), TOGETHER):
        some = missing[first : first + TOGETHER]
        among = set(some)
        mine = [alert for alert in open_alerts if alert.practice_id in among]
        standings.reckon(some, marks, mine, datetime.now(UTC))
    return len(missing)
