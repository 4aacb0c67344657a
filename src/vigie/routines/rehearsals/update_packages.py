"""A small application of nobody's own, packaged for real: what an update is rehearsed with.

A server that reads patients from a SQLite or a PostgreSQL database, a command to start and stop
it, and one Debian package for each version, in a local repository.
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

NAME = "vigie-essai"
PROGRAM = f"/opt/{NAME}"
DATA = f"/srv/{NAME}"
BASE = f"{DATA}/cabinet.db"
LOG = f"/var/log/{NAME}.log"
PORT = 18_042
FIRST = "1.0"
ARCHIVE_LIMIT = 300.0  # seconds

SERVER = """\
#!@PYTHON@
import http.server, os, signal, sqlite3, sys, threading, time

PORT, WHERE, SLOW, CRASH, BROKEN = @PORT@, "@WHERE@", @SLOW@, @CRASH@, @BROKEN@
PID = "/run/@NAME@.pid"


def connect():
    if WHERE.startswith("/"):
        return sqlite3.connect(WHERE, timeout=20)
    import psycopg
    return psycopg.connect(WHERE)


class Patients(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(SLOW)
        base = connect()
        try:
            number = int(self.path.rpartition("/")[2])
            row = base.execute("SELECT @NAMED@ FROM patient WHERE id = %d" % number).fetchone()
        finally:
            base.close()
        self.send_response(200 if row else 404)
        self.end_headers()
        self.wfile.write(str(row).encode())

    def log_message(self, *_):
        pass


def serve():
    @AT_START@
    server = http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Patients)
    if CRASH:
        threading.Timer(CRASH, os._exit, (1,)).start()
    with open("@LOG@", "a") as log:
        log.write("@LOGGED@\\n")
    server.serve_forever()


if sys.argv[1] == "start":
    if BROKEN:
        sys.exit(1)
    if os.fork():
        sys.exit(0)
    os.setsid()
    with open(PID, "w") as file:
        file.write(str(os.getpid()))
    serve()
elif sys.argv[1] == "stop":
    try:
        os.kill(int(open(PID).read()), signal.SIGTERM)
        os.remove(PID)
    except (OSError, ValueError):
        pass
"""

MIGRATION = """\
#!@PYTHON@
import sqlite3, sys

if sys.argv[1] != "configure":
    sys.exit(0)
WHERE = "@WHERE@"
@BEFORE@
STATEMENTS = @SQL@
if STATEMENTS:
    if WHERE.startswith("/"):
        base = sqlite3.connect(WHERE, timeout=20)
    else:
        import psycopg
        base = psycopg.connect(WHERE)
    for statement in STATEMENTS:
        base.execute(statement)
    base.commit()
    base.close()
@AFTER@
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of the application: how it differs from the first one.

    `sql` changes the database in the package's own script, `before` and `after` are lines of
    Python around it; `at_start` is one that the server runs. `payload` is megabytes of ballast.
    """

    number: str = FIRST
    sql: Sequence[str] = ()
    before: str = ""
    after: str = ""
    at_start: str = "pass"
    slow: float = 0.0
    crash: float = 0.0
    broken: bool = False
    logged: str = "started"
    named: str = "nom, prenom"
    control: str = ""
    payload: int = 0


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository in a folder, with one application whose database is at `where`."""

    folder: Path
    where: str = BASE

    def publish(self, version: Version, *, name: str = NAME) -> None:
        """Build a package for a version and list it, beside those that are there."""
        tree = self.folder.parent / "tree"
        shutil.rmtree(tree, ignore_errors=True)
        (tree / "DEBIAN").mkdir(parents=True)
        program = tree / PROGRAM.removeprefix("/") / "application"
        program.parent.mkdir(parents=True)
        self._write(program, SERVER, version)
        (program.parent / "VERSION").write_text(version.number)
        if version.payload:
            ballast = hashlib.sha256(version.number.encode()).digest() * 32768
            with (program.parent / "payload").open("wb") as file:
                for _ in range(version.payload):
                    file.write(ballast)
        etc = tree / "etc"
        etc.mkdir()
        (etc / f"{name}.conf").write_text(f"made for {version.number}\n")
        self._write(tree / "DEBIAN" / "postinst", MIGRATION, version)
        control = (
            f"Package: {name}\nVersion: {version.number}\nArchitecture: all\n"
            f"Maintainer: Vigie <nobody@cabinet.example>\n{version.control}"
            "Description: nobody's own application, for rehearsals\n"
        )
        (tree / "DEBIAN" / "control").write_text(control)
        self._build(tree, name, version.number, control)

    def publish_empty(self, name: str, *, number: str = FIRST) -> None:
        """Publish a package that holds one file of documentation."""
        tree = self.folder.parent / "tree"
        shutil.rmtree(tree, ignore_errors=True)
        place = tree / "usr" / "share" / name
        place.mkdir(parents=True)
        (place / "README").write_text(name)
        (tree / "DEBIAN").mkdir()
        control = (
            f"Package: {name}\nVersion: {number}\nArchitecture: all\n"
            "Maintainer: Vigie <nobody@cabinet.example>\nDescription: for rehearsals\n"
        )
        (tree / "DEBIAN" / "control").write_text(control)
        self._build(tree, name, number, control)

    def withdraw(self, number: str, *, name: str = NAME) -> None:
        """Take a version out of the repository."""
        for file in self.folder.glob(f"{name}_{number}_all.*"):
            file.unlink()
        self._list()

    def _write(self, file: Path, text: str, version: Version) -> None:
        values = {
            "PYTHON": sys.executable,
            "NAME": NAME,
            "PORT": PORT,
            "LOG": LOG,
            "WHERE": self.where,
            "SLOW": version.slow,
            "CRASH": version.crash,
            "BROKEN": version.broken,
            "LOGGED": version.logged,
            "NAMED": version.named,
            "AT_START": version.at_start,
            "SQL": list(version.sql),
            "BEFORE": version.before,
            "AFTER": version.after,
        }
        for word, value in values.items():
            text = text.replace(f"@{word}@", str(value))
        file.write_text(text)
        file.chmod(0o755)

    def _build(self, tree: Path, name: str, number: str, control: str) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        archive = self.folder / f"{name}_{number}_all.deb"
        subprocess.run(
            ["dpkg-deb", "--root-owner-group", "-Zgzip", "-z1", "--build", str(tree), str(archive)],
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=ARCHIVE_LIMIT,
        )
        content = archive.read_bytes()
        entry = (
            f"{control}Filename: ./{archive.name}\nSize: {len(content)}\n"
            f"SHA256: {hashlib.sha256(content).hexdigest()}\n"
        )
        archive.with_suffix(".entry").write_text(entry)
        self._list()

    def _list(self) -> None:
        entries = [file.read_text() for file in sorted(self.folder.glob("*.entry"))]
        (self.folder / "Packages").write_text("\n".join(entries))
