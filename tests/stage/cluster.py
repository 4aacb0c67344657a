"""A real PostgreSQL cluster in a temporary folder, for as long as a command runs.

    python tests/stage/cluster.py pytest tests/console      runs it with DATABASE_URL set

The role that owns the tables is an ordinary one: a superuser would walk through row security.
"""

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROLE = "vigie"


def programs() -> Path | None:
    """Return the folder of initdb and pg_ctl, or None where PostgreSQL is not installed."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return versions[-1].parent if versions else None


def _as_postgres() -> list[str]:
    """Return what makes a command run as postgres: initdb refuses to run as root."""
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextmanager
def cluster() -> Iterator[str]:
    """Start a cluster on a socket of its own; give the address of an empty database in it."""
    folder = programs()
    if folder is None:
        raise FileNotFoundError("initdb")
    with tempfile.TemporaryDirectory(prefix="vigie-pg-") as name:
        place = Path(name)
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(place, owner.pw_uid, owner.pw_gid)
        data = place / "data"
        port = _free_port()

        def run(program: str, *arguments: str) -> None:
            command = [*_as_postgres(), str(folder / program), *arguments]
            done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False)
            if done.returncode:
                raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

        run("initdb", "-D", str(data), "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8")
        options = f"-c listen_addresses='' -c unix_socket_directories={place} -p {port}"
        run("pg_ctl", "-D", str(data), "-o", options, "-l", str(place / "log"), "-w", "start")
        try:
            reach = ("-h", str(place), "-p", str(port))
            run("createuser", *reach, "--createdb", ROLE)
            run("createdb", *reach, "-O", ROLE, ROLE)
            socket_folder = str(place).replace("/", "%2F")
            yield f"postgresql://{ROLE}@{socket_folder}:{port}/{ROLE}"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    with cluster() as address:
        environment = {**os.environ, "DATABASE_URL": address}
        sys.exit(subprocess.run(sys.argv[1:], env=environment, check=False).returncode)
