"""What an update may do to records, and what it may not."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from vigie.routines.updates.census import Census, key_of
from vigie.routines.updates.comparing import Compared, compare
from vigie.tools.records.sqlite import SqliteRecords

Try = Callable[..., Compared]

SCHEMA = """
CREATE TABLE patient (id INTEGER PRIMARY KEY, nom TEXT, prenom TEXT, poids REAL, note TEXT);
CREATE TABLE journal (le TEXT, quoi TEXT);
CREATE TABLE reglages (nom TEXT PRIMARY KEY, valeur TEXT);
CREATE TABLE alembic_version (version_num TEXT);
"""


@pytest.fixture
def after(tmp_path: Path) -> Try:
    """Return what tries statements on a database of 500 patients, and compares."""
    path = tmp_path / "cabinet.db"
    with closing(sqlite3.connect(path)) as base:
        base.executescript(SCHEMA)
        base.executemany(
            "INSERT INTO patient VALUES (?, ?, ?, ?, ?)",
            [(n, f"Éluard {n}", f"Zoé {n}", n + 0.25, None) for n in range(500)],
        )
        base.executemany(
            "INSERT INTO journal VALUES (?, ?)", [("lundi", "ouvert")] * 3 + [("mardi", "fermé")]
        )
        base.execute("INSERT INTO reglages VALUES ('version_schema', '1'), ('couleur', 'bleu')")
        base.execute("INSERT INTO alembic_version VALUES ('a1')")
        base.commit()

    def attempt(*statements: str, free: str = "") -> Compared:
        with (
            closing(SqliteRecords(path)) as records,
            closing(Census.take(records, tmp_path / "before")),
        ):
            pass
        with closing(sqlite3.connect(path)) as base:
            for statement in statements:
                base.execute(statement)
            base.commit()
        with (
            closing(SqliteRecords(path)) as records,
            closing(Census(tmp_path / "before")) as before,
        ):
            return compare(before, records, lambda table: table == free)

    return attempt


LEGAL = {
    "nothing at all": [],
    "a column more": ["ALTER TABLE patient ADD COLUMN courriel TEXT DEFAULT 'aucun'"],
    "a column renamed": ["ALTER TABLE patient RENAME COLUMN nom TO nom_de_famille"],
    "a key renamed": ["ALTER TABLE patient RENAME COLUMN id TO numero"],
    "a table renamed": ["ALTER TABLE patient RENAME TO personne"],
    "one renamed beside one that is new": [
        "ALTER TABLE patient ADD COLUMN surnom TEXT DEFAULT ''",
        "ALTER TABLE patient RENAME COLUMN prenom TO prenoms",
    ],
    "a table made anew": [
        "CREATE TABLE neuve (id INTEGER PRIMARY KEY, note TEXT, nom TEXT, poids REAL, prenom TEXT)",
        "INSERT INTO neuve SELECT id, note, nom, poids, prenom FROM patient",
        "DROP TABLE patient",
        "ALTER TABLE neuve RENAME TO patient",
    ],
    "a number that is a text now": [
        "CREATE TABLE neuve (id INTEGER PRIMARY KEY, nom TEXT, prenom TEXT, poids TEXT, note TEXT)",
        "INSERT INTO neuve SELECT id, nom, prenom, poids, note FROM patient",
        "DROP TABLE patient",
        "ALTER TABLE neuve RENAME TO patient",
    ],
    "a patient more": ["INSERT INTO patient VALUES (9000, 'a', 'b', 1, NULL)"],
    "an index": ["CREATE INDEX par_nom ON patient (nom)"],
    "an empty column dropped": ["ALTER TABLE patient DROP COLUMN note"],
    "its own bookkeeping": [
        "UPDATE alembic_version SET version_num = 'b2'",
        "UPDATE reglages SET valeur = '2' WHERE nom = 'version_schema'",
    ],
    "a table without a key that has a column more": ["ALTER TABLE journal ADD COLUMN qui TEXT"],
    "a table without a key whose column is renamed": [
        "ALTER TABLE journal RENAME COLUMN quoi TO action"
    ],
}

HARM = {
    "a table dropped": (["DROP TABLE patient"], 500, 0),
    "a column dropped": (["ALTER TABLE patient DROP COLUMN prenom"], 0, 500),
    "one patient gone": (["DELETE FROM patient WHERE id = 499"], 1, 0),
    "all gone": (["DELETE FROM patient"], 500, 0),
    "one value": (["UPDATE patient SET poids = poids * 10 WHERE id = 77"], 0, 1),
    "a text cut short": (["UPDATE patient SET nom = substr(nom, 1, 3) WHERE id < 20"], 0, 20),
    "accents lost": (["UPDATE patient SET prenom = replace(prenom, 'é', 'e')"], 0, 500),
    "two columns exchanged": (["UPDATE patient SET nom = prenom, prenom = nom"], 0, 500),
    "two patients exchanged": (
        [
            "UPDATE patient SET id = -1 WHERE id = 3",
            "UPDATE patient SET id = 3 WHERE id = 4",
            "UPDATE patient SET id = 4 WHERE id = -1",
        ],
        0,
        2,
    ),
    "numbered anew": (["UPDATE patient SET id = id + 1000"], 500, 0),
    "something where nothing was": (["UPDATE patient SET note = 'aucune' WHERE id = 5"], 0, 1),
    "a value emptied": (["UPDATE patient SET nom = '' WHERE id = 9"], 0, 1),
    "renamed, and one value of it gone": (
        [
            "ALTER TABLE patient RENAME COLUMN nom TO famille",
            "UPDATE patient SET famille = 'x' WHERE id = 250",
        ],
        0,
        1,
    ),
    "a line of a journal": (["DELETE FROM journal WHERE le = 'mardi'"], 1, 0),
    "one of three lines alike": (
        ["DELETE FROM journal WHERE rowid = (SELECT min(rowid) FROM journal)"],
        1,
        0,
    ),
    "a line of a journal changed": (
        ["UPDATE journal SET quoi = 'ouvert' WHERE le = 'mardi'"],
        0,
        1,
    ),
    "a setting of somebody's": (
        ["UPDATE reglages SET valeur = 'vert' WHERE nom = 'couleur'"],
        0,
        1,
    ),
}


@pytest.mark.parametrize("statements", LEGAL.values(), ids=LEGAL)
def test_what_a_good_update_does_is_no_harm(after: Try, statements: list[str]) -> None:
    found = after(*statements)
    assert (found.lost, found.changed, found.worst) == (0, 0, "")


@pytest.mark.parametrize(("statements", "lost", "changed"), HARM.values(), ids=HARM)
def test_what_a_bad_update_does_is_counted(
    after: Try, statements: list[str], lost: int, changed: int
) -> None:
    found = after(*statements)
    assert (found.lost, found.changed) == (lost, changed)
    assert found.worst


def test_a_table_that_the_practice_leaves_free_may_change(after: Try) -> None:
    found = after("DELETE FROM journal", free="journal")
    assert (found.lost, found.changed) == (0, 0)


def test_it_is_known_where_a_renamed_column_lives_on(after: Try) -> None:
    found = after("ALTER TABLE patient RENAME COLUMN nom TO nom_de_famille")
    patient = next(one for one in found.tables if one.table == "patient")
    assert patient.columns["nom"] == "nom_de_famille"


def test_two_columns_cannot_live_on_in_one(after: Try) -> None:
    after("ALTER TABLE patient ADD COLUMN double TEXT", "UPDATE patient SET double = nom")
    found = after(
        "ALTER TABLE patient RENAME COLUMN nom TO famille",
        "ALTER TABLE patient DROP COLUMN double",
    )
    assert found.changed


@pytest.mark.parametrize(
    ("one", "other"), [("007", "7"), ("", None), ("a", "a\0"), ("12", "1 2"), (-1, 1)]
)
def test_different_keys_stay_different(one: str | int, other: str | int | None) -> None:
    assert key_of((one,)) != key_of((other,))


def test_keys_of_several_columns_do_not_run_into_each_other() -> None:
    assert key_of(("ab", "c")) != key_of(("a", "bc"))


@pytest.mark.parametrize("numbers", [range(-50, 50), range(0, 10**9, 10**7)])
def test_keys_that_are_numbers_keep_their_order(numbers: range) -> None:
    keys = [key_of((number,)) for number in numbers]
    assert keys == sorted(keys)
