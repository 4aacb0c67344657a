"""The relay is killed at random moments of a delivery: nothing is lost, nothing leaves twice."""

import random
import threading
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from killed_relay import KilledRelay
from kills import LONGEST, hand_in_until_kept, hurried, identity_in
from mail_desk import letter
from provider import free_port, small_provider, until

from vigie.sensors.outbox.leaving import KIND, State
from vigie.tools.held import HeldStore

pytestmark = pytest.mark.timeout(900)

KILLS = 200


def test_two_hundred_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(20261125)  # noqa: S311  (a play)
    with (
        small_provider(tmp_path / "taken") as provider,
        closing(KilledRelay(tmp_path, free_port(), provider.port)) as relay,
    ):
        sent = [letter(n, chance.choice([500, 5_000, 100_000])) for n in range(KILLS)]
        for content in sent:
            client = threading.Thread(target=hand_in_until_kept, args=(relay.port, content))
            client.start()
            time.sleep(chance.uniform(0, LONGEST))
            relay.kill()
            client.join()
        store = HeldStore(tmp_path / "held")
        with closing(store):
            busy = [State.NEW, State.QUEUED]
            assert until(lambda: hurried(store, busy), 60), store.items(KIND, busy)
            unsure = {h.id: store.content(h.id) for h in store.items(KIND, [State.UNSURE])}
            taken = Counter(identity_in(t.content) for t in provider.taken)
            assert [n for n, times in taken.items() if times > 1] == []
            asked = {identity_in(content) for content in unsure.values()}
            assert set(range(KILLS)) - set(taken) <= asked
            for content in (*(t.content for t in provider.taken), *unsure.values()):
                assert content == sent[identity_in(content)]
            print(f"{KILLS} kills, {len(taken)} arrived once, {len(unsure)} asked about")  # noqa: T201
