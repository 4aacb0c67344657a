"""What a machine tells its console, in batches: reports, proofs, backups and signs of life."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.proof import Proof
from vigie.domain.response import Deed, Outcome, Result
from vigie.domain.verdict import Report, SeenFact
from vigie.wire import VERSION
from vigie.wire.passkeys import AssertedOrder
from vigie.wire.words import Digest, Id, Key, Numbers, Signature, Slug, Version

MOST_ITEMS = 500  # one batch; the link halves a batch that the console finds too large
MOST_BYTES = 1_000_000

MOST_BAD = 5_000  # digests in one answer

Moment = Annotated[datetime, Meta(tz=True)]
Mark = Annotated[int, Meta(ge=0, le=2**53)]


class _Word(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the vocabulary: an unknown field is refused, not ignored."""


class FactWord(_Word, frozen=True, kw_only=True):
    """A fact and its numbers, without any clue."""

    fact: Slug
    gravity: Gravity
    numbers: Numbers = {}


class OutcomeWord(_Word, frozen=True, kw_only=True):
    """How one deed went."""

    deed: Deed
    result: Result
    at: Moment
    numbers: Numbers = {}
    reason: Slug | None = None


class ReportWord(_Word, frozen=True, kw_only=True, tag="report"):
    """A verdict and what came of it."""

    id: Id
    danger: Danger
    at: Moment
    facts: Annotated[tuple[FactWord, ...], Meta(min_length=1, max_length=32)]
    outcomes: Annotated[tuple[OutcomeWord, ...], Meta(max_length=32)] = ()


class ProofWord(_Word, frozen=True, kw_only=True, tag="proof"):
    """A dated, expiring trial of one promise; `digest` is its link in the machine's own chain."""

    id: Id
    danger: Danger
    trial: Slug
    held: bool
    at: Moment
    expires: Moment
    numbers: Numbers = {}
    number: Annotated[int, Meta(ge=1)]
    previous: Digest
    digest: Digest


class BackupWord(_Word, frozen=True, kw_only=True, tag="backup"):
    """The state of one backup repository, named by a pseudonym of the machine's own making.

    `kind` is a slug of the place (`local`, `sftp`, `rest`, `s3`, `offline`). The console raises
    the alarm when `latest` grows old: a silent machine cannot.
    """

    id: Id
    at: Moment
    repository: Slug
    kind: Slug
    snapshots: Annotated[int, Meta(ge=0)]
    latest: Moment | None
    missing: Annotated[tuple[Slug, ...], Meta(max_length=16)] = ()


class HeartbeatWord(_Word, frozen=True, kw_only=True, tag="heartbeat"):
    """A sign of life: the version, what waits in the spool, which sensors are blind."""

    id: Id
    at: Moment
    version: Version
    waiting: Annotated[int, Meta(ge=0)]
    blind: Annotated[tuple[Slug, ...], Meta(max_length=32)] = ()


class GapWord(_Word, frozen=True, kw_only=True, tag="gap"):
    """The spool was full and dropped heartbeats: how many, and from when until when."""

    id: Id
    at: Moment
    dropped: Annotated[int, Meta(ge=1)]
    since: Moment
    until: Moment


class BadFileWord(_Word, frozen=True, kw_only=True, tag="bad_file"):
    """The SHA-256 of a file that was judged bad: it is refused by every machine from now on."""

    id: Id
    at: Moment
    danger: Danger
    digest: Digest


class OutflowWord(_Word, frozen=True, kw_only=True, tag="outflow"):
    """How many bytes left a machine between two moments, usually an hour: never what or to whom."""

    id: Id
    at: Moment
    since: Moment
    until: Moment
    sent: Annotated[int, Meta(ge=0, le=2**53)]


Item = ReportWord | ProofWord | BackupWord | HeartbeatWord | GapWord | BadFileWord | OutflowWord


class Batch(_Word, frozen=True, kw_only=True):
    """Up to 500 items of one machine, oldest first. Idempotent: each item has its id.

    `bad_number` is the mark up to which the machine knows the digests of bad files.
    """

    version: int = VERSION
    bad_number: Mark = 0
    items: Annotated[tuple[Item, ...], Meta(max_length=MOST_ITEMS)]


class SignedOrder(_Word, frozen=True, kw_only=True):
    """An order as the caretaker signed it: `body` is the exact text under the signature."""

    body: Annotated[str, Meta(max_length=4096)]
    key: Key
    signature: Signature


class Receipt(_Word, frozen=True, kw_only=True):
    """The console's answer: the ids it keeps, its journal's head to mirror, and waiting orders.

    `orders` are signed by a key, `asserted` by a passkey.
    `bad` are digests of files that were judged bad somewhere, after the machine's mark, and
    `bad_number` is the mark that they reach.
    """

    version: int = VERSION
    kept: tuple[Id, ...]
    journal_number: Annotated[int, Meta(ge=0)] = 0
    journal_digest: Digest | None = None
    orders: Annotated[tuple[SignedOrder, ...], Meta(max_length=32)] = ()
    asserted: Annotated[tuple[AssertedOrder, ...], Meta(max_length=32)] = ()
    bad: Annotated[tuple[Digest, ...], Meta(max_length=MOST_BAD)] = ()
    bad_number: Mark = 0


def report_word(report: Report) -> ReportWord:
    """Given a report, return it as it travels (the machine is named by the request)."""
    return ReportWord(
        id=report.id,
        danger=report.danger,
        at=report.at,
        facts=tuple(
            FactWord(fact=f.fact, gravity=f.gravity, numbers=dict(f.numbers)) for f in report.facts
        ),
        outcomes=tuple(
            OutcomeWord(
                deed=o.deed,
                result=o.result,
                at=o.at,
                numbers=dict(o.numbers),
                reason=o.reason or None,
            )
            for o in report.outcomes
        ),
    )


def report_from(word: ReportWord, *, machine: str) -> Report:
    """Given what travelled and the machine that signed it, return the report."""
    return Report(
        id=word.id,
        danger=word.danger,
        at=word.at,
        machine=machine,
        facts=tuple(
            SeenFact(fact=f.fact, gravity=f.gravity, numbers=f.numbers) for f in word.facts
        ),
        outcomes=tuple(
            Outcome(deed=o.deed, result=o.result, at=o.at, numbers=o.numbers, reason=o.reason or "")
            for o in word.outcomes
        ),
    )


def proof_word(proof: Proof, *, number: int, previous: str, digest: str) -> ProofWord:
    """Given a proof and its link in the machine's chain, return it as it travels."""
    return ProofWord(
        id=proof.id,
        danger=proof.danger,
        trial=proof.trial,
        held=proof.held,
        at=proof.at,
        expires=proof.expires,
        numbers=dict(proof.numbers),
        number=number,
        previous=previous,
        digest=digest,
    )


def proof_from(word: ProofWord, *, machine: str) -> Proof:
    """Given what travelled and the machine that signed it, return the proof."""
    return Proof(
        id=word.id,
        danger=word.danger,
        trial=word.trial,
        held=word.held,
        machine=machine,
        at=word.at,
        expires=word.expires,
        numbers=word.numbers,
    )


encode = msgspec.json.Encoder().encode
decode_batch = msgspec.json.Decoder(Batch).decode
decode_receipt = msgspec.json.Decoder(Receipt).decode
decode_item = msgspec.json.Decoder(Item).decode
