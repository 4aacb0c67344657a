import os
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from vigie.readers.sandbox.cell import Cell, ReadFailed
from vigie.readers.sandbox.job import read_once
from vigie.tools.confinement import Limits

pytestmark = pytest.mark.kernel

IMPATIENT = Limits(time=timedelta(seconds=1), memory=256 * 1024 * 1024)


@pytest.fixture(autouse=True)
def _hostile_readers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))


def attempt(name: str, untrusted: bytes | int = b"", **options: object) -> Any:  # noqa: ANN401  (what came out of a sandbox)
    return read_once(f"hostile_readers.{name}", untrusted, limits=IMPATIENT, **options)


def refusal(name: str, untrusted: bytes | int = b"", **options: object) -> str:
    with pytest.raises(ReadFailed) as failed:
        attempt(name, untrusted, **options)
    return failed.value.reason


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_job_reads_what_it_is_given_and_answers() -> None:
    assert attempt("echo", b"salut", page=3) == {"bytes": "salut", "page": 3}


def test_a_job_reads_an_open_file_without_being_able_to_open_it(tmp_path: Path) -> None:
    letter = tmp_path / "lettre.txt"
    letter.write_text("Chère consœur")
    with letter.open("rb") as file:
        assert attempt("echo", file.fileno())["bytes"] == "Chère consœur"
    assert refusal("opens", path=str(letter)) == "forbidden"


def test_a_job_sees_no_file_tree() -> None:
    assert refusal("lists") == "forbidden"
    assert refusal("opens", path="/etc/passwd") == "forbidden"


def test_a_job_reaches_no_network(listener: int) -> None:
    assert refusal("connects", port=listener) == "forbidden"


@pytest.mark.parametrize("name", ["forks", "executes", "replaces_itself"])
def test_a_job_starts_no_process(name: str) -> None:
    assert refusal(name) == "forbidden"


@pytest.mark.parametrize("name", ["writes", "truncates"])
def test_a_job_cannot_change_even_a_file_opened_for_writing(name: str, tmp_path: Path) -> None:
    letter = tmp_path / "lettre.txt"
    letter.write_text("intacte")
    with letter.open("r+b") as file:
        assert refusal(name, file.fileno()) == "forbidden"
    assert letter.read_text() == "intacte"


def test_a_job_harms_no_other_process_and_is_nobody() -> None:
    assert refusal("kills", pid=os.getpid()) == "forbidden"
    assert refusal("becomes_root") == "forbidden"
    assert attempt("who") == [65534, 65534]


def test_a_job_that_eats_memory_is_stopped() -> None:
    assert refusal("eats_memory") == "out_of_memory"


def test_a_job_that_goes_too_deep_is_stopped() -> None:
    assert refusal("recurses") in {"too_deep", "died"}


@pytest.mark.parametrize("name", ["loops", "sleeps", "ignores_the_alarm"])
def test_a_job_that_never_ends_is_ended(name: str) -> None:
    assert refusal(name) == "too_slow"


def test_a_job_that_talks_for_ever_is_cut_off() -> None:
    assert refusal("talks_for_ever") == "answer_too_long"


def test_a_job_that_prints_a_gigabyte_prints_nothing() -> None:
    assert refusal("prints") == "forbidden"


@pytest.mark.parametrize("name", ["crashes", "raises"])
def test_a_job_that_crashes_is_answered(name: str) -> None:
    assert refusal(name) == "died"


def test_nothing_is_left_of_a_job() -> None:
    before = set(os.listdir("/proc/self/fd"))  # noqa: PTH208
    cell = Cell("hostile_readers.loops", IMPATIENT)
    with pytest.raises(ReadFailed):
        cell.ask({})
    assert not Path(f"/proc/{cell.pid}").exists()
    assert set(os.listdir("/proc/self/fd")) == before  # noqa: PTH208


def test_an_unknown_reader_is_a_failure_not_a_wait() -> None:
    assert refusal("nothing_of_that_name") == "died"
