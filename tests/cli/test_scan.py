"""`vigie scan`: refusals in one sentence, answers of the documented shape, lists taken in."""

import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from vigie.cli import scan

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/operating/schemas/answer.schema.json").read_text()
)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIGIE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def vigie_scan(*words: str) -> Result:
    return CliRunner().invoke(scan.command, words)


@pytest.mark.parametrize(
    "network", ["8.8.8.0/24", "192.0.2.0/24", "0.0.0.0/0", "box", "10.0.0.0/7"]
)
def test_what_is_not_the_practices_is_refused(network: str) -> None:
    answer = vigie_scan("network", network, "--json")
    assert answer.exit_code != 0
    assert answer.output.startswith("Error: ")
    assert answer.output.strip().endswith(".")


def test_answers_have_the_documented_shape() -> None:
    answer = vigie_scan("network", "127.77.1.0/30", "--json", "--forget")
    assert answer.exit_code in {0, 1}
    rows = [json.loads(line) for line in answer.stdout.splitlines()]
    for row in rows:
        jsonschema.validate(row, SCHEMA)
    assert rows[-1]["input"] == "127.77.1.0/30"
    assert rows[-1]["pages_printed"] == 0


def test_lists_are_taken_in_and_a_bad_file_stops_no_other(tmp_path: Path) -> None:
    good, bad = tmp_path / "windows.json", tmp_path / "bad.json"
    good.write_text('[{"cycle": "10", "eol": "2025-10-14"}]')
    bad.write_text("{}")
    answer = vigie_scan("import", str(bad), str(good), "--json")
    assert answer.exit_code == 2
    (row,) = [json.loads(line) for line in answer.stdout.splitlines() if line.startswith("{")]
    assert (row["kind"], row["rows"]) == ("eol", 1)
