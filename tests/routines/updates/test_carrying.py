"""What was written since an update goes into the former version, or on a sheet; nothing is lost."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.domain.practice import Language
from vigie.routines.updates import bases, carrying
from vigie.routines.updates.application import Application
from vigie.routines.updates.bases import AFTER, BEFORE, Base
from vigie.routines.updates.carrying import MORNING, Carried
from vigie.routines.updates.register import Run, State
from vigie.routines.updates.sheet import Sheet, write_sheet

SCHEMA = """
PRAGMA foreign_keys = ON;
CREATE TABLE patient (id INTEGER PRIMARY KEY, nom TEXT NOT NULL, note TEXT);
CREATE TABLE acte (id INTEGER PRIMARY KEY, patient INTEGER REFERENCES patient, quoi TEXT);
CREATE TABLE appel (le TEXT, qui TEXT);
INSERT INTO appel VALUES ('lundi', 'Zoé'), ('lundi', 'Zoé');
"""
PATIENTS = 1000
NOW = datetime(2026, 11, 25, 10, tzinfo=UTC)


@dataclass
class Practice:
    """A database before, after and the morning after an update."""

    folder: Path
    closed: bool = False

    @property
    def base(self) -> Base:
        app = Application(name="a", packages=("a",), sqlite=(self.file,), closed=self.closed)
        return bases.bases([app])[0]

    @property
    def file(self) -> Path:
        return self.folder / "cabinet.db"

    def do(self, *statements: str, file: Path | None = None) -> None:
        with closing(sqlite3.connect(file or self.file)) as base:
            for statement in statements:
                base.execute(statement)
            base.commit()

    def ask(self, question: str) -> Sequence[tuple[object, ...]]:
        with closing(sqlite3.connect(self.file)) as base:
            return base.execute(question).fetchall()

    def carry(self, update: Sequence[str], morning: Sequence[str]) -> Carried:
        """Update, work for a morning, put the former version back and carry."""
        former = self.folder / "former.db"
        former.write_bytes(self.file.read_bytes())
        bases.count([self.base], self.folder, BEFORE)
        self.do(*update)
        assert bases.look([self.base], self.folder).whole
        bases.count([self.base], self.folder, AFTER)
        self.do(*morning)
        (self.folder / MORNING).mkdir()
        self.file.rename(self.folder / MORNING / "0.db")
        former.rename(self.file)
        run = Run(id="a" * 32, unit="a", state=State.ROLLING_BACK, begun=NOW)
        return carrying._carry_base(self.base, run, self.folder)


@pytest.fixture
def practice(tmp_path: Path) -> Practice:
    practice = Practice(tmp_path)
    with closing(sqlite3.connect(practice.file)) as base:
        base.executescript(SCHEMA)
        base.executemany(
            "INSERT INTO patient VALUES (?, ?, ?)",
            [(n, f"Éluard {n}", "rien") for n in range(PATIENTS)],
        )
        base.commit()
    return practice


def test_new_and_changed_rows_go_along_where_a_column_was_renamed(practice: Practice) -> None:
    found = practice.carry(
        ["ALTER TABLE patient RENAME COLUMN nom TO famille"],
        [
            "INSERT INTO patient VALUES (5000, 'Noël', 'nouveau')",
            "UPDATE patient SET note = 'revu' WHERE id = 7",
        ],
    )
    assert (found.carried, found.reenter) == (2, [])
    assert practice.ask("SELECT nom, note FROM patient WHERE id IN (7, 5000) ORDER BY id") == [
        ("Éluard 7", "revu"),
        ("Noël", "nouveau"),
    ]


def test_a_row_waits_for_the_row_it_needs(practice: Practice) -> None:
    found = practice.carry(
        [],
        [
            "INSERT INTO acte VALUES (1, 6000, 'vaccin')",
            "INSERT INTO patient VALUES (6000, 'Anaïs', NULL)",
        ],
    )
    assert (found.carried, found.reenter) == (2, [])
    assert practice.ask("SELECT patient FROM acte") == [(6000,)]


def test_what_the_former_version_has_no_column_for_is_on_the_sheet(practice: Practice) -> None:
    found = practice.carry(
        ["ALTER TABLE patient ADD COLUMN courriel TEXT"],
        [
            "INSERT INTO patient VALUES (7000, 'Léa', NULL, 'lea@b.example')",
            "UPDATE patient SET courriel = 'x@b.example' WHERE id = 3",
            "INSERT INTO patient VALUES (7001, 'Luc', NULL, NULL)",
        ],
    )
    assert found.carried == 2
    assert sorted(row.key[0] for row, _ in found.reenter) == [3, 7000]
    assert {why for _, why in found.reenter} == {"no_place"}


def test_a_table_of_the_new_version_alone_is_on_the_sheet(practice: Practice) -> None:
    found = practice.carry(
        ["CREATE TABLE rappel (id INTEGER PRIMARY KEY, quoi TEXT)"],
        ["INSERT INTO rappel VALUES (1, 'rappeler Zoé')"],
    )
    ((row, why),) = found.reenter
    assert (dict(row.homeless)["quoi"], why) == (b"rappeler Zo\xc3\xa9", "no_place")


def test_what_the_former_database_refuses_is_on_the_sheet(practice: Practice) -> None:
    found = practice.carry(
        [
            "CREATE TABLE neuve (id INTEGER PRIMARY KEY, nom TEXT, note TEXT)",
            "INSERT INTO neuve SELECT * FROM patient",
            "DROP TABLE patient",
            "ALTER TABLE neuve RENAME TO patient",
        ],
        ["INSERT INTO patient VALUES (8000, NULL, 'sans nom')"],
    )
    ((row, why),) = found.reenter
    assert row.key == (8000,)
    assert "NOT NULL" in why


def test_a_line_without_a_key_goes_along_once(practice: Practice) -> None:
    found = practice.carry([], ["INSERT INTO appel VALUES ('lundi', 'Zoé'), ('mardi', 'Luc')"])
    assert found.carried == 2
    assert len(practice.ask("SELECT * FROM appel")) == 4


def test_a_version_that_damages_old_rows_does_not_take_its_damage_along(
    practice: Practice,
) -> None:
    found = practice.carry(
        [],
        [
            "UPDATE patient SET nom = 'x' WHERE id < 900",
            "INSERT INTO patient VALUES (9000, 'Ève', NULL)",
        ],
    )
    assert found.carried == 1
    assert found.notes == [("patient", "too_many_changed", 900)]
    assert practice.ask("SELECT count(*) FROM patient WHERE nom = 'x'") == [(0,)]


def test_what_was_deleted_since_is_there_again_and_said(practice: Practice) -> None:
    found = practice.carry([], ["DELETE FROM patient WHERE id = 5"])
    assert found.notes == [("patient", "removed_since", 1)]
    assert len(practice.ask("SELECT 1 FROM patient WHERE id = 5")) == 1


def test_a_closed_database_is_not_written_to(practice: Practice) -> None:
    practice.closed = True
    found = practice.carry([], ["INSERT INTO patient VALUES (9000, 'Ève', NULL)"])
    assert found.carried == 0
    assert [why for _, why in found.reenter] == ["closed"]
    assert practice.ask("SELECT count(*) FROM patient") == [(PATIENTS,)]


@pytest.mark.parametrize("language", Language)
def test_the_sheet_says_everything_and_only_its_owner_reads_it(
    practice: Practice, tmp_path: Path, language: Language
) -> None:
    practice.closed = True
    sheet = Sheet(unit="Médicabinet", since=NOW, language=language)
    renamed = "UPDATE patient SET nom = 'Ève <3' WHERE id = 9"
    sheet.add("base", practice.carry([], [renamed]))
    sheet.notes.append(("patient", "removed_since", 2))
    sheet.unread.append(("autre", "damaged"))
    sheet.beside.append("/srv/lettre.apres.txt")
    assert sheet.rows == 3
    assert "Ève <3" in sheet.lines()[0]
    assert len(sheet.lines()) == 4
    write_sheet(sheet, tmp_path / "sheet.pdf")
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")
    assert (tmp_path / "sheet.pdf").stat().st_mode & 0o777 == 0o600
