"""A PostgreSQL database counted, changed, and put back by renaming."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from cluster import cluster, programs

from vigie.routines.updates.census import Census
from vigie.routines.updates.comparing import Compared, compare
from vigie.tools.records import RecordsFailed, Table
from vigie.tools.records.postgresql import PostgresqlRecords
from vigie.tools.records.postgresql_copies import Copies

pytestmark = pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed")

SCHEMA = """
CREATE SCHEMA soins;
CREATE TABLE patient (id serial PRIMARY KEY, nom text, poids numeric(6,2), actif boolean,
                      vu timestamptz DEFAULT '2026-11-25 10:00+01',
                      double int GENERATED ALWAYS AS (1) STORED);
CREATE TABLE soins.acte (patient int, rang int, quoi text, PRIMARY KEY (patient, rang));
CREATE TABLE journal (quoi text);
INSERT INTO patient (nom, poids, actif) SELECT 'Éluard ' || n, n + 0.5, n % 2 = 0
  FROM generate_series(1, 300) n;
INSERT INTO soins.acte SELECT n, r, 'acte ' || r
  FROM generate_series(1, 50) n, generate_series(1, 3) r;
INSERT INTO journal SELECT 'ouvert' FROM generate_series(1, 3);
"""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with cluster() as address:
        yield address


@pytest.fixture
def address(server: str) -> str:
    with psycopg.connect(server, autocommit=True) as link:
        link.execute("DROP SCHEMA IF EXISTS soins CASCADE")
        link.execute("DROP TABLE IF EXISTS patient, journal, personne")
        link.execute(SCHEMA)
    return server


def after(address: str, folder: Path, *statements: str) -> Compared:
    with closing(PostgresqlRecords(address)) as records:
        Census.take(records, folder / "census").close()
    with psycopg.connect(address) as link:
        for statement in statements:
            link.execute(statement)
    with closing(PostgresqlRecords(address)) as records, closing(Census(folder / "census")) as old:
        return compare(old, records)


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1",
        "ALTER TABLE patient ADD COLUMN courriel text DEFAULT ''",
        "ALTER TABLE patient RENAME COLUMN nom TO famille",
        "ALTER TABLE patient RENAME TO personne",
        "ALTER TABLE patient ALTER COLUMN id TYPE bigint",
        "ALTER TABLE patient ALTER COLUMN poids TYPE numeric(10,4)",
        "ALTER TABLE patient ALTER COLUMN nom TYPE varchar(200)",
        "ALTER TABLE journal ADD COLUMN le date",
    ],
)
def test_a_good_migration_harms_nothing(address: str, tmp_path: Path, statement: str) -> None:
    found = after(address, tmp_path, statement)
    assert (found.rows, found.lost, found.changed) == (453, 0, 0)


@pytest.mark.parametrize(
    ("statement", "lost", "changed"),
    [
        ("DELETE FROM patient WHERE id = 300", 1, 0),
        ("UPDATE patient SET poids = poids * 10 WHERE id = 7", 0, 1),
        ("UPDATE patient SET vu = vu + interval '1 hour' WHERE id = 7", 0, 1),
        ("UPDATE patient SET actif = NOT actif WHERE id = 7", 0, 1),
        ("ALTER TABLE patient ALTER COLUMN poids TYPE int", 0, 300),
        ("DROP TABLE soins.acte", 150, 0),
        ("DELETE FROM journal WHERE ctid = '(0,1)'", 1, 0),
    ],
)
def test_a_bad_migration_is_counted(
    address: str, tmp_path: Path, statement: str, lost: int, changed: int
) -> None:
    found = after(address, tmp_path, statement)
    assert (found.lost, found.changed) == (lost, changed)


@pytest.mark.parametrize("copied", [True, False])
def test_a_database_goes_back_by_its_copy_or_by_its_dump(
    address: str, tmp_path: Path, *, copied: bool
) -> None:
    with psycopg.connect(address, autocommit=True) as link:
        link.execute(f"ALTER DATABASE {link.info.dbname} SET work_mem TO '5MB'")
    copies = Copies(address, "1234567890abcdef")
    dump = tmp_path / "dump"
    copies.dump(dump)
    if copied:
        assert copies.copy()
    with closing(PostgresqlRecords(address)) as records:
        Census.take(records, tmp_path / "census").close()
    with psycopg.connect(address) as link:
        link.execute("DROP TABLE patient")
    copies.swap(dump)
    copies.swap(dump)  # a kill between two steps begins it again
    with psycopg.connect(address) as link:
        assert link.execute("SHOW work_mem").fetchone() == ("5MB",)
    with (
        closing(PostgresqlRecords(address)) as records,
        closing(Census(tmp_path / "census")) as old,
        closing(PostgresqlRecords(address, database=copies.failed)) as failed,
    ):
        assert compare(old, records).lost == 0
        assert compare(old, failed).lost == 300
    copies.drop()
    with pytest.raises(RecordsFailed):
        PostgresqlRecords(address, database=copies.failed)


def test_a_row_is_put_as_it_was_read_and_the_counter_goes_on(address: str) -> None:
    table = Table(name="patient", columns=("id", "nom", "poids", "actif"), key=("id",))
    with closing(PostgresqlRecords(address, writing=True)) as records:
        values = (("id", "900"), ("nom", "Zoé"), ("poids", "1.5"), ("actif", "1"))
        assert records.put(table, ("900",), values) is True
        assert records.put(table, ("900",), (("nom", "Zoë"),)) is False
        with pytest.raises(RecordsFailed):
            records.put(table, ("901",), (("id", "901"), ("poids", "heavy")))
        records.commit()
    with psycopg.connect(address) as link:
        row = link.execute("SELECT nom, poids::text, actif FROM patient WHERE id = 900").fetchone()
        assert row == ("Zoë", "1.50", True)
        link.execute("INSERT INTO patient (nom) VALUES ('next')")
        assert link.execute("SELECT max(id) FROM patient").fetchone() == (901,)


def test_a_server_that_does_not_answer_is_said_to_be_so(tmp_path: Path) -> None:
    nowhere = f"host={tmp_path} dbname=none"
    assert not Copies(nowhere, "12345678").reachable()
    with pytest.raises(RecordsFailed):
        PostgresqlRecords(nowhere)
