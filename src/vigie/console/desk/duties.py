"""The desk's own duty: how practices stand is read again before somebody asks."""

from datetime import UTC, datetime, timedelta

from django_tasks import task

from vigie.console.desk import overview
from vigie.console.practices.models import Practice

EVERY = {"refresh_snapshots": timedelta(minutes=1)}


@task()
def refresh_snapshots() -> int:
    """Read again how each practice stands where that may have changed: the desk shows it."""
    return overview.refresh(list(Practice.objects.all()), datetime.now(UTC))
