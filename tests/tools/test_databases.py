import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from vigie.tools.databases import (
    DatabaseFailed,
    DatabaseTrouble,
    dump_defect,
    dump_postgresql,
    is_sqlite,
    postgresql_checksums,
    save_sqlite,
    sqlite_defect,
)


@pytest.mark.parametrize("mode", ["DELETE", "WAL"])
def test_a_database_written_to_without_pause_is_copied_consistently(
    tmp_path: Path, mode: str
) -> None:
    live = tmp_path / "live.db"
    with closing(sqlite3.connect(live)) as base:
        base.execute(f"PRAGMA journal_mode = {mode}")
        base.execute("CREATE TABLE accounts (name TEXT PRIMARY KEY, amount INTEGER)")
        base.executemany("INSERT INTO accounts VALUES (?, 0)", [(f"a{n}",) for n in range(500)])
        base.commit()
    stop = threading.Event()

    def write() -> None:  # the sum over all accounts is always 0: half a transaction shows
        with closing(sqlite3.connect(live, timeout=60)) as base:
            while not stop.is_set():
                with base:
                    base.execute("UPDATE accounts SET amount = amount + 1 WHERE name < 'a3'")
                    gain = "(SELECT -sum(amount) FROM accounts WHERE name != 'a499')"
                    base.execute(f"UPDATE accounts SET amount = {gain} WHERE name = 'a499'")  # noqa: S608

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(4):
            copy = tmp_path / f"copy{number}.db"
            save_sqlite(live, copy)
            with closing(sqlite3.connect(copy)) as base:
                assert base.execute("SELECT sum(amount) FROM accounts").fetchone() == (0,)
    finally:
        stop.set()
        writer.join()


def test_a_zeroed_page_is_found_and_the_older_copy_stays(tmp_path: Path) -> None:
    base, copy = tmp_path / "base.db", tmp_path / "copy.db"
    with closing(sqlite3.connect(base)) as writer:
        writer.execute("CREATE TABLE t (x)")
        writer.executemany("INSERT INTO t VALUES (?)", [("x" * 700,) for _ in range(100)])
        writer.commit()
    save_sqlite(base, copy)
    good = copy.read_bytes()
    raw = bytearray(base.read_bytes())
    raw[8192:12288] = bytes(4096)
    base.write_bytes(raw)
    assert sqlite_defect(base)
    with pytest.raises(DatabaseFailed) as failure:
        save_sqlite(base, copy)
    assert failure.value.trouble is DatabaseTrouble.UNSOUND
    assert copy.read_bytes() == good
    assert sorted(p.name for p in tmp_path.glob("copy*")) == ["copy.db"]


def test_a_database_is_known_by_its_header_not_by_its_name(tmp_path: Path) -> None:
    (tmp_path / "notes.db").write_text("du texte")
    (tmp_path / "vide.db").touch()
    assert not is_sqlite(tmp_path / "notes.db")
    assert not is_sqlite(tmp_path / "vide.db")
    assert not is_sqlite(tmp_path / "absent.db")


POSTGRESQL = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)), None)


@contextmanager
def cluster(folder: Path, *options: str) -> Iterator[str]:
    """Run a PostgreSQL cluster of its own on a socket in `folder`; give its conninfo."""
    assert POSTGRESQL
    folder.mkdir()
    shutil.chown(folder, "postgres")
    for parent in folder.parents:
        if parent.is_relative_to("/tmp") and parent != Path("/tmp"):  # noqa: S108  (pytest's own)
            parent.chmod(parent.stat().st_mode | 0o011)
    data = folder / "data"
    as_postgres = ["runuser", "-u", "postgres", "--"]
    initdb = [POSTGRESQL / "initdb", "-D", data, "-A", "trust", "--no-sync", *options]
    subprocess.run([*as_postgres, *initdb], check=True, capture_output=True, cwd="/")
    control = [*as_postgres, POSTGRESQL / "pg_ctl", "-D", data, "-w", "-l", folder / "log"]
    settings = f"-c listen_addresses='' -k {folder} -F"
    subprocess.run([*control, "-o", settings, "start"], check=True, capture_output=True, cwd="/")
    try:
        yield f"host={folder} user=postgres dbname=postgres"
    finally:
        stop = [*control, "-m", "immediate", "stop"]
        subprocess.run(stop, check=True, capture_output=True, cwd="/")


def fill(conninfo: str) -> str:
    """Put a thousand patients in, and return where their index lies below the data folder."""
    sql = (
        "CREATE TABLE patients (id serial PRIMARY KEY, nom text);"
        "INSERT INTO patients (nom) SELECT md5(i::text) FROM generate_series(1, 5000) i;"
        "CREATE INDEX noms ON patients (nom); CHECKPOINT;"
    )
    subprocess.run(["psql", "-q", conninfo, "-c", sql], check=True, capture_output=True)
    where = ["psql", "-XAtq", conninfo, "-c", "SELECT pg_relation_filepath('noms')"]
    return subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.kernel
@pytest.mark.skipif(not POSTGRESQL or os.geteuid() != 0, reason="needs PostgreSQL, and root")
def test_a_postgresql_database_is_dumped_and_checked_and_its_checksums_asked_for(
    tmp_path: Path,
) -> None:
    with cluster(tmp_path / "pg") as conninfo:
        index = fill(conninfo)
        assert postgresql_checksums(conninfo) is False
        dump = tmp_path / "copies" / "1.dump"
        dump_postgresql(conninfo, dump)
        assert dump_defect(dump) == ""
        cut = tmp_path / "cut.dump"
        cut.write_bytes(dump.read_bytes()[:-5000])
        assert dump_defect(cut)
        file = tmp_path / "pg" / "data" / index
        raw = bytearray(file.read_bytes())
        raw[8192 * 3 + 4000 : 8192 * 4] = bytes(8192 - 4000)
        file.write_bytes(raw)
        subprocess.run(["psql", "-q", conninfo, "-c", "DISCARD ALL"], check=True)
        control = ["runuser", "-u", "postgres", "--", POSTGRESQL / "pg_ctl", "-w", "-m", "fast",
                   "-l", tmp_path / "pg" / "log", "-D", tmp_path / "pg" / "data"]  # fmt: skip
        subprocess.run([*control, "restart"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        with pytest.raises(DatabaseFailed) as failure:
            dump_postgresql(conninfo, dump)
        assert failure.value.trouble is DatabaseTrouble.UNSOUND  # pg_dump alone saw nothing
        assert dump_defect(dump) == ""


@pytest.mark.kernel
@pytest.mark.skipif(not POSTGRESQL or os.geteuid() != 0, reason="needs PostgreSQL, and root")
def test_a_cluster_with_checksums_says_so(tmp_path: Path) -> None:
    with cluster(tmp_path / "pg", "--data-checksums") as conninfo:
        assert postgresql_checksums(conninfo) is True


def test_a_database_that_does_not_answer_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(DatabaseFailed) as failure:
        postgresql_checksums(f"host={tmp_path} dbname=absent")
    assert failure.value.trouble is DatabaseTrouble.NOT_SAVED
