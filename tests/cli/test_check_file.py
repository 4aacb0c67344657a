"""`vigie check file`: one answer a file, and the gravest exit status."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import ordinary_documents
import pytest
from made_archives import EICAR

pytestmark = pytest.mark.kernel
SCHEMA = Path(__file__).parents[2] / "docs" / "operating" / "schemas" / "answer.schema.json"


def check(*arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    done = subprocess.run(
        [sys.executable, "-m", "vigie.cli", "check", "file", "--json", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    for answer in answers:
        jsonschema.validate(answer, json.loads(SCHEMA.read_text("utf-8")))
    return done.returncode, answers, done.stderr


def test_an_ordinary_form_is_allowed(tmp_path: Path) -> None:
    path = tmp_path / "cerfa.pdf"
    path.write_bytes(ordinary_documents.cerfa())
    status, answers, _ = check(str(path))
    assert (status, answers[0]["decision"], answers[0]["light"]) == (0, "allow", "green")


def test_each_file_of_a_folder_is_answered_and_the_gravest_counts(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(ordinary_documents.cerfa())
    (tmp_path / "b.txt").write_bytes(EICAR)
    (tmp_path / "c.pdf").write_bytes(ordinary_documents.cerfa(("app.alert(1);",)))
    status, answers, _ = check(str(tmp_path))
    assert status == 1
    assert [answer["decision"] for answer in answers] == ["allow", "block", "warn"]
    assert answers[1]["responses"] == ["HOLD", "TELL"]


def test_a_missing_file_stops_none_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_bytes(b"bonjour")
    status, answers, said = check(str(tmp_path / "a.pdf"), str(tmp_path / "b.txt"))
    assert status == 2
    assert [answer["decision"] for answer in answers] == ["warn", "allow"]
    assert "ne peut pas être lu" in said
    assert "Traceback" not in said


def test_a_pipe_is_no_file_and_nobody_waits_for_it(tmp_path: Path) -> None:
    import os  # noqa: PLC0415  (a pipe is made here alone)

    os.mkfifo(tmp_path / "tube")
    status, _, said = check(str(tmp_path / "tube"))
    assert status == 2
    assert "tube" in said
