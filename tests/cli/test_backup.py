import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from quick_key import make_quick_repository

from vigie.routines.backups.plan import Place
from vigie.routines.backups.room import Room
from vigie.routines.rehearsals.sample import make_practice

KEYS = {"input", "decision", "findings", "responses", "seconds"}
FINDING = {"danger", "fact", "gravity", "numbers", "clues", "sentence"}


class Desk:
    """The command line as a caretaker uses it, with a home and a practice of its own."""

    def __init__(self, folder: Path, prepared: Path) -> None:
        self.folder = folder
        self.home = folder / "home"
        self.home.mkdir()
        self.documents = folder / "cabinet"
        shutil.copytree(prepared / "cabinet", self.documents)
        self.prepared = prepared
        (folder / "disque").mkdir()
        self.repository = folder / "disque" / "vigie"
        self.settings(f'repositories = ["{self.repository}"]')

    def settings(self, backup: str) -> None:
        (self.home / "agent.toml").write_text(
            '[practice]\nname = "Cabinet Moreau"\ncaretaker = "Karim"\n'
            f'[backup]\nfolders = ["{self.documents}"]\n{backup}\n'
        )

    def moves_in(self) -> None:
        """Give the machine a repository and its key that were made before."""
        shutil.copytree(self.prepared / "repository", self.repository)
        place = Place(name="disque", location=str(self.repository))
        key = Room(self.home / "backups").password_file(place)
        shutil.copy(self.prepared / "key", key)

    def __call__(self, *argv: object) -> "subprocess.CompletedProcess[str]":
        env = {**os.environ, "VIGIE_HOME": str(self.home), "NO_COLOR": "1"}
        command = [sys.executable, "-m", "vigie.cli", *map(str, argv)]
        done = subprocess.run(command, capture_output=True, text=True, env=env, check=False)
        assert "Traceback" not in done.stderr
        return done

    def answers(self, *argv: object, status: int = 0) -> list[Mapping[str, Any]]:
        done = self(*argv, "--json")
        assert done.returncode == status, done
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        for row in rows:
            assert set(row) >= KEYS
            assert row["decision"] in {"allow", "warn", "hold", "block"}
            assert all(set(finding) == FINDING for finding in row["findings"])
        return rows


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    make_quick_repository(folder, "mot de passe d’essai")
    make_practice(folder / "cabinet", files=30, bytes_total=900_000)
    return folder


@pytest.fixture
def vigie(tmp_path: Path, prepared: Path) -> Desk:
    return Desk(tmp_path, prepared)


def test_a_practice_is_saved_proven_and_brought_back(vigie: Desk) -> None:
    sheet = vigie.folder / "fiche.pdf"
    vigie.moves_in()
    done = vigie("backup", "init", "--sheet", sheet)
    assert (done.returncode, done.stderr) == (0, "")
    assert sheet.read_bytes().startswith(b"%PDF")
    (now,) = vigie.answers("backup", "now")
    assert now["changed"] == now["files"] - 1
    (listed,) = vigie.answers("backup", "list")
    assert listed["snapshot"].startswith(now["snapshot"])
    (proof,) = vigie.answers("backup", "prove", "--files", 10)
    assert proof["held"] is True
    assert proof["numbers"]["same"] == proof["numbers"]["files"] == 11
    verified = json.loads(vigie("journal", "verify", "--json").stdout)
    assert (verified["rows"], verified["broken"]) == (1, None)
    (checked,) = vigie.answers("backup", "check")
    assert checked["part"] == 1
    letters = next(path.parent for path in vigie.documents.rglob("*.docx"))
    out = vigie.folder / "retour"
    (back,) = vigie.answers("backup", "restore", "--to", out, letters)
    assert back["files"] == sum(path.is_file() for path in letters.rglob("*"))
    for path in letters.rglob("*.docx"):
        assert (out / path.relative_to("/")).read_bytes() == path.read_bytes()
    place, policy = vigie.answers("backup", "status", status=1)
    assert place["snapshots"] == 1
    assert "fresh_proof" not in policy["missing"]
    assert {"third_copy", "offsite_copy", "offline_copy"} <= set(policy["missing"])
    (kept,) = vigie.answers("backup", "retain", "--dry-run")
    assert kept["removed"] == []


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["now"], "vigie backup init"),
        (["prove"], "vigie backup now"),
        (["restore", "--to", "retour"], "vigie backup init"),
        (["now", "--place", "ailleurs"], "ailleurs"),
        (["init", "--sheet", "/absent/fiche.pdf"], "/absent"),
        (["now", "--settings", "/absent/agent.toml"], "agent.toml"),
        (["retain", "--within", "toujours"], "toujours"),
        (["restore"], "--to"),
    ],
)
def test_each_trouble_is_one_sentence_and_status_2(vigie: Desk, argv: list[str], said: str) -> None:
    done = vigie("backup", *argv)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr


def test_a_wrong_plan_is_said_in_one_sentence(vigie: Desk) -> None:
    vigie.settings('repositories = ["/nas"]\nheures = ["20:00"]')
    done = vigie("backup", "now")
    assert done.returncode == 2
    assert "heures" in done.stderr


def test_what_was_found_is_status_1_even_when_the_backup_is_made(vigie: Desk) -> None:
    vigie.moves_in()
    absent = vigie.folder / "parti"
    at = ["--repository", vigie.repository, "--folder", vigie.documents, "--folder", absent]
    (now,) = vigie.answers("backup", "now", *at, status=1)
    (finding,) = now["findings"]
    assert finding["fact"] == "backup_folder_missing"
    assert str(absent) in finding["sentence"]
    assert now["snapshot"]


def test_the_paper_key_brings_everything_back_on_a_new_machine(vigie: Desk) -> None:
    sheet = vigie.folder / "fiche.pdf"
    vigie("backup", "init", "--sheet", sheet)
    vigie("backup", "now")
    text = subprocess.run(
        ["pdftotext", "-layout", sheet, "-"], capture_output=True, text=True, check=True
    ).stdout
    lines = [line.split()[0] for line in text.splitlines() if line.count("-") >= 2]
    key = "".join(line for line in lines if line.replace("-", "").isalnum() and line.isupper())
    assert len(key) == 29
    env = {**os.environ, "VIGIE_HOME": str(vigie.folder / "neuf")}
    out = vigie.folder / "retour"
    argv = ["backup", "restore", "--repository", vigie.repository, "--to", out, "--paper-key"]
    done = subprocess.run(
        [sys.executable, "-m", "vigie.cli", *map(str, argv)],
        input=f"{key}\n",
        capture_output=True,
        text=True,
        env=env,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert key not in done.stdout + done.stderr
    back = out / vigie.documents.relative_to("/")
    for path in vigie.documents.rglob("*.docx"):
        assert (back / path.relative_to(vigie.documents)).read_bytes() == path.read_bytes()
    assert (back / "Base patients" / "patients.db").exists()
