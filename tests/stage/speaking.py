"""A machine that speaks to the console: its real key, its real signatures."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.proof import GENESIS, digest
from vigie.tools import keys
from vigie.wire import envelope
from vigie.wire.reports import (
    BackupWord,
    Batch,
    FactWord,
    GapWord,
    HeartbeatWord,
    Item,
    OutflowWord,
    ProofWord,
    ReportWord,
)

ENROL, ADMISSION, REPORTS = (f"/api/agent/v1/{name}" for name in ("enrol", "admission", "reports"))


def now() -> datetime:
    return datetime.now(UTC)


def fresh_id() -> str:
    return uuid.uuid4().hex


def report(
    fact: str = "sensor_blind",
    *,
    danger: Danger = Danger.RANSOMWARE,
    gravity: Gravity = Gravity.CONCERN,
    at: datetime | None = None,
    numbers: dict[str, int] | None = None,
) -> ReportWord:
    said = FactWord(fact=fact, gravity=gravity, numbers=numbers or {})
    return ReportWord(id=fresh_id(), danger=danger, at=at or now(), facts=(said,))


def backup(latest: datetime | None, *, at: datetime | None = None) -> BackupWord:
    return BackupWord(
        id=fresh_id(),
        at=at or now(),
        repository="local_disk",
        kind="local",
        snapshots=30,
        latest=latest,
    )


def heartbeat(*, at: datetime | None = None, blind: tuple[str, ...] = ()) -> HeartbeatWord:
    return HeartbeatWord(id=fresh_id(), at=at or now(), version="2026.11.0", waiting=0, blind=blind)


def gap() -> GapWord:
    return GapWord(id=fresh_id(), at=now(), dropped=3, since=now(), until=now())


def outflow(sent: int = 12_000_000, *, since: datetime | None = None) -> OutflowWord:
    begun = since or now() - timedelta(hours=2)
    until = begun + timedelta(hours=1)
    return OutflowWord(id=fresh_id(), at=until, since=begun, until=until, sent=sent)


def batch(*items: Item) -> bytes:
    return msgspec.json.encode(Batch(items=items))


@dataclass
class Speaker:
    """One machine with its key, its pseudonym once it has one, and its chain of proofs."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    pseudonym: str = "a" * 16
    number: int = 0
    previous: str = GENESIS

    @property
    def public(self) -> str:
        return keys.public_text(self.key)

    def headers(self, path: str, body: bytes, *, at: datetime | None = None) -> dict[str, str]:
        request = envelope.Request(
            method="POST",
            path=path,
            machine=self.pseudonym,
            at=(at or now()).replace(microsecond=0),
            id=fresh_id(),
            body=body,
        )
        return {
            envelope.MACHINE: self.pseudonym,
            envelope.TIME: envelope.stamp(request.at),
            envelope.ID: request.id,
            envelope.SIGNATURE: keys.sign(self.key, request.canonical()),
        }

    def proof(  # noqa: PLR0913  (a proof has these parts)
        self,
        trial: str = "scenes_held",
        *,
        danger: Danger = Danger.RANSOMWARE,
        held: bool = True,
        at: datetime | None = None,
        lasts: timedelta = timedelta(days=8),
        numbers: dict[str, int] | None = None,
    ) -> ProofWord:
        """Return the next proof of this machine's chain."""
        moment = at or now()
        self.number += 1
        place = digest(self.number, self.previous, f"{trial} {moment.isoformat()}")
        word = ProofWord(
            id=fresh_id(),
            danger=danger,
            trial=trial,
            held=held,
            at=moment,
            expires=moment + lasts,
            numbers=numbers or {},
            number=self.number,
            previous=self.previous,
            digest=place,
        )
        self.previous = place
        return word
