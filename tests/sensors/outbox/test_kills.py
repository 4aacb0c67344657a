"""The relay is killed at random moments of a delivery: nothing is lost, nothing leaves twice."""

import random
import smtplib
import threading
import time
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from killed_relay import KilledRelay
from mail_desk import letter
from provider import free_port, small_provider, until

from vigie.sensors.outbox.leaving import KIND, State
from vigie.tools.held import HeldStore

pytestmark = pytest.mark.timeout(900)

KILLS = 200
LONGEST = 0.08  # seconds from the first word to the last commit, on a busy machine


def hand_in_until_kept(port: int, content: bytes) -> None:
    """Do as a mail program does whose server has gone: send the same message again."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
                client.sendmail("dr@cabinet.example", ["a@b.example"], content)
        except (OSError, smtplib.SMTPException):
            time.sleep(0.01)
        else:
            return
    raise AssertionError("the relay never answered")


def test_two_hundred_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261125)  # noqa: S311  (a play)
    with (
        small_provider(tmp_path / "taken") as provider,
        closing(KilledRelay(tmp_path, free_port(), provider.port)) as relay,
    ):
        for number in range(KILLS):
            size = chance.choice([500, 5_000, 100_000])
            client = threading.Thread(
                target=hand_in_until_kept, args=(relay.port, letter(number, size))
            )
            client.start()
            time.sleep(chance.uniform(0, LONGEST))
            relay.kill()
            client.join()
        store = HeldStore(tmp_path / "held")
        with closing(store):
            busy = [State.NEW, State.QUEUED]
            assert until(lambda: _hurried(store, busy), 60), store.items(KIND, busy)
            unsure = {h.id: store.content(h.id) for h in store.items(KIND, [State.UNSURE])}
            taken = Counter(identity_in(t.content) for t in provider.taken)
            assert [n for n, times in taken.items() if times > 1] == []
            asked = {identity_in(content) for content in unsure.values()}
            assert set(range(KILLS)) - set(taken) <= asked
            assert set(taken) <= set(range(KILLS))
            print(f"{KILLS} kills, {len(taken)} arrived once, {len(unsure)} asked about")  # noqa: T201


def identity_in(content: bytes) -> int:
    return int(content.partition(b"Message-ID: <")[2].partition(b"@")[0])


def _hurried(store: HeldStore, busy: list[State]) -> bool:
    """Let nobody wait for the back-off; return whether everything has left."""
    left = store.items(KIND, busy)
    for held in left:
        store.move(held.id, [State.QUEUED], State.QUEUED, due=datetime.now(UTC))
    if left:
        time.sleep(0.5)
    return not left
