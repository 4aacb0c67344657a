"""The ground: a PostgreSQL cluster of its own with a large console's rows in it.

The rows are those a month of ordinary practices leaves: each machine proves its eleven promises
every night, tells of its backup, and now and then of something else. Made inside the database, so
that millions of rows take a minute; what the pages read is the same.
"""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from cluster import programs

from vigie.domain.danger import Danger

ROLE = "vigie"
PORT = 54_329  # of a socket file, in a folder of its own

_WHOLE = """
INSERT INTO practices_practice (pseudonym, name, language, country, timezone, since)
SELECT translate(lpad(to_hex(n), 16, 'z'), '0189', 'ghij'), 'Cabinet ' || n, 'fr', 'FR',
       'Europe/Paris', now() - interval '60 days'
FROM generate_series(1, %(practices)s) n;

INSERT INTO practices_care (person_id, practice_id)
SELECT (SELECT min(id) FROM accounts_person), id FROM practices_practice;

INSERT INTO practices_machine (pseudonym, practice_id, name, key, system, state, applied_at,
       approved_at, last_seen, version, waiting, blind, heard_at, chain_number, chain_digest, taken)
SELECT translate(lpad(to_hex(p.id * 16 + n), 16, 'm'), '0189m', 'ghijk'), p.id, 'Poste ' || n,
       md5(p.id || '/' || n) || 'aaaaaaaaaaa', 'linux', 'approved', now() - interval '60 days',
       now() - interval '60 days', now() - interval '30 seconds', '2026.11.0', 0, '[]',
       now() - interval '30 seconds', %(nights)s * 11, md5('x') || md5('y'), 0
FROM practices_practice p, generate_series(1, %(machines)s / %(practices)s) n;

INSERT INTO intake_proof (practice_id, machine_id, item, at, received_at, entry, danger, trial,
       held, expires, numbers, number, previous, digest)
SELECT m.practice_id, m.id, md5(m.id || d.danger || night),
       now() - night * interval '1 day' - m.id %% 3600 * interval '1 second',
       now() - night * interval '1 day', night, d.danger, 'scenes_held', true,
       now() - night * interval '1 day' + interval '8 days', '{"scenes": 12}',
       (%(nights)s - night) * 11 + d.place, md5('x') || md5('y'), md5('x') || md5('y')
FROM practices_machine m, unnest(%(dangers)s::text[]) WITH ORDINALITY d(danger, place),
     generate_series(%(nights)s, 1, -1) night;

INSERT INTO intake_backup (practice_id, machine_id, item, at, received_at, entry, repository, kind,
       snapshots, latest, missing)
SELECT m.practice_id, m.id, md5('b' || m.id || night), now() - night * interval '1 day',
       now() - night * interval '1 day', night, 'local_disk', 'local', 30,
       now() - night * interval '1 day' - interval '2 hours', '[]'
FROM practices_machine m, generate_series(%(nights)s, 0, -1) night;

INSERT INTO intake_report (practice_id, machine_id, item, at, received_at, entry, danger, gravity,
       facts, outcomes)
SELECT m.practice_id, m.id, md5('r' || m.id || n), now() - n * interval '6 hours',
       now() - n * interval '6 hours', n,
       (%(dangers)s::text[])[1 + (m.id + n) %% 11], 'NOTE',
       '[{"fact": "sensor_sees_again", "gravity": "NOTE", "numbers": {}}]', '[]'
FROM practices_machine m, generate_series(1, 4 * %(nights)s) n;

INSERT INTO alerts_alert (practice_id, machine_id, key, kind, danger, fact, gravity, numbers,
       opened_at, last_at, times)
SELECT m.practice_id, m.id, 'report/' || m.pseudonym || '/power_loss/sensor_blind', 'report',
       'power_loss', 'sensor_blind', 'CONCERN', '{}', now() - interval '2 hours',
       now() - interval '1 hour', 3
FROM practices_machine m WHERE m.id %% 150 = 0;

INSERT INTO journal_entry (practice_id, number, previous, body, digest, at)
SELECT p.id, n, md5(p.id || '/' || n - 1) || md5('y'),
       '{"at":"2026-11-24T03:10:00+00:00","event":"batch","items":14,"machine":"'
       || p.pseudonym || '","seal":"' || md5('seal' || n) || md5('y') || '"}',
       md5(p.id || '/' || n) || md5('y'), now() - (%(entries)s - n) * interval '8 minutes'
FROM practices_practice p, generate_series(1, %(entries)s) n;

INSERT INTO journal_head (practice_id, number, digest)
SELECT id, %(entries)s, md5(id || '/' || %(entries)s) || md5('y') FROM practices_practice;
"""
_DANGERS = [danger.value for danger in Danger]


@dataclass(frozen=True, slots=True)
class Size:
    """How large the console is."""

    practices: int = 1_000
    machines: int = 6_000
    journal: int = 5_000_000
    nights: int = 30


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run the cluster in `folder`, made if it is not there; give the database's address."""
    found = programs()
    if found is None:
        raise FileNotFoundError("initdb")
    fresh = not (folder / "data").exists()
    if fresh:
        folder.mkdir(parents=True, exist_ok=True)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        _run(folder, found, "initdb", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
    options = (
        f"-c listen_addresses='' -c unix_socket_directories={folder} -p {PORT} "
        "-c shared_buffers=512MB -c max_wal_size=4GB"
    )
    _run(folder, found, "pg_ctl", "-o", options, "-l", str(folder / "log"), "-w", "start")
    try:
        if fresh:
            reach = ("-h", str(folder), "-p", str(PORT))
            _command(folder, found, "createuser", *reach, ROLE)
            _command(folder, found, "createdb", *reach, "-O", ROLE, ROLE)
        yield f"postgresql://{ROLE}@{str(folder).replace('/', '%2F')}:{PORT}/{ROLE}"
    finally:
        _run(folder, found, "pg_ctl", "-m", "fast", "-w", "stop")


def fill(folder: Path, size: Size) -> None:
    """Fill the tables, as the superuser: past the walls and without looking at each key."""
    told = {
        "practices": size.practices,
        "machines": size.machines,
        "nights": size.nights,
        "entries": size.journal // size.practices,
        "dangers": _DANGERS,
    }
    reach = f"host={folder} port={PORT} dbname={ROLE} user=postgres"
    with psycopg.connect(reach, autocommit=True) as line:
        line.execute("SET session_replication_role = replica")
        for statement in _WHOLE.split(";\n"):
            if statement.strip():
                line.execute(statement.encode(), told)
        line.execute("VACUUM ANALYZE")


def _run(folder: Path, found: Path, program: str, *arguments: str) -> None:
    _command(folder, found, program, "-D", str(folder / "data"), *arguments)


def _command(folder: Path, found: Path, program: str, *arguments: str) -> None:
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    command = [*as_postgres, str(found / program), *arguments]
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
