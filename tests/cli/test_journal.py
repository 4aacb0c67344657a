import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from vigie.cli.journal import command
from vigie.tools.journal import Journal


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIGIE_HOME", str(tmp_path))
    return tmp_path / "journal.sqlite"


def write(file: Path, rows: int) -> None:
    book = Journal(file)
    for number in range(rows):
        book.append({"number": number})
    book.close()


def test_a_whole_journal_is_said_to_hold(file: Path) -> None:
    write(file, 3)
    done = CliRunner().invoke(command, ["verify"])
    assert done.exit_code == 0
    assert "3 lignes" in done.output


def test_the_broken_row_is_named(file: Path) -> None:
    write(file, 3)
    base = sqlite3.connect(file, isolation_level=None)
    base.execute("DROP TRIGGER journal_keeps_words")
    base.execute("UPDATE journal SET body = '{}' WHERE number = 2")
    base.close()
    done = CliRunner().invoke(command, ["verify"])
    assert done.exit_code == 1
    assert "ligne 2" in done.output


def test_a_file_that_is_no_journal_holds_nothing(file: Path) -> None:
    file.write_bytes(b"autre chose" * 1000)
    assert CliRunner().invoke(command, ["verify"]).exit_code == 1


def test_without_a_journal_there_is_one_sentence(file: Path) -> None:
    done = CliRunner().invoke(command, ["verify"])
    assert done.exit_code != 0
    assert "pas encore de journal" in done.output
    assert not file.exists()
