"""Items of the wire, each with an id of its own."""

import uuid
from datetime import UTC, datetime, timedelta

from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.wire.reports import FactWord, HeartbeatWord, ProofWord, ReportWord

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def a_report(gravity: Gravity = Gravity.CONCERN, at: datetime = NOON) -> ReportWord:
    fact = FactWord(fact="files_scrambled", gravity=gravity, numbers={"files": 31})
    return ReportWord(id=uuid.uuid4().hex, danger=Danger.RANSOMWARE, at=at, facts=(fact,))


def a_heartbeat(minute: int = 0) -> HeartbeatWord:
    at = NOON + timedelta(minutes=minute)
    return HeartbeatWord(id=uuid.uuid4().hex, at=at, version="2026.11.0", waiting=0)


def a_proof() -> ProofWord:
    return ProofWord(
        id=uuid.uuid4().hex,
        danger=Danger.RANSOMWARE,
        trial="restored",
        held=True,
        at=NOON,
        expires=NOON + timedelta(days=7),
        number=1,
        previous="0" * 64,
        digest="1" * 64,
    )
