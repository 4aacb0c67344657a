"""The porter, with the kernel's own questions about a real file."""

import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from vigie.sensors.disk.porter import Porter, PorterGone
from vigie.tools import fanotify
from vigie.tools.fanotify import Asking, Question

pytestmark = pytest.mark.kernel
SOON = 10.0  # seconds: a busy machine


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "lettre.txt"
    path.write_text("Bonjour")
    return path


@pytest.fixture
def asking(letter: Path) -> Iterator[Asking]:
    group = Asking()
    group.mark(str(letter), fanotify.OPEN_PERM)
    yield group
    group.close()


@pytest.fixture
def porter(asking: Asking) -> Iterator[Porter]:
    standing = Porter(asking)
    yield standing
    standing.close()


def passed(porter: Porter) -> Question:
    limit = time.monotonic() + SOON
    while time.monotonic() < limit:
        select.select([porter.door], [], [], 0.1)
        for question in porter.passed():
            return question
    raise AssertionError("nobody was passed on")


def check_for_a_while(porter: Porter) -> None:
    limit = time.monotonic() + SOON
    while time.monotonic() < limit:
        porter.check()
        time.sleep(0.01)


def test_a_reader_is_let_through_and_written_down(porter: Porter, letter: Path) -> None:
    reader = subprocess.run(["cat", letter], check=True, capture_output=True, timeout=SOON)
    assert reader.stdout == b"Bonjour"
    state = letter.stat()
    assert [inode for _, inode in porter.reads()] == [(state.st_dev, state.st_ino)]
    assert list(porter.passed()) == []


def test_a_writer_waits_for_the_gate(asking: Asking, porter: Porter, letter: Path) -> None:
    writer = subprocess.Popen(["truncate", "-s", "1", letter])
    question = passed(porter)
    assert os.read(question.descriptor, 99) == b"Bonjour"
    assert writer.poll() is None
    asking.answer(question, allow=True)
    porter.answered(question)
    os.close(question.descriptor)
    assert writer.wait(SOON) == 0
    assert letter.stat().st_size == 1


def test_a_refused_writer_changes_nothing(asking: Asking, porter: Porter, letter: Path) -> None:
    writer = subprocess.Popen(["truncate", "-s", "1", letter], stderr=subprocess.DEVNULL)
    question = passed(porter)
    asking.answer(question, allow=False)
    porter.answered(question)
    os.close(question.descriptor)
    assert writer.wait(SOON) == 1
    assert letter.read_text() == "Bonjour"


def test_a_strict_porter_passes_readers_on(asking: Asking, porter: Porter, letter: Path) -> None:
    porter.be_strict(strict=True)
    reader = subprocess.Popen(["cat", letter], stdout=subprocess.DEVNULL)
    question = passed(porter)
    asking.answer(question, allow=True)
    porter.answered(question)
    os.close(question.descriptor)
    assert reader.wait(SOON) == 0
    porter.be_strict(strict=False)
    assert subprocess.run(["cat", letter], check=False, capture_output=True).stdout == b"Bonjour"


def test_the_agent_itself_never_waits(porter: Porter, letter: Path) -> None:
    porter.be_strict(strict=True)
    assert letter.read_text() == "Bonjour"


def test_a_porter_that_was_killed_is_noticed(porter: Porter) -> None:
    os.kill(porter.pid, signal.SIGKILL)
    with pytest.raises(PorterGone):
        passed(porter)
    with pytest.raises(PorterGone):
        check_for_a_while(porter)


def test_a_porter_that_hangs_is_noticed(porter: Porter) -> None:
    porter.check()
    os.kill(porter.pid, signal.SIGSTOP)
    with pytest.raises(PorterGone):
        check_for_a_while(porter)


def test_who_was_passed_on_is_let_go_when_the_kernels_group_is_closed(letter: Path) -> None:
    group = Asking()
    group.mark(str(letter), fanotify.OPEN_PERM)
    porter = Porter(group)
    writer = subprocess.Popen(["truncate", "-s", "1", letter])
    question = passed(porter)
    ending = threading.Thread(target=lambda: (porter.close(), group.close()))
    ending.start()
    ending.join(SOON)
    assert writer.wait(SOON) == 0
    os.close(question.descriptor)
