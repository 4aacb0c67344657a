"""The duties about letters: ask for those that are due, write one, send those that may go."""

from datetime import UTC, datetime, timedelta

from django_tasks import task

from vigie.console.jobs import queue
from vigie.console.letters import keeping, posting
from vigie.console.letters.months import Month
from vigie.console.practices.models import Practice

EVERY = {
    "write_letters": timedelta(hours=1),
    "send_letters": timedelta(minutes=5),
}


@task()
def write_letters() -> int:
    """Ask for the letters of last month that are due: a job for each, so that each fails alone."""
    now = datetime.now(UTC)
    due = list(keeping.due(now))
    for practice, month in due:
        queue.put(
            f"{__name__}.write_letter",
            key=f"letter {practice.pk} {month}, asked for on {now:%Y-%m-%d}",
            arguments=[practice.pk, str(month)],
            now=now,
        )
    return len(due)


@task()
def write_letter(practice: int, month: str) -> None:
    """Write the letter of one practice, unless it is written."""
    keeping.write(Practice.objects.get(pk=practice), Month.parse(month), datetime.now(UTC))


@task()
def send_letters() -> int:
    """Send the letters that may go."""
    return posting.send_all(datetime.now(UTC))
