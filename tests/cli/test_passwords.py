"""`vigie passwords`, as a caretaker types it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

SCHEMAS = Path(__file__).parents[2] / "docs" / "operating" / "schemas"
SECRET = "Soleil2024!"
needs_program = pytest.mark.skipif(
    not shutil.which("keepassxc-cli"), reason="KeePassXC is not installed"
)


def vigie(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "vigie.cli", "passwords", *words],
        env={**os.environ, "VIGIE_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert SECRET not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "Bureau"
    folder.mkdir()
    (folder / "mdp.txt").write_text(f"Doctolib\nMot de passe : {SECRET}\n")
    (folder / "lettre.txt").write_text("Cher confrère, à lundi.\n")
    return folder


def test_a_note_is_named_and_its_content_is_not(tmp_path: Path, desk: Path) -> None:
    done = vigie(tmp_path, "notes", str(desk), "--json")
    assert done.returncode == 1
    (answer,) = map(json.loads, done.stdout.splitlines())
    schema = json.loads((SCHEMAS / "answer.schema.json").read_text("utf-8"))
    jsonschema.validate(answer, schema)
    assert answer["input"] == str(desk / "mdp.txt")
    assert answer["findings"][0]["numbers"] == {"notes": 1, "passwords": 1}


def test_a_desk_in_order_is_said_to_be(tmp_path: Path, desk: Path) -> None:
    (desk / "mdp.txt").unlink()
    done = vigie(tmp_path, "notes", str(desk))
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 1)


def test_one_wrong_folder_does_not_stop_the_others(tmp_path: Path, desk: Path) -> None:
    done = vigie(tmp_path, "notes", str(tmp_path / "nowhere"), str(desk))
    assert done.returncode == 2
    assert "nowhere" in done.stderr
    assert "mdp.txt" in done.stdout


def test_accounts_are_answered(tmp_path: Path) -> None:
    done = vigie(tmp_path, "accounts", "--json")
    assert done.returncode in (0, 1)
    assert json.loads(done.stdout)["input"] == "accounts"


@needs_program
def test_a_note_goes_into_a_new_strongbox_with_its_sheet(tmp_path: Path, desk: Path) -> None:
    box, sheet = tmp_path / "coffre.kdbx", tmp_path / "fiche.pdf"
    words = ("strongbox", str(box), "--from", str(desk / "mdp.txt"), "--sheet", str(sheet))
    done = vigie(tmp_path, *words)
    assert done.returncode == 0, done.stderr
    assert box.exists()
    assert sheet.stat().st_mode & 0o077 == 0
    assert (desk / "mdp.txt").exists()


@needs_program
def test_a_strongbox_that_is_there_is_filled_with_its_own_phrase(
    tmp_path: Path, desk: Path
) -> None:
    box, phrase = tmp_path / "coffre.kdbx", tmp_path / "phrase"
    phrase.write_text("violon tracteur merle\n")
    first = ("strongbox", str(box), "--passphrase-file", str(phrase))
    assert vigie(tmp_path, *first, "--sheet", str(tmp_path / "f.pdf")).returncode == 0
    again = vigie(tmp_path, *first, "--from", str(desk / "mdp.txt"))
    assert again.returncode == 0, again.stderr
    assert "1 en tout" in again.stdout
    phrase.write_text("une autre\n")
    wrong = vigie(tmp_path, *first, "--from", str(desk / "mdp.txt"))
    assert (wrong.returncode, len(wrong.stderr.splitlines())) == (2, 1)


def test_a_new_strongbox_without_a_sheet_is_refused(tmp_path: Path, desk: Path) -> None:
    done = vigie(tmp_path, "strongbox", str(tmp_path / "c.kdbx"), "--from", str(desk / "mdp.txt"))
    assert done.returncode == 2
    assert "--sheet" in done.stderr
    assert not (tmp_path / "c.kdbx").exists()


def test_a_letter_gives_nothing_to_put_away(tmp_path: Path, desk: Path) -> None:
    words = ("strongbox", str(tmp_path / "c.kdbx"), "--from", str(desk / "lettre.txt"))
    done = vigie(tmp_path, *words, "--sheet", str(tmp_path / "f.pdf"))
    assert done.returncode == 2
    assert not (tmp_path / "f.pdf").exists()


def test_the_page_for_everybody_is_written(tmp_path: Path) -> None:
    assert vigie(tmp_path, "page", str(tmp_path / "page.pdf")).returncode == 0
    assert (tmp_path / "page.pdf").read_bytes().startswith(b"%PDF")


@needs_program
def test_an_audit_names_places_and_never_passwords(tmp_path: Path, desk: Path) -> None:
    note = desk / "mdp.txt"
    note.write_text(
        f"Doctolib\nMot de passe : {SECRET}\n\nBanque\nMot de passe : {SECRET}\n\n"
        "Labo\nMot de passe : xK8#qLp29vTz\n"
    )
    box, phrase = tmp_path / "coffre.kdbx", tmp_path / "phrase"
    phrase.write_text("violon tracteur merle\n")
    words = (str(box), "--passphrase-file", str(phrase))
    made = vigie(tmp_path, "strongbox", *words, "--from", str(note), "--sheet", f"{tmp_path}/f.pdf")
    assert made.returncode == 0, made.stderr
    done = vigie(tmp_path, "audit", *words, "--json")
    assert done.returncode == 1
    answers = {row["input"]: row for row in map(json.loads, done.stdout.splitlines())}
    facts = {place: {f["fact"] for f in row["findings"]} for place, row in answers.items()}
    assert "password_reused" in facts["Doctolib"] & facts["Banque"]
    assert facts["Labo"] == {"leaks_unknown"}
    phrase.write_text("une autre\n")
    assert vigie(tmp_path, "audit", *words).returncode == 2
