"""Inside the room: an application is installed, filled, declared, and `vigie update` let loose.

Run as a program in the room only: `python -m vigie.routines.rehearsals.update_inside FOLDER`.
"""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from vigie.routines.rehearsals import update_packages as packages
from vigie.routines.rehearsals.update_packages import (
    BASE,
    DATA,
    FIRST,
    NAME,
    PORT,
    PROGRAM,
    Repository,
    Version,
)
from vigie.routines.rehearsals.update_room import loopback_up, say

PATIENTS, VISITS, SCANS = 400, 4_000, 12
LIMIT = 600.0  # seconds for one command

SETTINGS = """\
[practice]
name = "Cabinet d’essai"
caretaker = "Karim"

[updates]
silent_seconds = {silent}
system = false

[[application]]
name = "Essai"
packages = ["{name}"]
start = ["{by}", "start"]
stop = ["{by}", "stop"]
data = [{folders}]
documents = ["{data}/scans"]
{base}
port = {port}
sentinel_address = "http://127.0.0.1:{port}/patient/1"
sentinel_says = "Essai"
log = "{log}"
starts_within = 20
watched = {watched}
"""

# The bad versions of the rehearsal, and a good one. Each is really built, and really installed.
ADDED = "ALTER TABLE patient ADD COLUMN courriel text DEFAULT ''"
DOSE = "UPDATE consultation SET dose = dose * 10 WHERE id = 1234"
PLAYED = (
    ("one_dose_ten_times", Version(number="2.1", sql=[DOSE]), False),
    ("does_not_start", Version(number="2.2", sql=[ADDED], broken=True), False),
    ("a_column_more", Version(number="2.3", sql=[ADDED]), True),
)

