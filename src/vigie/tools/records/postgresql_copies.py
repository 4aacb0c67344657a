"""Copies of a PostgreSQL database beside it in its own server, and the two renamed into each other.

Every step can be taken again after a kill: what is there by its name says how far one was.
"""

import re
import subprocess
from pathlib import Path

import psycopg
from psycopg import conninfo as libpq
from psycopg import sql

from vigie.tools.databases import LIMIT, program
from vigie.tools.records import RecordsFailed

_WITHIN = 10  # seconds to connect
_JOBS = 2  # at restoring


class Copies:
    """The database of `conninfo`, and its copies of before and of the failed version.

    `run` gives their names. Every method may raise RecordsFailed.
    """

    def __init__(self, conninfo: str, run: str) -> None:
        self.conninfo = conninfo
        given = libpq.conninfo_to_dict(conninfo)
        self.name = str(given.get("dbname") or "") or _name_by_service(conninfo)
        stem = re.sub(r"\W", "_", self.name)[:30]
        self.before = f"{stem}_vigie_{run[:8]}_avant"
        self.failed = f"{stem}_vigie_{run[:8]}_apres"
        self._half = f"{stem}_vigie_{run[:8]}_part"

    def reachable(self) -> bool:
        """Return whether the server answers."""
        try:
            with psycopg.connect(self.conninfo, connect_timeout=_WITHIN, dbname=self.name):
                return True
        except psycopg.Error:
            return False

    def alive(self) -> bool:
        """Return whether the server answers, whatever became of the database."""
        try:
            self._server().close()
        except RecordsFailed:
            return False
        return True

    def folder(self) -> Path | None:
        """Return where the server keeps its data; None where it does not say."""
        try:
            with psycopg.connect(self.conninfo, connect_timeout=_WITHIN) as link:
                row = link.execute("SHOW data_directory").fetchone()
        except psycopg.Error:
            return None
        return Path(row[0]) if row else None

    def copy(self) -> bool:
        """Copy the database inside its server; return whether the server let us."""
        with self._server() as link:
            self._drop(link, self.before)
            try:
                self._leave(link, self.name)
                link.execute(
                    sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                        sql.Identifier(self.before), sql.Identifier(self.name)
                    )
                )
                self._dress(link)
            except psycopg.Error:
                self._drop(link, self.before)
                return False
        return True

    def dump(self, file: Path, database: str = "") -> None:
        """Dump a database (this one, if none is named) into a file, quickly rather than small."""
        where = libpq.make_conninfo(self.conninfo, dbname=database or self.name)
        _run("pg_dump", "-Fc", "-Z1", f"--file={file}", f"--dbname={where}")

    def swap(self, dump: Path) -> None:
        """Put the database of before in the place of the one that failed, which is kept aside."""
        with self._server() as link:
            there = self._there(link)
            if self.failed in there and self.name in there and self.before not in there:
                return  # done before
            if self.before not in there:
                self._from_dump(link, dump)
            if self.name in self._there(link):
                self._drop(link, self.failed)
                self._rename(link, self.name, self.failed)
            self._rename(link, self.before, self.name)

    def refill(self, dump: Path) -> None:
        """Make the database of before anew from its dump, while the failed one stays aside."""
        with self._server() as link:
            self._from_dump(link, dump)
            self._drop(link, self.name)
            self._rename(link, self.before, self.name)

    def load(self, dump: Path) -> None:
        """Load a dump as the failed version, to be read from."""
        with self._server() as link:
            self._drop(link, self.failed)
            link.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(self.failed)))
        where = libpq.make_conninfo(self.conninfo, dbname=self.failed)
        _run("pg_restore", "--no-owner", f"--dbname={where}", str(dump))

    def drop(self) -> None:
        """Remove the copies."""
        with self._server() as link:
            for name in (self.before, self.failed, self._half):
                self._drop(link, name)

    def _from_dump(self, link: psycopg.Connection, dump: Path) -> None:
        self._drop(link, self._half)
        self._drop(link, self.before)
        link.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(self._half))
        )
        where = libpq.make_conninfo(self.conninfo, dbname=self._half)
        _run("pg_restore", f"--jobs={_JOBS}", "--exit-on-error", f"--dbname={where}", str(dump))
        self._rename(link, self._half, self.before)
        self._dress(link)

    def _server(self) -> psycopg.Connection:
        """Connect to another database of the same server, outside any transaction."""
        for other in ("postgres", "template1"):
            try:
                return psycopg.connect(
                    self.conninfo, dbname=other, connect_timeout=_WITHIN, autocommit=True
                )
            except psycopg.Error as trouble:
                last = trouble
        raise RecordsFailed(str(last).strip()) from last

    def _there(self, link: psycopg.Connection) -> set[str]:
        return {row[0] for row in link.execute("SELECT datname::text FROM pg_database").fetchall()}

    def _leave(self, link: psycopg.Connection, name: str) -> None:
        """End every other connection to a database."""
        link.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = %s AND pid <> pg_backend_pid()",
            [name],
        )

    def _rename(self, link: psycopg.Connection, old: str, new: str) -> None:
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        self._again(link, old, rename.format(sql.Identifier(old), sql.Identifier(new)))

    def _drop(self, link: psycopg.Connection, name: str) -> None:
        drop = sql.SQL("DROP DATABASE IF EXISTS {}")
        self._again(link, name, drop.format(sql.Identifier(name)))

    def _again(self, link: psycopg.Connection, name: str, statement: sql.Composed) -> None:
        """Do something that nobody else's connection may be open for; a pool comes back quickly."""
        tries = 20
        while True:
            tries -= 1
            try:
                self._leave(link, name)
                link.execute(statement)
            except psycopg.errors.ObjectInUse as busy:
                if not tries:
                    raise RecordsFailed(str(busy).strip()) from busy
            except psycopg.Error as trouble:
                raise RecordsFailed(str(trouble).strip()) from trouble
            else:
                return

    def _dress(self, link: psycopg.Connection) -> None:
        """Give the copy its owner and its settings, which a template does not hand on."""
        row = link.execute(
            "SELECT rolname::text FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba"
            " WHERE datname = %s",
            [self.name],
        ).fetchone()
        if row:
            owner = sql.SQL("ALTER DATABASE {} OWNER TO {}")
            link.execute(owner.format(sql.Identifier(self.before), sql.Identifier(row[0])))
        settings = link.execute(
            "SELECT unnest(setconfig) FROM pg_db_role_setting s JOIN pg_database d"
            " ON d.oid = s.setdatabase WHERE datname = %s AND setrole = 0",
            [self.name],
        ).fetchall()
        for (line,) in settings:
            name, _, value = line.partition("=")
            change = sql.SQL("ALTER DATABASE {} SET {} TO {}")
            link.execute(
                change.format(sql.Identifier(self.before), sql.Identifier(name), sql.Literal(value))
            )


def _name_by_service(conninfo: str) -> str:
    try:
        with psycopg.connect(conninfo, connect_timeout=_WITHIN) as link:
            return link.info.dbname
    except psycopg.Error as trouble:
        raise RecordsFailed(str(trouble).strip()) from trouble


def _run(*argv: str) -> None:
    try:
        done = subprocess.run(
            (program(argv[0]), *argv[1:]),
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise RecordsFailed(str(failure)) from failure
    if done.returncode:
        raise RecordsFailed((done.stderr or done.stdout).strip()[:1000])
