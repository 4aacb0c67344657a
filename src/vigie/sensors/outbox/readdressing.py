"""The right address: a held message goes to whom it was meant for, header and envelope alike."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from vigie.sensors.outbox.leaving import WAITS, State, envelope_of, keep
from vigie.tools.held import Held, HeldStore
from vigie.tools.letters import split_head

_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\@]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_FIELDS = re.compile(rb"(?ims)^(?:to|cc|bcc):.*?(?=^[^ \t]|\Z)")


class BadAddress(ValueError):
    """An address that is not in the message, or is none; the text names it."""


def readdressed(
    store: HeldStore, held: Held, instead: Mapping[str, str], now: datetime
) -> Held | None:
    """Send a held message to the right addresses; return it as it leaves, None if it waits no more.

    The new one is on disk before the old one is settled. Raise BadAddress, NoRoom or Spoilt.
    """
    envelope = envelope_of(held)
    known = {recipient.lower(): recipient for recipient in envelope.recipients}
    for wrong, right in instead.items():
        if wrong.lower() not in known:
            raise BadAddress(wrong)
        if not _ADDRESS.fullmatch(right):
            raise BadAddress(right)
    if held.state not in {*WAITS, State.RETURNED}:
        return None
    swap = {wrong.lower(): right for wrong, right in instead.items()}
    recipients = tuple(dict.fromkeys(swap.get(r.lower(), r) for r in envelope.recipients))
    content = in_header(store.content(held.id), swap)
    kept, _ = keep(store, replace(envelope, recipients=recipients), content, now)
    store.move(kept.id, [State.NEW, State.CANCELLED], State.QUEUED, due=now)
    store.move(held.id, [held.state], State.CANCELLED, note={"instead": kept.id})
    return kept


def in_header(content: bytes, swap: Mapping[str, str]) -> bytes:
    """Return the message with addresses replaced in To, Cc and Bcc; all else stays as it is."""
    head, _ = split_head(content)

    def field(found: re.Match[bytes]) -> bytes:
        text = found[0]
        for wrong, right in swap.items():
            whole = rb"(?i)(?<![\w.+-])" + re.escape(wrong.encode()) + rb"(?![\w.-])"
            text = re.sub(whole, lambda _, right=right: right.encode(), text)  # type: ignore[misc]
        return text

    return _FIELDS.sub(field, head + b"\r\n")[:-2] + content[len(head) :]
