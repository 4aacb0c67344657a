"""Database servers asked whether they hold, by their own tools; damaged indexes are made anew.

PostgreSQL: pg_amcheck sees damaged indexes and heaps that do not fit them; an index is made from
the records and loses nothing by being made again. MariaDB: mariadb-check. Firebird: gfix.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

LIMIT = 4 * 3600.0  # seconds: the largest practice's database within a night
MARIADB_SOCKETS = (Path("/run/mysqld/mysqld.sock"), Path("/var/run/mysqld/mysqld.sock"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found. `sound` at last; `mended`: it was not, and its indexes were made anew."""

    name: str
    sound: bool
    mended: bool = False
    said: str = ""


def postgresql(conninfo: str, *, mend: bool = True) -> Checked | None:
    """Check one PostgreSQL database; None where it cannot be asked.

    With `mend`, indexes are made anew when the check fails, and it is checked again.
    """
    status, said = _amcheck(conninfo)
    if status is None:
        return None
    if status or not mend:
        return Checked(name=conninfo, sound=status, said=said)
    _reindex(conninfo)
    again, still = _amcheck(conninfo)
    return Checked(name=conninfo, sound=bool(again), mended=bool(again), said=still or said)


_REINDEX = "SELECT format('REINDEX DATABASE %I', current_database())"


def _reindex(conninfo: str) -> None:
    named = _run("psql", "-XAtq", f"--command={_REINDEX}", conninfo)
    if named is not None and named.returncode == 0:
        _run("psql", "-XAtq", f"--command={named.stdout.strip()}", conninfo)


def _amcheck(conninfo: str) -> tuple[bool | None, str]:
    """Return whether the check holds (None: it could not be made), and its words."""
    alive = _run("psql", "-XAtq", "--command=SELECT 1", conninfo)
    if alive is None or alive.returncode:
        return None, ""
    done = _run("pg_amcheck", "--install-missing", "--heapallindexed", conninfo)
    if done is None:
        return None, ""
    return done.returncode == 0, (done.stdout or done.stderr).strip()[:1000]


def mariadb(socket: Path | None = None) -> Iterator[Checked]:
    """Check every database of the MariaDB or MySQL server of this machine, where one answers."""
    sockets = [socket] if socket else [each for each in MARIADB_SOCKETS if each.exists()]
    if not sockets:
        return
    done = _run("mariadb-check", f"--socket={sockets[0]}", "--all-databases", "--check", "--silent")
    if done is None or (done.returncode and not done.stdout):
        return
    for name, said in tables_in(done.stdout):
        yield Checked(name=name, sound=False, said=said)
    yield Checked(name="mariadb", sound=not done.stdout.strip())


def tables_in(raw: str) -> Iterator[tuple[str, str]]:
    """Yield the tables that `mariadb-check --silent` names, and what it says of each."""
    name, said = "", []
    for line in raw.splitlines():
        if ":" in line:
            said.append(line.strip())
            continue
        if name and said:
            yield name, "; ".join(said)
        name, said = line.strip(), []
    if name and said:
        yield name, "; ".join(said)


def firebird(path: Path) -> Checked | None:
    """Check one Firebird database by `gfix`, where it is installed. Not yet run."""
    done = _run("gfix", "-validate", "-full", "-no_update", str(path))
    if done is None:
        return None
    said = (done.stdout + done.stderr).strip()[:1000]
    return Checked(name=str(path), sound=done.returncode == 0 and not said, said=said)


def _run(*argv: str) -> "subprocess.CompletedProcess[str] | None":
    program = _program(argv[0])
    if program is None:
        return None
    try:
        return subprocess.run(
            [program, *argv[1:]],
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
            env={**os.environ, "LC_ALL": "C"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None


def _program(name: str) -> str | None:
    """Return where a program is: Debian keeps some of PostgreSQL's off the PATH."""
    kept: Sequence[Path] = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: p.parent.parent
    )
    return shutil.which(name) or (str(kept[-1]) if kept else None)
