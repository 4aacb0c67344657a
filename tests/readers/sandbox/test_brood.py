"""A brood: what its children try fails, and none of them meets another."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from vigie.readers.sandbox.brood import Brood
from vigie.readers.sandbox.cell import ReadFailed
from vigie.readers.sandbox.memory import in_memory
from vigie.tools.confinement import Limits

pytestmark = pytest.mark.kernel

IMPATIENT = Limits(time=timedelta(seconds=1), memory=256 * 1024 * 1024)


@pytest.fixture(autouse=True)
def _hostile_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


@contextmanager
def brood(name: str) -> Iterator[Brood]:
    found = Brood(f"hostile_readers.{name}", IMPATIENT)
    try:
        yield found
    finally:
        found.close()


def test_a_brood_answers_and_gives_everything_up() -> None:
    with brood("echo") as cells, in_memory(b"salut") as file:
        assert cells.ask({"page": 3}, file.fileno()) == {"bytes": "salut", "page": 3}
        assert cells.missing == ()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("lists", "forbidden"),
        ("forks", "forbidden"),
        ("executes", "forbidden"),
        ("becomes_root", "forbidden"),
        ("writes", "forbidden"),
        ("prints", "forbidden"),
        ("eats_memory", "out_of_memory"),
        ("talks_for_ever", "answer_too_long"),
        ("loops", "too_slow"),
        ("ignores_the_alarm", "too_slow"),
        ("crashes", "died"),
        ("raises", "died"),
    ],
)
def test_a_child_that_tries_something_fails_and_the_brood_lives_on(name: str, reason: str) -> None:
    with brood(name) as cells, in_memory(b"x") as file:
        for _ in range(2):
            with pytest.raises(ReadFailed) as failed:
                cells.ask({}, file.fileno())
            assert failed.value.reason == reason
        assert cells.lives_on


def test_a_brood_that_is_killed_is_not_asked_again() -> None:
    with brood("echo") as cells, in_memory(b"x") as file:
        cells.ask({}, file.fileno())
        os.kill(cells.pid, signal.SIGKILL)
        with pytest.raises(ReadFailed):
            cells.ask({}, file.fileno())
        assert not cells.lives_on


def test_nothing_is_left_of_a_brood() -> None:
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208
    with brood("who") as cells, in_memory(b"x") as file:
        assert cells.ask({}, file.fileno()) == [65534, 65534]
        pid = cells.pid
    assert not Path(f"/proc/{pid}").exists()
    assert set(os.listdir("/proc/self/fd")) == before  # noqa: PTH208
