"""`vigie check text`, as a person and as a program use it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from vigie.cli.check import command

SCHEMA = Path(__file__).parents[2] / "docs" / "operating" / "schemas" / "answer.schema.json"
POST = "Mme Lefèvre, 54 ans, de Mens, est au 06 12 34 56 78."


def answer(*options: str, text: str = POST) -> tuple[int, dict[str, object], str]:
    run = CliRunner().invoke(command, ["text", "--json", *options], input=text)
    return run.exit_code, json.loads(run.stdout) if run.stdout else {}, run.stderr


def test_each_finding_has_its_place_and_kind() -> None:
    status, row, _ = answer()
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(row)
    assert (status, row["decision"], row["responses"]) == (1, "hold", ["MASK", "ASK"])
    found = [(f["kind"], POST[f["start"] : f["end"]]) for f in row["findings"]]  # type: ignore[attr-defined]
    assert found[:4] == [
        ("name", "Lefèvre"),
        ("age", "54 ans"),
        ("town", "Mens"),
        ("phone", "06 12 34 56 78"),
    ]
    assert found[4][0] == "combination"


def test_the_masked_copy_holds_nothing_of_it(tmp_path: Path) -> None:
    copy = tmp_path / "pret.txt"
    answer("--masked", str(copy))
    assert copy.read_text() == "Mme X, la cinquantaine, d’un village, est au [téléphone]."
    assert answer(text=copy.read_text())[:1] == (0,)


def test_a_harmless_text_passes_with_a_sentence() -> None:
    run = CliRunner().invoke(command, ["text"], input="Une maladie de Horton sous Cortancyl ?")
    assert run.exit_code == 0
    assert run.stdout == "Rien dans ce texte ne désigne une personne.\n"


@pytest.mark.parametrize("text", ["Mme Durand " * 200_000, "\x00\x01\x02" * 100])
def test_what_cannot_be_read_is_refused_in_one_sentence_without_its_words(text: str) -> None:
    status, row, said = answer(text=text)
    assert (status, row) == (2, {})
    assert said.count("\n") == 1
    assert "Durand" not in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    run = CliRunner().invoke(command, ["text", str(tmp_path / "absent.txt")])
    assert run.exit_code == 2
    assert "absent.txt" in run.stderr
