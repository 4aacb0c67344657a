"""The load: signed batches over kept-alive connections, each sent once and timed."""

import http.client
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from queue import SimpleQueue
from uuid import uuid4

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.tools import keys
from vigie.wire import envelope
from vigie.wire.reports import Batch, FactWord, ReportWord

PATH = "/api/agent/v1/reports"
REPORTS = 50  # in one batch, as in the platform measurements


@dataclass(frozen=True, slots=True)
class Signed:
    """One request, ready to be sent."""

    headers: dict[str, str]
    body: bytes


def signed(machine: str, key: Ed25519PrivateKey) -> Signed:
    """Return a batch of fifty fresh reports, signed by a machine."""
    now = datetime.now(UTC)
    dangers = list(Danger)
    items = tuple(
        ReportWord(
            id=uuid4().hex,
            danger=dangers[number % len(dangers)],
            at=now,
            facts=(FactWord(fact="sensor_sees_again", gravity=Gravity.NOTE),),
        )
        if number % 10
        else ReportWord(
            id=uuid4().hex,
            danger=Danger.RANSOMWARE,
            at=now,
            facts=(FactWord(fact="sensor_blind", gravity=Gravity.CONCERN),),
        )
        for number in range(REPORTS)
    )
    body = msgspec.json.encode(Batch(items=items))
    request = envelope.Request(
        method="POST",
        path=PATH,
        machine=machine,
        at=now.replace(microsecond=0),
        id=uuid4().hex,
        body=body,
    )
    headers = {
        "Content-Type": "application/json",
        envelope.MACHINE: machine,
        envelope.TIME: envelope.stamp(request.at),
        envelope.ID: request.id,
        envelope.SIGNATURE: keys.sign(key, request.canonical()),
    }
    return Signed(headers, body)


def send(port: int, share: list[Signed], times: SimpleQueue[list[float]]) -> None:
    """Send a share of the batches one after another; put the seconds each took."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    took = []
    for batch in share:
        begun = time.perf_counter()
        line.request("POST", PATH, batch.body, batch.headers)
        answer = line.getresponse()
        told = json.loads(answer.read())
        assert answer.status == HTTPStatus.OK, told
        assert len(told["kept"]) == REPORTS, told
        took.append(time.perf_counter() - begun)
    line.close()
    times.put(took)
