"""The head of the console's journal is mirrored here: whoever rewrites it is found out."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from vigie.agent.console_side import ConsoleSide
from vigie.agent.enrolment import Enrolment
from vigie.agent.spool import Spool
from vigie.tools.journal import JOURNAL, Journal

NOW = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)


def side(home: Path) -> ConsoleSide:
    agent = home / "agent"
    enrolment = Enrolment(agent)
    spool = Spool(agent / "spool.db")
    spool.close()
    return ConsoleSide(agent, enrolment, spool, journal=home / JOURNAL, clock=lambda: NOW)


def test_a_journal_that_grows_is_mirrored_and_believed(tmp_path: Path) -> None:
    console = side(tmp_path)
    for number in (1, 2, 2, 5):
        console._mirror(number, f"{number:064x}")
    assert not console.rewritten
    with closing(Journal(tmp_path / JOURNAL)) as journal:
        mirrored = journal.mirrored()
    assert mirrored is not None
    assert mirrored.number == 5


def test_a_journal_that_shrank_or_changed_is_noticed(tmp_path: Path) -> None:
    shrunk, changed = side(tmp_path / "a"), side(tmp_path / "b")
    for console, then in ((shrunk, (4, "f" * 64)), (changed, (5, "f" * 64))):
        console._mirror(5, "0" * 64)
        console._mirror(*then)
        assert console.rewritten
