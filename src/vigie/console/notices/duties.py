"""The duties of telling: look for news, send one message, test one address, give a sign of life."""

from datetime import UTC, datetime, timedelta

from django_tasks import task

from vigie.console.alerts import outages
from vigie.console.notices import sealing, sending, signs, telling
from vigie.console.notices.models import Address, Message

EVERY = {
    "look_for_news": timedelta(seconds=15),
    "give_a_sign": timedelta(minutes=5),
    "seal_addresses_again": timedelta(days=1),
}
# A message that nobody took is tried for a quarter of an hour; by then somebody else is called.
TRIED_FOR = timedelta(minutes=15)


def _now() -> datetime:
    return datetime.now(UTC)


@task()
def look_for_news() -> int:
    """Gather new matters, see who is to be told and who has not answered; return the messages."""
    now = _now()
    outages.gather(now)
    outages.close_settled(now)
    telling.begin(now)
    telling.escalate(now)
    return telling.bundle(now)


@task()
def send(number: int) -> bool:
    """Tell one message."""
    message = Message.objects.filter(pk=number).select_related("person").first()
    if message is None:
        return False  # its person is gone
    return sending.send(message, _now, last=_now() - message.made_at >= TRIED_FOR)


@task()
def test(number: int) -> bool:
    """Send the test message to one address."""
    address = Address.objects.filter(pk=number).select_related("person").first()
    return address is not None and sending.test(address, _now)


@task()
def give_a_sign() -> bool:
    """Tell an address outside that the console is alive and its messages leave."""
    return signs.give(_now())


@task()
def seal_addresses_again() -> int:
    """Seal addresses with the key in use, so that the keys can be rotated for ever."""
    return sealing.seal_again()
