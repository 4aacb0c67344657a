"""What `--json` prints is what its schema says, and nothing else is on standard output."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

SCHEMAS = Path(__file__).parents[2] / "docs" / "operating" / "schemas"


def checked(name: str, lines: str) -> list[dict[str, Any]]:
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    answers = [json.loads(line) for line in lines.splitlines()]
    for answer in answers:
        jsonschema.validate(answer, schema)
    return answers


def vigie(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vigie.cli", *arguments, "--json"],
        env=os.environ | {"VIGIE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_rehearsal_answers_as_its_schema_says(tmp_path: Path) -> None:
    played = vigie(tmp_path, "rehearse", "photo_leak", "impersonation")
    answers = checked("rehearse", played.stdout)
    assert [answer["danger"] for answer in answers] == ["photo_leak", "impersonation"]


def test_backups_and_the_journal_answer_as_their_schema_says(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "note.txt").write_text("Rappeler le laboratoire.\n")
    at = ("--repository", str(tmp_path / "repository"))
    made = vigie(tmp_path, "backup", "init", "--sheet", str(tmp_path / "sheet.pdf"), *at)
    saved = vigie(tmp_path, "backup", "now", "--folder", str(documents), *at)
    proven = vigie(tmp_path, "backup", "prove", *at)
    verified = vigie(tmp_path, "journal", "verify")
    answers = [checked("answer", run.stdout) for run in (made, saved, proven, verified)]
    assert all(len(lines) >= 1 for lines in answers)
    assert answers[2][0]["held"] is True


@pytest.mark.kernel
def test_the_watch_answers_as_its_schema_says(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "note.txt").write_text("Rappeler le laboratoire.\n")
    watch = subprocess.Popen(
        [sys.executable, "-m", "vigie.cli", "watch", str(documents), "--json"],
        env=os.environ | {"VIGIE_HOME": str(tmp_path / "home")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert watch.stdout is not None
    first = watch.stdout.readline()
    watch.send_signal(signal.SIGTERM)
    rest, _ = watch.communicate(timeout=60)
    (ready, *_) = checked("watch", first + rest)
    assert ready["event"] == "ready"
    assert ready["files"] >= 1


def test_an_answer_that_is_not_of_its_schema_is_refused() -> None:
    with pytest.raises(jsonschema.ValidationError):
        checked("answer", json.dumps({"input": "x", "decision": "perhaps"}))
