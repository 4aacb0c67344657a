"""The same kills before a real Postfix."""

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
from postfix import postfix
from provider import free_port, until

from vigie.sensors.outbox.leaving import KIND, State
from vigie.tools.held import HeldStore

KILLS = 40


@pytest.mark.kernel
def test_before_a_real_postfix_kills_lose_and_double_nothing(tmp_path: Path) -> None:
    chance = random.Random(7)  # noqa: S311  (a play)
    with (
        postfix() as server,
        closing(KilledRelay(tmp_path, free_port(), server.port)) as relay,
    ):
        for number in range(KILLS):
            client = threading.Thread(
                target=hand_in_until_kept, args=(relay.port, letter(number, 5_000))
            )
            client.start()
            time.sleep(chance.uniform(0, LONGEST))
            relay.kill()
            client.join()
        with closing(HeldStore(tmp_path / "held")) as store:
            assert until(lambda: hurried(store, [State.NEW, State.QUEUED]), 60)
            asked = {identity_in(store.content(h.id)) for h in store.items(KIND, [State.UNSURE])}

        def arrived() -> Counter[int]:
            return Counter(identity_in(content) for content in server.delivered())

        assert until(lambda: set(range(KILLS)) - asked <= set(arrived()), 30), server.log()
        time.sleep(1)
        assert [n for n, times in arrived().items() if times > 1] == []
