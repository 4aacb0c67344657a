"""The duties of the API: see what happened for webhooks, deliver one event."""

from datetime import UTC, datetime, timedelta

from django_tasks import task

from vigie.console.api import hooks
from vigie.console.api.models import Delivery

EVERY = {
    "look_for_events": timedelta(seconds=15),
    "seal_hooks_again": timedelta(days=1),
}


@task()
def look_for_events() -> int:
    """Write down and queue what happened for each webhook."""
    return hooks.look(datetime.now(UTC))


@task()
def deliver(number: int) -> bool:
    """Send one event to one webhook."""
    found = Delivery.objects.filter(pk=number).select_related("hook__person").first()
    return found is not None and hooks.deliver(found, datetime.now(UTC))


@task()
def seal_hooks_again() -> int:
    """Seal webhooks with the key in use."""
    return hooks.seal_again()
