import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.tools.notices import Notice, Notices

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


@pytest.fixture
def notices(tmp_path: Path) -> Iterator[Notices]:
    notices = Notices(tmp_path / "notices.db")
    yield notices
    notices.close()


def keep(notices: Notices, text: str, *, grave: bool = False, at: datetime = NOW) -> Notice:
    notices.keep(report=f"r-{text}", deed="TELL", text=text, button="", grave=grave, at=at)
    return next(notice for notice in notices.open() if notice.text == text)


def test_a_sentence_is_kept_once_however_often_it_is_said(notices: Notices) -> None:
    said = {"report": "r", "deed": "TELL", "text": "Bonjour.", "button": "Voir", "grave": False}
    assert notices.keep(**said, at=NOW)  # type: ignore[arg-type]
    assert not notices.keep(**said, at=NOW + timedelta(days=1))  # type: ignore[arg-type]
    assert len(notices.open()) == 1


def test_harm_comes_first_then_the_newest(notices: Notices) -> None:
    for text, grave in (("a", False), ("b", True), ("c", False)):
        keep(notices, text, grave=grave)
    assert [notice.text for notice in notices.open()] == ["b", "c", "a"]


def test_one_interruption_a_week_is_the_budget(notices: Notices) -> None:
    first, second = keep(notices, "first"), keep(notices, "second")
    assert notices.may_interrupt(first, NOW, consulting=False)
    notices.show(first, NOW)
    assert not notices.may_interrupt(second, NOW + timedelta(days=6), consulting=False)
    assert notices.may_interrupt(second, NOW + timedelta(days=8), consulting=False)
    assert notices.interruptions(NOW - timedelta(days=1), NOW + timedelta(days=1)) == 1


def test_a_consultation_is_interrupted_by_harm_alone(notices: Notices) -> None:
    assert not notices.may_interrupt(keep(notices, "calm"), NOW, consulting=True)
    assert notices.may_interrupt(keep(notices, "harm", grave=True), NOW, consulting=True)


def test_harm_counts_as_an_interruption_as_well(notices: Notices) -> None:
    notices.show(keep(notices, "harm", grave=True), NOW)
    assert not notices.may_interrupt(keep(notices, "calm"), NOW, consulting=False)


def test_a_clock_set_back_gives_no_new_budget(notices: Notices) -> None:
    notices.show(keep(notices, "first"), NOW)
    earlier = NOW - timedelta(days=1)
    assert not notices.may_interrupt(keep(notices, "second"), earlier, consulting=False)


def test_what_is_settled_is_closed_for_good(notices: Notices) -> None:
    keep(notices, "a")
    assert notices.settle("r-a", NOW) == 1
    assert notices.settle("r-a", NOW) == 0
    assert notices.open() == ()


def test_a_file_of_an_older_version_is_read_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "notices.db"
    base = sqlite3.connect(path)
    base.execute(
        "CREATE TABLE notices (number INTEGER PRIMARY KEY AUTOINCREMENT, report TEXT NOT NULL,"
        " deed TEXT NOT NULL, text TEXT NOT NULL, button TEXT NOT NULL, grave INTEGER NOT NULL,"
        " at REAL NOT NULL, shown REAL, settled REAL, UNIQUE (report, deed, text))"
    )
    base.execute(
        "INSERT INTO notices (report, deed, text, button, grave, at) VALUES ('r','TELL','x','',0,1)"
    )
    base.commit()
    base.close()
    for _ in range(2):
        notices = Notices(path)
        assert [(one.text, one.screen) for one in notices.open()] == [("x", "")]
        notices.close()
