"""Webhooks: programs are told what happened, signed as Standard Webhooks says, until they answer.

An event says what the API says: pseudonyms, slugs, numbers, moments. It has an id of its own, so
that a receiver who is told twice knows it.
"""

import base64
import hashlib
import hmac
import json
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import urllib3
from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction

from vigie.console import keys, outgoing
from vigie.console.accounts.models import Person
from vigie.console.alerts.models import Alert
from vigie.console.api.models import Delivery, Hook
from vigie.console.jobs import queue
from vigie.console.practices.models import Machine

DELIVER = "vigie.console.api.duties.deliver"
OVERLAP = timedelta(minutes=5)  # a row is seen when it is committed, a little after its own time
LIMIT = 10.0  # seconds for one request
LONGEST = 500
_PURPOSE = "webhook"
_SECRET = "whsec_"  # noqa: S105  (the prefix of Standard Webhooks, no secret)


class NotDelivered(Exception):
    """The receiver did not take the event; it is tried again later."""


class NotAHook(ValueError):
    """The address is no https:// address outside."""


def make(person: Person, name: str, untrusted_address: str, now: datetime) -> tuple[Hook, str]:
    """Make a webhook; return it and its secret, which can be read this once. Raise NotAHook."""
    secret = _SECRET + base64.b64encode(secrets.token_bytes(32)).decode()
    hook = Hook.objects.create(
        person=person,
        name=name,
        address=_seal(checked(untrusted_address)),
        secret=_seal(secret),
        made_at=now,
        seen_until=now,
    )
    return hook, secret


def look(now: datetime) -> int:
    """Write down what happened for each hook, and queue what was not delivered; return how much."""
    queued = 0
    for hook in Hook.objects.filter(person__is_active=True).select_related("person"):
        since = hook.seen_until - OVERLAP
        with transaction.atomic():
            events = _events(hook, max(since, hook.made_at), now)
            Delivery.objects.bulk_create(events, ignore_conflicts=True)
            Hook.objects.filter(pk=hook.pk, seen_until__lt=now).update(seen_until=now)
        waiting = hook.deliveries.filter(delivered_at=None, made_at__gt=now - timedelta(days=1))
        for number in waiting.values_list("pk", flat=True):
            queue.put(DELIVER, now=now, key=f"hook/{number}", arguments=[number])
            queued += 1
    return queued


def deliver(delivery: Delivery, now: datetime) -> bool:
    """Send one event; return whether it was taken. Raise NotDelivered to be called again."""
    hook = delivery.hook
    visible = hook.person.is_active and hook.person.practices.filter(pk=delivery.practice_id)
    if delivery.delivered_at is not None or not visible:
        return False  # whoever lost a practice hears of it no more
    try:
        address, secret = _opened(hook.address), _opened(hook.secret)
    except InvalidToken:
        return False
    body = json.dumps(delivery.payload, separators=(",", ":")).encode()
    if not _taken(checked(address), body, signed(secret, delivery.identity, now, body)):
        Hook.objects.filter(pk=hook.pk).update(trouble="not_taken")
        raise NotDelivered
    Delivery.objects.filter(pk=delivery.pk).update(delivered_at=now)
    Hook.objects.filter(pk=hook.pk).update(reached_at=now, trouble="")
    return True


def signed(secret: str, identity: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that prove who sent a body and when (standardwebhooks.com, v1)."""
    stamp = str(int(now.timestamp()))
    key = base64.b64decode(secret.removeprefix(_SECRET))
    content = f"{identity}.{stamp}.".encode() + body
    proof = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    return {
        "webhook-id": identity,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{proof}",
    }


def _taken(address: str, body: bytes, proof: dict[str, str]) -> bool:
    headers = {"Content-Type": "application/json", "User-Agent": "vigie", **proof}
    try:
        with (
            outgoing.outward(settings.LOCAL_RECEIVERS),
            urllib3.PoolManager(retries=False, timeout=LIMIT) as pool,
        ):
            answer = pool.request(
                "POST", address, body=body, headers=headers, redirect=False, preload_content=False
            )
            answer.close()
            return 200 <= answer.status < 300  # noqa: PLR2004  (a success, as HTTP counts)
    except (urllib3.exceptions.HTTPError, OSError):
        return False


def _events(hook: Hook, since: datetime, now: datetime) -> list[Delivery]:
    mine = Alert.objects.visible_to(hook.person).select_related("practice", "machine")
    found = [
        _event(hook, "matter.opened", row, row.opened_at, now)
        for row in mine.filter(opened_at__gte=since)
    ]
    found += [
        _event(hook, "matter.closed", row, row.closed_at, now)
        for row in mine.filter(closed_at__gte=since)
        if row.closed_at is not None
    ]
    applied = Machine.objects.visible_to(hook.person).filter(applied_at__gte=since)
    for machine in applied.select_related("practice"):
        data = {"practice": machine.practice.pseudonym, "machine": machine.pseudonym}
        event = {"type": "machine.waiting", "timestamp": machine.applied_at.isoformat()}
        found.append(
            Delivery(
                practice_id=machine.practice_id,
                hook=hook,
                about=f"machine.waiting/{machine.pk}",
                payload={**event, "data": data},
                made_at=now,
            )
        )
    return found


def _event(hook: Hook, kind: str, alert: Alert, at: datetime, now: datetime) -> Delivery:
    data: dict[str, Any] = {
        "matter": alert.pk,
        "practice": alert.practice.pseudonym,
        "machine": alert.machine.pseudonym if alert.machine else None,
        "kind": alert.kind,
        "danger": alert.danger,
        "fact": alert.fact,
        "gravity": alert.gravity,
        "numbers": alert.numbers,
    }
    return Delivery(
        practice_id=alert.practice_id,
        hook=hook,
        about=f"{kind}/{alert.pk}",
        payload={"type": kind, "timestamp": at.isoformat(), "data": data},
        made_at=now,
    )


def checked(untrusted_address: str) -> str:
    """Return the address if it may be sent to. Raise NotAHook.

    Where its name leads is looked at when the connection is made.
    """
    text = untrusted_address.strip()
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
        _ = parts.port
    except ValueError:
        raise NotAHook from None
    local = settings.LOCAL_RECEIVERS
    plain = parts.scheme == "http" and local and outgoing.may_reach(host, local)
    if len(text) > LONGEST or not host or not text.isascii() or not text.isprintable():
        raise NotAHook
    if (parts.scheme != "https" and not plain) or parts.username or parts.fragment:
        raise NotAHook
    return text


def _seal(text: str) -> str:
    return keys.cipher(_keys(), _PURPOSE).encrypt(text.encode()).decode()


def _opened(text: str) -> str:
    return keys.cipher(_keys(), _PURPOSE).decrypt(text.encode()).decode()


def seal_again() -> int:
    """Seal each hook with the key in use, so that the keys can be rotated for ever."""
    cipher, changed = keys.cipher(_keys(), _PURPOSE), 0
    for hook in Hook.objects.iterator():
        try:
            again = {
                "address": cipher.rotate(hook.address.encode()).decode(),
                "secret": cipher.rotate(hook.secret.encode()).decode(),
            }
        except InvalidToken:
            continue  # its key is lost: deliveries to it are given up one by one
        changed += Hook.objects.filter(pk=hook.pk, secret=hook.secret).update(**again)
    return changed


def _keys() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
