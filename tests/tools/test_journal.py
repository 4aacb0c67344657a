import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.domain.danger import Danger
from vigie.domain.proof import GENESIS, Proof
from vigie.tools.journal import (
    ConsoleHead,
    Journal,
    latest_proofs,
    latest_trials,
    proof_in,
    record_proof,
    verify_file,
)

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    book = Journal(tmp_path / "journal.sqlite")
    yield book
    book.close()


def proof(
    trial: str = "restore_proven", *, held: bool = True, days: int = 8, at: datetime = NOW
) -> Proof:
    return Proof(
        id="a" * 32,
        danger=Danger.RANSOMWARE,
        trial=trial,
        held=held,
        machine="accueil",
        at=at,
        expires=at + timedelta(days=days),
        numbers={"files": 60},
    )


def tamper(path: Path, statement: str) -> None:
    """Change the file as someone would who knows SQLite: without the triggers."""
    base = sqlite3.connect(path, isolation_level=None)
    for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
        base.execute(f"DROP TRIGGER {name}")
    base.execute(statement)
    base.close()


def test_each_row_is_chained_to_the_row_before(journal: Journal) -> None:
    first = journal.append({"kind": "note", "number": 1})
    second = journal.append({"kind": "note", "text": "été"})
    assert first.previous == GENESIS
    assert second.previous == first.digest
    assert list(journal.entries()) == [first, second]
    assert journal.head() == second
    assert journal.verify() is None


def test_an_empty_journal_holds_and_has_no_head(journal: Journal) -> None:
    assert journal.head() is None
    assert journal.verify() is None


def test_the_file_itself_refuses_to_change_or_lose_a_row(journal: Journal) -> None:
    journal.append({"kind": "note"})
    base = sqlite3.connect(journal.path)
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        base.execute("UPDATE journal SET body = '{}'")
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        base.execute("DELETE FROM journal")
    base.close()


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE journal SET body = '{}' WHERE number = 2", 2),
        ("DELETE FROM journal WHERE number = 2", 2),
        ("DELETE FROM journal WHERE number = 1", 1),
        ("DELETE FROM journal WHERE number >= 4", 4),
        ("DELETE FROM journal", 1),
        ("UPDATE journal SET digest = previous WHERE number = 3", 3),
    ],
)
def test_a_missing_or_changed_row_is_found_and_named(
    journal: Journal, statement: str, row: int
) -> None:
    for number in range(5):
        journal.append({"kind": "note", "number": number})
    tamper(journal.path, statement)
    assert journal.verify() == row


@settings(max_examples=25, deadline=None)
@given(rows=st.integers(1, 12), data=st.data())
def test_any_changed_body_is_found_wherever_it_stands(
    tmp_path_factory: pytest.TempPathFactory, rows: int, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.sqlite"
    book = Journal(path)
    for number in range(rows):
        book.append({"number": number})
    changed = data.draw(st.integers(1, rows))
    tamper(path, f"UPDATE journal SET body = body || ' ' WHERE number = {changed}")  # noqa: S608
    assert book.verify() == changed
    book.close()


def test_a_journal_longer_than_a_page_is_read_whole(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vigie.tools.journal.PAGE", 3)
    for number in range(10):
        journal.append({"number": number})
    assert [entry.number for entry in journal.entries()] == list(range(1, 11))
    assert journal.verify() is None


def test_several_processes_append_to_one_chain(journal: Journal) -> None:
    script = (
        "import sys; from pathlib import Path; from vigie.tools.journal import Journal\n"
        "book = Journal(Path(sys.argv[1]))\n"
        "for number in range(25): book.append({'writer': sys.argv[2], 'number': number})\n"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", script, str(journal.path), name])
        for name in ("a", "b", "c")
    ]
    assert [writer.wait(timeout=120) for writer in writers] == [0, 0, 0]
    assert len(list(journal.entries())) == 75
    assert journal.verify() is None


def test_a_proof_comes_back_from_the_journal_as_it_was(journal: Journal) -> None:
    entry = record_proof(journal, proof())
    journal.append({"kind": "note"})
    assert proof_in(entry) == proof()
    assert latest_trials(journal) == {(Danger.RANSOMWARE, "restore_proven"): proof()}


def test_a_good_rehearsal_never_hides_a_restore_that_failed(journal: Journal) -> None:
    record_proof(journal, proof("restore_proven", held=False))
    record_proof(journal, proof("rehearsal", held=True))
    assert latest_proofs(journal)[Danger.RANSOMWARE].held is False
    record_proof(journal, proof("restore_proven", held=True, days=3))
    assert latest_proofs(journal)[Danger.RANSOMWARE] == proof("restore_proven", days=3)


def test_a_console_that_rewrites_its_journal_does_not_fit(journal: Journal) -> None:
    assert journal.mirrored() is None
    head = ConsoleHead(number=7, digest="1" * 64, at=NOW)
    assert journal.mirror(head) is True
    assert journal.mirror(head) is True
    assert journal.mirror(ConsoleHead(number=9, digest="2" * 64, at=NOW)) is True
    assert journal.mirror(ConsoleHead(number=9, digest="3" * 64, at=NOW)) is False
    assert journal.mirror(ConsoleHead(number=8, digest="4" * 64, at=NOW)) is False
    assert journal.mirrored() == ConsoleHead(number=8, digest="4" * 64, at=NOW)


def test_a_journal_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        verify_file(tmp_path / "journal.sqlite")
    assert not (tmp_path / "journal.sqlite").exists()


def test_a_file_is_verified_by_its_path(journal: Journal) -> None:
    journal.append({"kind": "note"})
    assert verify_file(journal.path) == (1, None)
