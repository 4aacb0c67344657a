import io
import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image

from vigie.domain.evidence.structure import Kind, Soundness
from vigie.readers.sandbox.cell import Cell
from vigie.readers.sandbox.reader import Reader
from vigie.tools.confinement import Limits, Link

pytestmark = pytest.mark.kernel

_picture = io.BytesIO()
Image.new("RGB", (40, 30), "white").save(_picture, "PNG")
PNG = _picture.getvalue()


@pytest.fixture
def told() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def reader(told: list[tuple[str, str]]) -> Iterator[Reader]:
    def blind(reason: str, name: str) -> None:
        told.append((reason, name))

    with Reader(blind=blind, limits=Limits(time=timedelta(seconds=5))) as reader:
        yield reader


def test_a_file_is_read_by_its_descriptor_alone(reader: Reader, tmp_path: Path) -> None:
    picture = tmp_path / "radio.png"
    picture.write_bytes(PNG)
    with picture.open("rb") as file:
        seen = reader.inspect(file.fileno(), "radio.png")
        assert file.tell() == 0
    assert (seen.kind, seen.soundness, seen.size) == (Kind.PNG, Soundness.SOUND, len(PNG))


def test_bytes_are_read_as_well(reader: Reader) -> None:
    assert reader.inspect_bytes(os.urandom(9000), "lettre.docx").soundness is Soundness.BROKEN
    assert reader.inspect_bytes("été".encode("utf-16"), "note.txt").kind is Kind.TEXT


def test_nothing_is_missing_on_this_system(reader: Reader) -> None:
    assert reader.weakest_link == ""


def test_a_missing_filter_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "poor_system.py").write_text(
        "from vigie.tools.confinement import linux\n"
        "linux._seccomp = None\n"
        "def read(descriptor):\n"
        "    return 1\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    cell = Cell("poor_system.read", Limits())
    try:
        assert cell.ask({}) == 1
        assert cell.missing == (Link.FILTER,)
    finally:
        cell.close()


def test_a_killed_cell_is_replaced_and_told(reader: Reader, told: list[tuple[str, str]]) -> None:
    for cell in list(reader._pool._all):
        os.kill(cell.pid, signal.SIGKILL)
    first = reader.inspect_bytes(b"a", "note.txt")
    assert (first.soundness, first.defect) == (Soundness.UNSURE, "reader_died")
    assert told == [("died", "note.txt")]
    deadline = time.monotonic() + 30
    while reader.inspect_bytes(b"a", "note.txt").soundness is not Soundness.SOUND:
        assert time.monotonic() < deadline


def test_a_stopped_cell_never_holds_up_the_caller(told: list[tuple[str, str]]) -> None:
    with Reader(
        blind=lambda *trouble: told.append(trouble), limits=Limits(time=timedelta(seconds=0.3))
    ) as reader:
        for cell in list(reader._pool._all):
            os.kill(cell.pid, signal.SIGSTOP)
        assert reader.inspect_bytes(b"a", "note.txt").defect == "reader_too_slow"
        assert told == [("too_slow", "note.txt")]


def test_many_callers_each_get_their_own_answer(reader: Reader) -> None:
    wrong: list[int] = []

    def ask(number: int) -> None:
        untrusted = b"a" * number if number % 2 else PNG
        for _ in range(20):
            seen = reader.inspect_bytes(untrusted, "f")
            if seen.size != len(untrusted) or (seen.kind is Kind.PNG) == bool(number % 2):
                wrong.append(number)

    callers = [threading.Thread(target=ask, args=(number,)) for number in range(1, 7)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert wrong == []


def test_a_lying_cell_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "liar.py").write_text(
        "def read(descriptor, **options):\n    return ['pdf', 'sound', 3, False, 'Dr Martin']\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("vigie.readers.sandbox.reader._READER", "liar.read")
    with Reader() as reader:
        seen = reader.inspect_bytes(b"a", "note.txt")
    assert (seen.soundness, seen.defect) == (Soundness.UNSURE, "reader_bad_answer")


def test_nothing_is_left_after_closing() -> None:
    with Reader() as reader:
        pids = [cell.pid for cell in reader._pool._all]
    assert pids
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
