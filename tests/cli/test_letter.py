"""`vigie letter`, in a process of its own over a console of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
import pikepdf
import pytest

SCHEMA = Path(__file__).parents[2] / "docs/operating/schemas/letter.schema.json"


@pytest.fixture(scope="module")
def vigie(tmp_path_factory: pytest.TempPathFactory) -> object:
    """Return a function that runs one command on a console with one practice."""
    tmp_path = tmp_path_factory.mktemp("console")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        keep = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "VIGIE_MAIL_URL"}}
        return subprocess.run(
            [sys.executable, "-m", "vigie.cli", *arguments],
            env=keep | {"VIGIE_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert run("console", "migrate").returncode == 0
    assert run("console", "caretaker", "add", "karim", "--full-name", "Karim").returncode == 0
    made = run("console", "practice", "add", "Cabinet Martin", "--caretaker", "karim")
    assert made.returncode == 0
    return run


def test_the_very_first_letter_promises_nothing(vigie: object, tmp_path: Path) -> None:
    assert callable(vigie)
    out = tmp_path / "lettre.pdf"
    done = vigie("letter", "--pdf", str(out))
    assert done.returncode == 0, done.stderr
    assert "Aucun poste ne nous parle encore" in done.stdout
    assert done.stdout.count("non prouvé") == 11
    with pikepdf.open(out) as document:
        assert len(document.pages) == 1
    answer = json.loads(vigie("letter", "--json").stdout)
    jsonschema.validate(answer, json.loads(SCHEMA.read_text("utf-8")))
    assert (answer["input"], answer["kept"], answer["figures"]["machines"]) == (
        "Cabinet Martin", False, 0,
    )  # fmt: skip


def test_what_cannot_be_asked_for_is_one_sentence(vigie: object) -> None:
    assert callable(vigie)
    for arguments in (("--month", "octobre"), ("--month", "2999-01"), ("--practice", "nobody")):
        done = vigie("letter", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "Traceback" not in done.stderr
        assert len(done.stderr.splitlines()) == 1
