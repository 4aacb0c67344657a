import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.tools.test_databases import POSTGRESQL, cluster, fill

from vigie.tools.database_servers import firebird, mariadb, postgresql, tables_in

needs_postgresql = pytest.mark.skipif(
    not POSTGRESQL or os.geteuid() != 0, reason="needs PostgreSQL, and root"
)


def restart(folder: Path) -> None:
    assert POSTGRESQL
    control = ["runuser", "-u", "postgres", "--", POSTGRESQL / "pg_ctl", "-w", "-m", "fast",
               "-l", folder / "log", "-D", folder / "data"]  # fmt: skip
    subprocess.run([*control, "restart"], check=True, stdout=subprocess.DEVNULL, cwd="/")


def damage(file: Path) -> None:
    raw = bytearray(file.read_bytes())
    raw[8192 * 3 + 4000 : 8192 * 4] = bytes(8192 - 4000)
    file.write_bytes(raw)


@pytest.mark.kernel
@needs_postgresql
def test_a_damaged_index_is_made_anew_and_no_record_is_lost(tmp_path: Path) -> None:
    with cluster(tmp_path / "pg") as conninfo:
        index = fill(conninfo)
        sound = postgresql(conninfo)
        assert sound is not None
        assert (sound.sound, sound.mended) == (True, False)
        damage(tmp_path / "pg" / "data" / index)
        restart(tmp_path / "pg")
        seen = postgresql(conninfo, mend=False)
        assert seen is not None
        assert not seen.sound
        mended = postgresql(conninfo)
        assert mended is not None
        assert (mended.sound, mended.mended) == (True, True)
        asked = ["psql", "-XAtq", conninfo, "-c", "SELECT count(*) FROM patients"]
        assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "5000\n"


@pytest.mark.kernel
@needs_postgresql
def test_a_damaged_table_is_said_and_left_as_it_is(tmp_path: Path) -> None:
    with cluster(tmp_path / "pg") as conninfo:
        fill(conninfo)
        where = ["psql", "-XAtq", conninfo, "-c", "SELECT pg_relation_filepath('patients')"]
        table = subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip()
        file = tmp_path / "pg" / "data" / table
        raw = bytearray(file.read_bytes())
        raw[8192 * 2 + 4096 : 8192 * 3] = b"\xff" * 4096  # rows
        file.write_bytes(raw)
        restart(tmp_path / "pg")
        seen = postgresql(conninfo)
        assert seen is not None
        assert (seen.sound, seen.mended) == (False, False)
        assert seen.said


def test_a_server_that_does_not_answer_says_nothing(tmp_path: Path) -> None:
    assert postgresql(f"host={tmp_path} dbname=absent") is None
    assert list(mariadb(tmp_path / "absent.sock")) == []


@contextmanager
def mariadb_server(place: Path) -> Iterator[Path]:
    """Run a MariaDB of its own on a socket in `place`."""
    place.mkdir()
    for parent in place.parents:
        if parent.is_relative_to("/tmp") and parent != Path("/tmp"):  # noqa: S108  (pytest's own)
            parent.chmod(parent.stat().st_mode | 0o011)
    shutil.chown(place, "mysql", "mysql")
    data, sock = place / "data", place / "s"
    subprocess.run(["mariadb-install-db", "--no-defaults", "--user=mysql", f"--datadir={data}",
                    "--auth-root-authentication-method=normal"], check=True,
                   capture_output=True)  # fmt: skip
    server = subprocess.Popen(
        ["mariadbd", "--no-defaults", "--user=mysql", f"--datadir={data}", f"--socket={sock}",
         "--skip-networking", f"--pid-file={place}/pid", "--innodb-buffer-pool-size=16M"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        limit = time.monotonic() + 60
        ping = ["mariadb-admin", f"--socket={sock}", "ping"]
        while subprocess.run(ping, capture_output=True, check=False).returncode:
            assert time.monotonic() < limit
            time.sleep(0.2)
        yield sock
    finally:
        server.terminate()
        server.wait(60)


@pytest.mark.kernel
@pytest.mark.skipif(
    not shutil.which("mariadbd") or os.geteuid() != 0, reason="needs mariadb-server, and root"
)
def test_a_damaged_table_of_mariadb_is_named(tmp_path: Path) -> None:
    with mariadb_server(tmp_path / "m") as sock:
        sql = "CREATE TABLE test.dossiers (a INT PRIMARY KEY, b VARCHAR(90)) ENGINE=MyISAM;"
        sql += "INSERT INTO test.dossiers SELECT seq, 'dossier' FROM test.seq_1_to_2000;"
        sql = "CREATE DATABASE IF NOT EXISTS test;" + sql + "FLUSH TABLES;"
        subprocess.run(["mariadb", f"--socket={sock}", "-e", sql], check=True)
        assert [each.sound for each in mariadb(sock)] == [True]
        file = tmp_path / "m" / "data" / "test" / "dossiers.MYD"
        file.write_bytes(file.read_bytes()[:10_000])
        found = list(mariadb(sock))
        assert [each.name for each in found if not each.sound][:1] == ["test.dossiers"]


def test_the_words_of_mariadb_check_are_read_by_table() -> None:
    raw = "test.a\nwarning  : Table is marked as crashed\nerror    : Corrupt\ntest.b\nerror : No\n"
    assert list(tables_in(raw)) == [
        ("test.a", "warning  : Table is marked as crashed; error    : Corrupt"),
        ("test.b", "error : No"),
    ]


@pytest.mark.skipif(bool(shutil.which("gfix")), reason="only where Firebird is not installed")
def test_without_firebirds_tools_nothing_is_said(tmp_path: Path) -> None:
    assert firebird(tmp_path / "base.fdb") is None
