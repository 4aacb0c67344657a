"""The undo book outlives the process that wrote it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from vigie.domain.response import Deed
from vigie.tools.undo import UndoBook

WRITER = """
import os, signal, sys
from pathlib import Path
from vigie.domain.response import Deed
from vigie.tools.undo import UndoBook
book = UndoBook(Path(sys.argv[1]))
book.register(report="r", deed=Deed.FREEZE, target="f", note="42")
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_was_registered_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "undo.sqlite"
    ended = subprocess.run([sys.executable, "-c", WRITER, path], env=dict(os.environ), check=False)
    assert ended.returncode == -signal.SIGKILL
    book = UndoBook(path)
    assert [(undo.deed, undo.target, undo.note) for undo in book.pending("r")] == [
        (Deed.FREEZE, "f", "42")
    ]
    book.close()


def test_registering_twice_is_once_and_the_latest_comes_back_first(tmp_path: Path) -> None:
    book = UndoBook(tmp_path / "undo.sqlite")
    for target in ("a", "a", "b"):
        book.register(report="r", deed=Deed.BLOCK, target=target)
    assert [undo.target for undo in book.pending()] == ["b", "a"]
    book.strike(book.pending()[0])
    assert [undo.target for undo in book.pending()] == ["a"]
    book.close()
