"""`vigie check mail`, as anybody would call it."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from lures import lures
from mail_made import Made, message
from twins import twins

pytestmark = pytest.mark.kernel

SCHEMA = Path(__file__).parents[2] / "docs" / "operating" / "schemas" / "answer.schema.json"


def vigie(*arguments: object, told: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "vigie.cli", "check", "mail", *map(str, arguments)],
        input=told,
        capture_output=True,
        env=os.environ | {"NO_COLOR": "1"},
        check=False,
    )


def answers(run: subprocess.CompletedProcess[bytes]) -> Sequence[dict[str, Any]]:
    rows = [json.loads(line) for line in run.stdout.splitlines()]
    schema = json.loads(SCHEMA.read_text("utf-8"))
    for row in rows:
        jsonschema.validate(row, schema)
    return rows


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """Return a Maildir with one lure, one genuine message and one that brings a program."""
    for folder in ("cur", "new", "tmp"):
        (tmp_path / "box" / folder).mkdir(parents=True)
    brings = Made(
        title="program", name="Compta", address="compta@fournisseur.example", subject="Facture",
        lines=("Facture jointe.",), files=(("facture.js", "text/javascript", b"var a"),),
    )  # fmt: skip
    (tmp_path / "box" / "cur" / "1.lure:2,S").write_bytes(message(next(lures())))
    (tmp_path / "box" / "cur" / "2.twin:2,S").write_bytes(message(next(twins())))
    (tmp_path / "box" / "new" / "3.program").write_bytes(message(brings))
    (tmp_path / "box" / "tmp" / "4.unfinished").write_bytes(b"From: a@b.fr\n")
    return tmp_path / "box"


def test_a_maildir_is_answered_message_by_message_as_the_schema_says(box: Path) -> None:
    run = vigie("--json", box)
    rows = answers(run)
    assert [(Path(row["input"]).name[:1], row["decision"]) for row in rows] == [
        ("1", "hold"),
        ("2", "allow"),
        ("3", "hold"),
    ]
    assert run.returncode == 1
    facts = {finding["fact"]: finding["danger"] for finding in rows[0]["findings"]}
    assert facts["body_imitated"] == "impersonation"
    assert {finding["danger"] for finding in rows[2]["findings"]} == {"ransomware"}
    assert rows[0]["score"] > rows[1]["score"]
    assert rows[0]["responses"] == ["HOLD", "TELL"]


def test_people_read_sentences_that_name_both_sides(box: Path) -> None:
    said = vigie(box / "cur" / "1.lure:2,S").stdout.decode()
    assert "Ce message dit venir de l’Assurance Maladie" in said
    assert "roofandfloor-mail.com" in said
    calm = vigie(box / "cur" / "2.twin:2,S")
    assert (calm.returncode, calm.stdout.decode()) == (0, "Rien ne contredit ce message.\n")


def test_another_language_says_the_same(box: Path) -> None:
    said = vigie("--language", "de", box / "cur" / "1.lure:2,S").stdout.decode()
    assert "Diese Nachricht will von l’Assurance Maladie kommen" in said


def test_one_bad_input_never_stops_the_others(box: Path, tmp_path: Path) -> None:
    noise = tmp_path / "noise.eml"
    noise.write_bytes(os.urandom(20_000))
    run = vigie("--json", tmp_path / "absent.eml", noise, box / "cur" / "2.twin:2,S")
    assert [row["decision"] for row in answers(run)][-1] == "allow"
    assert len(answers(run)) == 3
    assert run.returncode == 2
    assert b"absent.eml" in run.stderr
    assert b"Traceback" not in run.stderr


def test_a_message_can_come_on_standard_input() -> None:
    run = vigie("--json", "-", told=message(next(lures())))
    assert [row["decision"] for row in answers(run)] == ["hold"]


def test_bodies_of_the_caretakers_own_are_watched(tmp_path: Path) -> None:
    file = tmp_path / "bodies.toml"
    file.write_text(
        '[[table]]\nsource = "annuaire"\ndate = 2026-11-25\n'
        'rows = [{ title = "la clinique du Parc", names = ["clinique du parc"],'
        ' domains = ["clinique-parc.example"] }]\n'
    )
    forged = message(
        Made(
            title="clinic", name="Clinique du Parc", address="bloc@parc-info.example",
            subject="Planning", lines=("Voici le planning.",),
        )
    )  # fmt: skip
    assert answers(vigie("--json", "-", told=forged))[0]["decision"] == "allow"
    (row,) = answers(vigie("--json", "--bodies", file, "-", told=forged))
    assert row["findings"][1]["clues"]["claimed"] == "la clinique du Parc"
    file.write_text("nonsense")
    refused = vigie("--bodies", file, "-", told=forged)
    assert (refused.returncode, b"Traceback" in refused.stderr) == (2, False)


def test_an_empty_folder_is_no_trouble(tmp_path: Path) -> None:
    run = vigie("--json", tmp_path)
    assert (run.returncode, run.stdout) == (0, b"")
