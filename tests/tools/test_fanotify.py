import os
import select
import subprocess
import threading
from pathlib import Path

import pytest

from vigie.tools import fanotify
from vigie.tools.fanotify import Asking, Telling
from vigie.tools.processes import opens_to_write

pytestmark = pytest.mark.kernel


def asked_about(asking: Asking, command: list[str], *, allow: bool) -> tuple[int, list[bool]]:
    """Run a command and answer its opens; return its status and which of them were to write."""
    answered: list[bool] = []
    running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    while running.poll() is None:
        select.select([asking.descriptor], [], [], 0.05)
        for question in asking.questions():
            answered.append(opens_to_write(question.tid))
            asking.answer(question, allow=allow)
            os.close(question.descriptor)
    return running.returncode, answered


def test_an_open_waits_for_its_answer_and_tells_what_it_is_for(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("x")
    asking = Asking()
    asking.mark(str(file), fanotify.OPEN_PERM)
    assert asked_about(asking, ["cat", str(file)], allow=True) == (0, [False])
    assert asked_about(asking, ["truncate", "-s0", str(file)], allow=False) == (1, [True])
    asking.close()
    assert file.read_text() == "x"


def test_a_closed_group_lets_everyone_go(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("x")
    asking = Asking()
    asking.mark(str(file), fanotify.OPEN_PERM)
    reader = subprocess.Popen(["cat", str(file)], stdout=subprocess.DEVNULL)
    select.select([asking.descriptor], [], [], 30)
    closer = threading.Thread(target=asking.close)
    closer.start()
    assert reader.wait(30) == 0
    closer.join()


def test_names_are_told_in_order_with_both_ends_of_a_rename(tmp_path: Path) -> None:
    telling = Telling()
    telling.mark(
        str(tmp_path),
        fanotify.CLOSE_WRITE | fanotify.DELETE | fanotify.RENAME | fanotify.ON_CHILD,
    )
    (tmp_path / "a").write_text("x")
    (tmp_path / "a").rename(tmp_path / "b")
    (tmp_path / "b").unlink()
    changes = telling.changes()
    telling.close()
    folder = fanotify.handle(tmp_path)
    names = [
        (c.source.name if c.source else "", c.target.name if c.target else "") for c in changes
    ]
    assert names == [("a", ""), ("a", "b"), ("b", "")]
    assert {c.source.folder for c in changes if c.source} == {folder}
    assert {c.pid for c in changes} == {os.getpid()}
