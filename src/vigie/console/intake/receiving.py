"""Receiving a batch: each good item is kept once, in one transaction with its journal entry."""

from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from django.db import transaction

from vigie.console.alerts import opening
from vigie.console.intake import answering, consequences, rows, sharing
from vigie.console.intake.door import Refused
from vigie.console.intake.models import BadFile
from vigie.console.intake.translating import OutsideVocabulary, row
from vigie.console.journal import chain
from vigie.console.journal.models import Head
from vigie.console.outflow import keeping
from vigie.console.practices.models import Machine
from vigie.wire import VERSION
from vigie.wire.reports import (
    MOST_ITEMS,
    Batch,
    HeartbeatWord,
    Mark,
    OutflowWord,
    Receipt,
    decode_batch,
    decode_item,
)
from vigie.wire.reports import Item as Word

Told = consequences.Told


class _Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A batch whose items are still untrusted, each on its own."""

    items: list[msgspec.Raw]
    version: int = VERSION
    bad_number: Mark = 0
    advice_number: Mark = 0


_decode_parts = msgspec.json.Decoder(_Parts).decode


@dataclass(slots=True)
class _News:
    """What a batch holds, sorted."""

    told: Told = field(default_factory=list)
    heartbeats: list[HeartbeatWord] = field(default_factory=list)
    outflow: list[OutflowWord] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    refused: str = ""


def receive(machine: Machine, body: bytes, now: datetime) -> Receipt:
    """Given the body of an authenticated request, keep what is good in it and answer.

    An item that cannot be read, or says what no vocabulary holds, is left out of `kept`; the
    others are kept. Raise Refused when the batch is not one, or when none of its items is good:
    alone with its bad item, a machine learns to put it aside.
    """
    batch = _read(body)
    news = _sort(batch)
    if news.refused and not news.kept:
        raise Refused(422, news.refused)
    with transaction.atomic(savepoint=False):  # one journey less: nothing here is half undone
        head = chain.lock(machine.practice_id)
        new = _keep(machine, head, news.told, now)
        opened, settled = consequences.of(machine, new)
        consequences.follow(machine, news.heartbeats, new, now)
        if news.outflow:
            keeping.keep(machine, news.outflow, now)
        opening.raise_all(opened, now)
        opening.settle(settled, now)
        if digests := [told["digest"] for model, told in new if model is BadFile]:
            sharing.share(machine.practice, digests, now)
        marks = batch.bad_number, batch.advice_number
        return answering.receipt(machine, head, news.kept, marks, now)


def _read(body: bytes) -> Batch | _Parts:
    try:
        batch: Batch | _Parts = decode_batch(body)
    except (msgspec.ValidationError, UnicodeDecodeError):
        try:
            batch = _decode_parts(body)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            raise Refused(422, "not_a_batch") from None
    except (msgspec.DecodeError, RecursionError):
        raise Refused(400, "not_json") from None
    if batch.version != VERSION:
        raise Refused(422, "unknown_version")
    if len(batch.items) > MOST_ITEMS:
        raise Refused(413, "too_many")
    return batch


def _sort(batch: Batch | _Parts) -> _News:
    news = _News()
    for item in batch.items:
        try:
            word: Word = decode_item(item) if isinstance(item, msgspec.Raw) else item
            if isinstance(word, HeartbeatWord):
                news.heartbeats.append(word)
            elif isinstance(word, OutflowWord):
                news.outflow.append(word)
            else:
                news.told.append(row(word))
        except OutsideVocabulary as outside:
            news.refused = str(outside)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            news.refused = "not_an_item"
        else:
            news.kept.append(word.id)
    return news


def _keep(machine: Machine, head: Head, told: Told, now: datetime) -> Told:
    """Insert what is new, seal it into the journal, and return it."""
    ours = {
        "practice_id": machine.practice_id,
        "machine_id": machine.pk,
        "received_at": now,
        "entry": head.number + 1,
    }
    new: Told = []
    for model in rows.KINDS:
        of_kind = [ours | columns for kind, columns in told if kind is model]
        inserted = set(rows.insert(model, of_kind))
        for columns in of_kind:
            if columns["item"] in inserted:
                inserted.discard(columns["item"])  # the same id twice in a batch is once
                new.append((model, columns))
    if new:
        record = {
            "event": "batch",
            "machine": machine.pseudonym,
            "items": len(new),
            "seal": rows.seal((model.__name__, columns) for model, columns in new),
        }
        chain.append(head, record, now)
    return new
