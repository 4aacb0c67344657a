"""An application that really runs is asked how it is: each check holds, and each can fail."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import own_cups
import psutil
import pytest

from vigie.routines.updates.application import Application
from vigie.routines.updates.health import Care, Unwell
from vigie.tools.packages.running import end_marked

# A small patient software: it serves one record from its database, and writes a log.
_PROGRAM = """
import http.server, os, pathlib, sqlite3, sys, time
folder, port = pathlib.Path(sys.argv[1]), int(sys.argv[2])
mood = lambda: (folder / "mood").read_text().strip()
class Desk(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if mood() == "slow":
            time.sleep(0.5)
        with sqlite3.connect(folder / "patients.db") as base:
            (name,) = base.execute("SELECT name FROM patient WHERE id = 0").fetchone()
        self.send_response(200); self.end_headers(); self.wfile.write(name.encode())
        if mood() == "troubled":
            with (folder / "log").open("a") as log: log.write("FATAL: table inconnue\\n")
        if mood() == "crashing":
            os._exit(3)
    def log_message(self, *said): pass
if mood() == "stillborn":
    sys.exit(4)
http.server.HTTPServer(("127.0.0.1", port), Desk).serve_forever()
"""
_READING = """
import sqlite3, sys
print(*sqlite3.connect(sys.argv[1]).execute("SELECT name FROM patient").fetchone())
"""
_HOLDING = """
import sqlite3, sys, time
base = sqlite3.connect(sys.argv[1])
base.execute("SELECT 1 FROM patient").fetchone()
print(flush=True)
time.sleep(600)
"""
SENTINEL = "Essai Témoin"


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    """Return a folder with the program, its database and its log."""
    (tmp_path / "desk.py").write_text(_PROGRAM)
    (tmp_path / "mood").write_text("well")
    (tmp_path / "log").write_text("ERROR: an old one, from before\n")
    with sqlite3.connect(tmp_path / "patients.db") as base:
        base.execute("CREATE TABLE patient (id INTEGER PRIMARY KEY, name TEXT)")
        base.execute("INSERT INTO patient VALUES (0, ?)", (SENTINEL,))
    return tmp_path


@pytest.fixture
def care(practice: Path) -> Iterator[Care]:
    """Return the care of an application that has been started."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        port = chosen.getsockname()[1]
    application = Application(
        name="Dossier",
        packages=("dossier",),
        start=(sys.executable, str(practice / "desk.py"), str(practice), str(port)),
        port=port,
        sqlite=(practice / "patients.db",),
        sentinel_address=f"http://127.0.0.1:{port}/patient/0",
        sentinel_says=SENTINEL,
        log=practice / "log",
        watched=timedelta(seconds=0.5),
    )
    care = Care(application, mark=f"essai-{os.getpid()}-{port}")
    try:
        care.start()
        yield care
    finally:
        end_marked(care.own)


def feel(practice: Path, mood: str) -> None:
    """Have the program change for the worse, as a bad version does."""
    (practice / "mood").write_text(mood)


def reason(care: Care, before: object = None) -> str:
    """Return why a check does not hold; an empty text if all hold."""
    try:
        if before is None:
            care.pulse()
        else:
            care.check(before)  # type: ignore[arg-type]
    except Unwell as unwell:
        return unwell.reason
    return ""


def test_a_well_application_is_well_before_and_after(care: Care) -> None:
    before = care.pulse()
    assert before.reading > 0
    assert reason(care, before) == ""


def test_a_sentinel_that_says_something_else_is_lost(care: Care, practice: Path) -> None:
    before = care.pulse()
    with sqlite3.connect(practice / "patients.db") as base:
        base.execute("UPDATE patient SET name = 'Essai T\ufffdmoin'")
    assert reason(care, before) == "sentinel_lost"


def test_a_sentinel_may_be_read_by_a_command(care: Care, practice: Path) -> None:
    reading = (sys.executable, "-c", _READING, str(practice / "patients.db"))
    asked = replace(care.application, sentinel=reading, sentinel_address="")
    by_command = Care(asked, care.mark)
    assert by_command.pulse().reading > 0
    with sqlite3.connect(practice / "patients.db") as base:
        base.execute("DROP TABLE patient")
    assert reason(by_command) == "sentinel_lost"


def test_an_application_that_reads_five_times_as_long_is_slow(care: Care, practice: Path) -> None:
    before = care.pulse()
    feel(practice, "slow")
    assert reason(care, before) == "slow"


def test_an_application_that_ends_while_it_is_watched_has_crashed(
    care: Care, practice: Path
) -> None:
    before = care.pulse()
    feel(practice, "crashing")
    assert reason(care, before) in {"crashed", "sentinel_lost"}
    feel(practice, "well")
    care.start()
    assert reason(care) == ""


def test_only_what_the_log_says_since_counts(care: Care, practice: Path) -> None:
    before = care.pulse()
    assert reason(care, before) == ""
    feel(practice, "troubled")
    assert reason(care, before) == "log_troubled"


def test_a_log_begun_anew_is_read_from_its_start(care: Care, practice: Path) -> None:
    before = care.pulse()
    (practice / "log").unlink()
    (practice / "log").write_text("FATAL\n")
    assert reason(care, before) == "log_troubled"


def test_a_stillborn_program_does_not_start(care: Care, practice: Path) -> None:
    care.stop()
    assert not care.answers()
    feel(practice, "stillborn")
    with pytest.raises(Unwell) as unwell:
        care.start()
    assert unwell.value.reason == "does_not_start"


def test_stopping_ends_who_still_has_the_database_open(care: Care, practice: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", _HOLDING, str(practice / "patients.db")],
        stdout=subprocess.PIPE,
    )
    assert writer.stdout is not None
    writer.stdout.readline()
    began = time.monotonic()
    care.stop()
    assert writer.wait(timeout=30) != 0
    writer.stdout.close()
    assert time.monotonic() - began < 60
    assert not care.answers()


def test_a_service_that_runs_is_seen_and_one_that_does_not_is_told(care: Care) -> None:
    running = replace(care.application, services=(psutil.Process().name(),))
    assert reason(Care(running, care.mark)) == ""
    absent = replace(care.application, services=("lecteur-de-cartes-absent",))
    assert reason(Care(absent, care.mark)) == "service_down"


@pytest.mark.skipif(own_cups.missing(), reason="cups is missing")
def test_the_test_queue_takes_a_line_or_the_update_goes_back(
    care: Care, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with own_cups.running(tmp_path / "cups") as cups:
        monkeypatch.setenv("CUPS_SERVER", cups.address)
        printing = Care(replace(care.application, queue=cups.queue), care.mark)
        before = printing.pulse()
        assert reason(printing, before) == ""
        assert cups.jobs() == 1
        cups.refuse()
        assert reason(printing, before) == "queue_refuses"
