"""`vigie machine`, as a caretaker types it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema

SCHEMAS = Path(__file__).parents[2] / "docs" / "operating" / "schemas"


def test_the_machine_is_answered_as_the_schema_says(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "vigie.cli", "machine", "--json"],
        env={**os.environ, "VIGIE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in (0, 1), done.stderr
    (answer,) = map(json.loads, done.stdout.splitlines())
    jsonschema.validate(answer, json.loads((SCHEMAS / "answer.schema.json").read_text("utf-8")))
    assert answer["checks"]["disk_room"] in (True, False)
    assert (done.returncode == 1) == bool(answer["findings"])
