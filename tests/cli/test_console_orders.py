"""Orders signed at the command line: real keys, a real console on SQLite, each in its process."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from vigie.tools import keys
from vigie.wire import orders

# Django is set up once in a process, on one home: the console of these tests is made in its own.
_MAKE = """
import sys
from pathlib import Path
from vigie.console import embedded
from vigie.tools import keys
home = Path(sys.argv[1])
embedded.prepare(home)
from speaking import now, report
from players import let_in
from vigie.console.practices.models import Machine, Practice
key = keys.public_text(keys.make(home / "karim.key"))
embedded.ensure_caretaker("karim", signing_key=key)
embedded.ensure_caretaker("anna", signing_key=keys.public_text(keys.make(home / "anna.key")))
from vigie.console.intake.receiving import receive
from speaking import batch
for name in ("Cabinet Martin", "Cabinet Roux"):
    practice = Practice.objects.get(pseudonym=embedded.ensure_practice(name, caretaker="karim"))
    for machine in ("Accueil", f"Bureau {name}"):
        speaker = let_in(practice, machine)
row = Machine.objects.get(name="Bureau Cabinet Martin")
from msgspec.structs import replace
for begins in ("3f9a", "3f9b"):
    receive(row, batch(replace(report("files_scrambled"), id=begins + "0" * 28)), now())
"""
BUREAU = "Bureau Cabinet Martin"
STAGE = Path(__file__).parents[1] / "stage"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("console")
    done = subprocess.run(
        [sys.executable, "-c", _MAKE, str(home)],
        env={**_environment(home), "PYTHONPATH": str(STAGE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return home


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in os.environ if name != "DATABASE_URL"}
    return {**kept, "VIGIE_HOME": str(home)}


def order(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vigie.cli", "console", "order", *words],
        env=_environment(home),
        capture_output=True,
        text=True,
        check=False,
    )


def kept(home: Path) -> list[tuple[int, str, str, str]]:
    with closing(sqlite3.connect(home / "console" / "console.sqlite3")) as base:
        found = base.execute("SELECT sequence, body, key, signature FROM intake_order ORDER BY id")
        return [(int(row[0]), str(row[1]), str(row[2]), str(row[3])) for row in found]


def test_what_is_signed_is_kept_as_it_was_signed_and_its_number_grows(console: Path) -> None:
    key = ("--key", str(console / "karim.key"))
    before = kept(console)
    wishes: list[tuple[str, ...]] = [
        ("undo", "3f9a"),
        ("back-up",),
        ("prove",),
        ("rehearse", "ransomware"),
        ("pause", "ransomware", "20"),
    ]
    for words in wishes:
        done = order(console, BUREAU, *words, *key)
        assert (done.returncode, done.stderr) == (0, "")
        assert BUREAU in done.stdout
    rows = kept(console)[len(before) :]
    assert all(
        keys.verified(public, body.encode(), signature) for _, body, public, signature in rows
    )
    wished = [orders.decode(body).wish for _, body, _, _ in rows]
    assert wished == [
        orders.UndoDeeds(report="3f9a" + "0" * 28),
        orders.BackUpNow(),
        orders.ProveRestore(),
        orders.Rehearse(dangers=(orders.Danger.RANSOMWARE,)),
        orders.Pause(danger=orders.Danger.RANSOMWARE, minutes=20),
    ]
    numbers = [number for number, *_ in rows]
    assert numbers == sorted(set(numbers))


def test_the_console_keeps_nothing_of_the_key(console: Path) -> None:
    assert order(console, BUREAU, "back-up", "--key", str(console / "karim.key")).returncode == 0
    secret = (console / "karim.key").read_bytes()
    for file in (console / "console").rglob("*"):
        assert not file.is_file() or secret not in file.read_bytes()


@pytest.mark.parametrize(
    ("words", "key", "said"),
    [
        ((BUREAU, "back-up"), "anna.key", "aucune des personnes"),
        ((BUREAU, "back-up"), "nobody.key", "ne peut pas être lue"),
        ((BUREAU, "back-up"), "console/console.sqlite3", "pas une clé"),
        (("Accueil", "back-up"), "karim.key", "Plusieurs postes"),
        (("Cave", "back-up"), "karim.key", "Aucun poste"),
        ((BUREAU, "undo", "3f9"), "karim.key", "n’est pas le début"),
        ((BUREAU, "undo", "3f9c"), "karim.key", "Aucun compte rendu"),
    ],
)
def test_what_cannot_be_ordered_is_one_sentence_and_nothing_is_kept(
    console: Path, words: tuple[str, ...], key: str, said: str
) -> None:
    before = kept(console)
    done = order(console, *words, "--key", str(console / key))
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert kept(console) == before


@pytest.mark.parametrize("valid_for", ["0h", "8d", "soon", "1w"])
def test_an_order_is_never_for_longer_than_a_week(console: Path, valid_for: str) -> None:
    key = ("--key", str(console / "karim.key"))
    done = order(console, BUREAU, "back-up", *key, "--valid-for", valid_for)
    assert done.returncode == 2
    assert "sept jours" in done.stderr


def test_a_pause_is_never_longer_than_an_hour(console: Path) -> None:
    key = ("--key", str(console / "karim.key"))
    assert order(console, BUREAU, "pause", "ransomware", "61", *key).returncode == 2


def test_the_reports_that_can_be_undone_are_listed(console: Path) -> None:
    listed = order(console, BUREAU, "reports").stdout.splitlines()
    assert [line[:4] for line in listed] == ["3f9a", "3f9b"]
    assert all("files_scrambled" in line for line in listed)


def test_an_order_is_json_that_names_its_machine_and_its_end(console: Path) -> None:
    key = ("--key", str(console / "karim.key"), "--valid-for", "30m")
    assert order(console, BUREAU, "prove", *key).returncode == 0
    told = json.loads(kept(console)[-1][1])
    assert set(told) == {"practice", "machine", "sequence", "expires", "wish"}
