"""A real ClamAV daemon, with signatures of the tests' own."""

from collections.abc import Iterator
from pathlib import Path

import own_clamd
import pytest
from made_archives import EICAR, zipped

from vigie.readers.sandbox.memory import in_memory
from vigie.routines.documents.checking import DocumentChecker
from vigie.tools import clamd

pytestmark = [
    pytest.mark.kernel,
    pytest.mark.skipif(own_clamd.PROGRAM is None, reason="needs clamd"),
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with own_clamd.daemon(tmp_path_factory.mktemp("clamd")) as place:
        yield place


def known(content: bytes, place: Path) -> str:
    with in_memory(content) as file:
        return clamd.signature(file.fileno(), place)


def test_the_daemon_knows_its_signatures_also_in_an_archive(place: Path) -> None:
    assert known(b"bonjour", place) == ""
    assert known(EICAR, place).startswith("Eicar")
    assert "Vigie.Essai" in known(zipped({"a.txt": b"x " + own_clamd.MARK}), place)


def test_a_second_opinion_makes_a_clean_file_red(place: Path) -> None:
    with DocumentChecker(cells=1, scanner=place) as checker:
        assert checker.check_bytes(b"bonjour", "a.txt").findings == ()
        checked = checker.check_bytes(b"x " + own_clamd.MARK, "a.txt")
    assert [finding.fact for finding in checked.findings] == ["known_bad"]
    assert "Vigie.Essai" in checked.findings[0].clues["detail"]


def test_a_daemon_that_is_gone_takes_nothing_away_and_is_counted(tmp_path: Path) -> None:
    with pytest.raises(clamd.NoOpinion):
        known(b"bonjour", tmp_path / "nobody.sock")
    with DocumentChecker(cells=1, scanner=tmp_path / "nobody.sock") as checker:
        assert [f.fact for f in checker.check_bytes(EICAR, "a.txt").findings] == ["known_bad"]
        assert checker.silent == 1


def test_no_daemon_is_found_where_none_is(tmp_path: Path, place: Path) -> None:
    assert clamd.found([tmp_path / "a", tmp_path]) is None
    assert clamd.found([tmp_path / "a", place]) == place