Truth = Mapping[str, Mapping[object, tuple[object, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """The application in its room. `where` is its database: a path, or PostgreSQL's conninfo."""

    folder: Path
    where: str = BASE
    watched: int = 2
    silent: int = 8
    server: Sequence[str] = ()
    by: str = f"{PROGRAM}/application"
    folders: Sequence[str] = (DATA,)

    @property
    def repository(self) -> Repository:
        """Return the repository it is installed from."""
        return Repository(self.folder / "repository", self.where)

    @property
    def home(self) -> Path:
        """Return Vigie's home in the room."""
        return Path("/var/lib/vigie")

    def open(self) -> None:
        """Make the room fit: one repository, the first version, its records, the settings."""
        loopback_up()
        lists = Path("/etc/apt/sources.list.d")
        for file in (Path("/etc/apt/sources.list"), *lists.glob("*")):
            file.unlink(missing_ok=True)
        source = f"deb [trusted=yes] file:{self.folder}/repository ./\n"
        Path("/etc/apt/sources.list").write_text(source)
        # The repository may lie where apt's own helper has no right to look.
        Path("/etc/apt/apt.conf.d/99room").write_text('APT::Sandbox::User "root";\n')
        self.repository.publish(Version())
        self.apt("update")
        self.renew()

    def renew(self) -> None:
        """Install the first version over whatever is there, with its records of the first day."""
        self.stop()
        self.apt("install", "--allow-downgrades", "--allow-change-held-packages", f"{NAME}={FIRST}")
        self.fill()
        base = (
            f'sqlite = ["{self.where}"]' if self.where == BASE else f'postgresql = ["{self.where}"]'
        )
        if self.server:
            base += f"\nserver = {json.dumps(list(self.server))}"
        settings = SETTINGS.format(
            name=NAME,
            by=self.by,
            folders=", ".join(f'"{folder}"' for folder in self.folders),
            data=DATA,
            base=base,
            port=PORT,
            log=packages.LOG,
            watched=self.watched,
            silent=self.silent,
        )
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "agent.toml").write_text(settings)
        self.start()

    def fill(self) -> None:
        """Make the database anew: patients and their consultations, in French with accents."""
        Path(DATA).mkdir(parents=True, exist_ok=True)
        for file in Path(DATA).glob("cabinet.db*"):
            file.unlink()
        scans = Path(DATA) / "scans"
        scans.mkdir(exist_ok=True)
        for number in range(SCANS):
            (scans / f"scan-{number}.txt").write_text(f"Compte rendu {number}\n" * 500)
        chance = random.Random(20261125)  # noqa: S311  (the same records each time)
        with closing(self.connect()) as base:
            for table in ("consultation", "patient", "reglages"):
                base.execute(f"DROP TABLE IF EXISTS {table}")
            base.execute(
                "CREATE TABLE patient (id integer PRIMARY KEY, nom text, prenom text, ne text)"
            )
            base.execute(
                "CREATE TABLE consultation (id integer PRIMARY KEY, patient integer, le text,"
                " motif text, texte text, dose integer)"
            )
            base.execute("CREATE TABLE reglages (nom text PRIMARY KEY, valeur text)")
            mark = "?" if self.where == BASE else "%s"
            people = [
                (n, "Essai" if n == 1 else f"Éluard-Noël {n}", f"Zoé {n}", f"19{n % 90:02}-03-01")
                for n in range(1, PATIENTS + 1)
            ]
            visits = [
                (n, chance.randint(1, PATIENTS), f"2026-11-{n % 28 + 1:02}", "Contrôle",
                 f"Tension à l’équilibre, n° {n}. Revoir dans trois mois.", 100 + n % 9)
                for n in range(1, VISITS + 1)
            ]  # fmt: skip
            cursor = base.cursor()
            four, six = ", ".join([mark] * 4), ", ".join([mark] * 6)
            cursor.executemany(f"INSERT INTO patient VALUES ({four})", people)  # noqa: S608  (marks)
            cursor.executemany(f"INSERT INTO consultation VALUES ({six})", visits)  # noqa: S608  (marks)
            base.execute("INSERT INTO reglages VALUES ('version_schema', '1')")
            base.commit()

    def connect(self) -> sqlite3.Connection:
        """Open the database."""
        if self.where == BASE:
            return sqlite3.connect(self.where, timeout=20)
        import psycopg  # noqa: PLC0415  (only where the database is a server's)

        link: sqlite3.Connection = psycopg.connect(self.where)  # type: ignore[assignment]  # used alike
        return link

    def truth(self, names: str = "id, nom, prenom, ne") -> Truth:
        """Return every record as the database has it, by table and number."""
        with closing(self.connect()) as base:
            people = base.execute(f"SELECT {names} FROM patient").fetchall()  # noqa: S608  (our own)
            visits = base.execute(
                "SELECT id, patient, le, motif, texte, dose FROM consultation"
            ).fetchall()
        scans = (Path(DATA) / "scans").glob("*.txt")
        return {
            "patient": {row[0]: tuple(row) for row in people},
            "consultation": {row[0]: tuple(row) for row in visits},
            "scan": {file.name: (file.read_bytes(),) for file in scans},
        }

    def vigie(self, *argv: str) -> tuple[int, list[dict[str, object]]]:
        """Run `vigie` to its end; return its status and its answers."""
        done = subprocess.run(
            self.command(*argv), capture_output=True, text=True, check=False, timeout=LIMIT
        )
        sys.stderr.write(done.stderr)
        return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]

    def command(self, *argv: str) -> Sequence[str]:
        """Return the command line of `vigie` in the room."""
        return (sys.executable, "-m", "vigie.cli", *argv, "--json")

    def apt(self, *argv: str) -> None:
        """Run apt-get."""
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(
            ["apt-get", "-qq", "-y", *argv],
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            stderr=sys.stderr,
            env=environment,
            timeout=LIMIT,
        )

    def start(self) -> None:
        """Start the application, as the practice would."""
        subprocess.run([self.by, "start"], check=True, timeout=LIMIT, stdout=sys.stderr)

    def stop(self) -> None:
        """Stop the application, if it is there."""
        if Path(PROGRAM, "application").exists():
            subprocess.run([f"{PROGRAM}/application", "stop"], check=False, timeout=LIMIT)

    def version(self) -> str:
        """Return the version that is really on the disk."""
        return Path(PROGRAM, "VERSION").read_text("utf-8")


def missing(before: Truth, after: Truth) -> int:
    """Return how many records are gone or no longer say what they said."""
    return sum(
        after.get(table, {}).get(number) != row
        for table, rows in before.items()
        for number, row in rows.items()
    )


def main() -> None:
    """Play each version, and say how it went."""
    room = Inside(folder=Path(sys.argv[1]))
    os.environ["VIGIE_HOME"] = str(room.home)
    room.open()
    before = room.truth()
    for name, version, good in PLAYED:
        room.repository.publish(version)
        began = time.monotonic()
        room.vigie("update", "run")
        took = round((time.monotonic() - began) * 1000)
        now = room.version()
        say(
            name=name,
            held=now == (version.number if good else FIRST),
            lost=missing(before, room.truth()),
            records=sum(map(len, before.values())),
            milliseconds=took,
        )


if __name__ == "__main__":
    main()
