import time
from collections.abc import Callable
from datetime import timedelta

import urllib3
from small_console import Console

from vigie.agent.deadman import DeadMan

LIMIT = 60  # seconds a busy machine may need for anything here


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def test_signs_of_life_leave_while_the_machine_is_well_and_carry_nothing(
    console: Console,
) -> None:
    well = [True]
    pool = urllib3.PoolManager(retries=False, ca_certs=str(console.authority))
    switch = DeadMan(
        f"{console.address}/ping/0f6c",
        lambda: well[0],
        rhythm=timedelta(milliseconds=20),
        pool=pool,
    )
    switch.start()
    until(lambda: len(console.pings) >= 2)
    path, headers = console.pings[0]
    assert path == "/ping/0f6c"
    assert headers["User-Agent"] == "vigie"
    assert set(headers) <= {"Host", "User-Agent", "Accept-Encoding"}
    well[0] = False
    until(lambda: _silent(console))
    switch.stop()
    pool.clear()


def _silent(console: Console) -> bool:
    before = len(console.pings)
    time.sleep(0.3)
    return len(console.pings) == before


def test_an_address_that_does_not_answer_disturbs_nobody() -> None:
    asked: list[None] = []

    def well() -> bool:
        asked.append(None)
        return True

    switch = DeadMan("https://127.0.0.1:9", well, rhythm=timedelta(milliseconds=20))
    switch.start()
    until(lambda: len(asked) >= 3)
    switch.stop()
