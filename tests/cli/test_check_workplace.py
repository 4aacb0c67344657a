import json
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result
from photos_made import saved, workplace
from PIL import Image

from vigie.cli.check import command

SCHEMA = Path(__file__).parents[2] / "docs/operating/schemas/answer.schema.json"


def check(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, ["workplace", *map(str, arguments)])


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("desks")
    notes = {
        "secret": ["Doctolib", "mdp Soleil2024!"],
        "errand": ["rappeler le labo", "pain, lait"],
    }
    for name, lines in notes.items():
        (folder / f"{name}.jpg").write_bytes(saved(workplace(lines), "JPEG", quality=93))
    return {name: folder / f"{name}.jpg" for name in notes}


def test_a_password_on_a_note_is_found_where_it_is_and_never_said(desks: dict[str, Path]) -> None:
    said = check(desks["secret"], "--json")
    answer = json.loads(said.stdout)
    jsonschema.validate(answer, json.loads(SCHEMA.read_text("utf-8")))
    assert said.exit_code == 1
    assert answer["responses"] == ["TELL"]
    found = [f for f in answer["findings"] if f["fact"] == "password_on_note"]
    assert {f["kind"] for f in found} == {"password"}
    boxes = [f["box"] for f in found]
    assert any(x < 1500 < x + w and y < 400 < y + h for x, y, w, h in boxes)
    assert "Soleil" not in said.output
    assert "Soleil" not in check(desks["secret"]).output


def test_the_screen_before_an_empty_chair_is_said(desks: dict[str, Path]) -> None:
    answer = json.loads(check(desks["errand"], "--json").stdout)
    facts = {f["fact"]: f for f in answer["findings"]}
    assert facts["screen_left_open"]["kind"] == "screen"
    assert "password_on_note" not in facts


def test_a_wall_is_no_workplace_and_a_letter_no_photo(tmp_path: Path) -> None:
    (tmp_path / "mur.png").write_bytes(saved(Image.new("RGB", (640, 480), (200, 190, 180)), "PNG"))
    (tmp_path / "lettre.jpg").write_bytes(b"Cher confrere")
    said = check(tmp_path / "mur.png")
    assert said.exit_code == 0
    assert "Aucun mot de passe" in said.stdout
    said = check(tmp_path / "lettre.jpg", tmp_path / "mur.png", tmp_path / "gone.jpg", "--json")
    assert said.exit_code == 2
    assert len(said.stdout.splitlines()) == 3
