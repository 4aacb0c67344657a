import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from key_images import made

from vigie.cli.usb import command
from vigie.domain.evidence.usb import Device, Interface
from vigie.tools.usb.register import FILE, Register

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/operating/schemas/answer.schema.json").read_text()
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("VIGIE_HOME", str(tmp_path))
    return tmp_path


def met(home: Path, serial: str = "E0D5") -> int:
    register = Register(home / FILE)
    key = Device(
        place="1-2",
        vendor=0x0951,
        product=0x1666,
        serial=serial,
        interfaces=frozenset({Interface(8, 6, 80)}),
        title="Kingston",
    )
    number = register.meet(key, datetime.now(UTC)).number
    register.close()
    return number


def told(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(command, arguments)
    return result.exit_code, result.output


def test_a_key_is_listed_allowed_and_forgotten(home: Path) -> None:
    number = met(home)
    assert told("allow", str(number)) == (0, "«\u00a0Kingston\u00a0» est autorisée.\n")
    (row,) = (json.loads(line) for line in told("list", "--json")[1].splitlines())
    assert (row["number"], row["standing"], row["serial"]) == (number, "always", "E0D5")
    assert told("forget", "E0D5")[0] == 0
    assert "Rien n’a encore été branché" in told("list")[1]


def test_a_key_without_a_serial_number_is_allowed_once_at_most(home: Path) -> None:
    number = met(home, serial="")
    status, said = told("allow", str(number))
    assert status != 0
    assert "--once" in said
    assert told("allow", str(number), "--once")[0] == 0


def test_a_key_nobody_has_seen_is_one_sentence(home: Path) -> None:
    assert home.exists()
    status, said = told("allow", "999")
    assert status != 0
    assert said.count("\n") == 1


@pytest.mark.kernel
def test_an_image_is_checked_and_its_clean_copies_are_handed_on(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "lettre.txt").write_text("Bonjour Madame,\n")
    (folder / "setup.vbs").write_text('CreateObject("WScript.Shell").Run "notepad.exe"\n')
    image = made(tmp_path / "cle.img", "fat32", folder)
    status, said = told("check", str(image), "--to", str(tmp_path / "out"), "--json")
    row = json.loads(said)
    jsonschema.validate(row, SCHEMA)
    assert status == 1
    assert row["findings"][0]["fact"] == "key_files_refused"
    assert {file["name"]: file["refused"] for file in row["files"]} == {
        "lettre.txt": False,
        "setup.vbs": True,
    }
    assert [path.name for path in (tmp_path / "out").rglob("*.*")] == ["lettre.txt"]


def test_one_bad_input_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "lettre.txt").write_text("Bonjour Madame,\n")
    status, said = told("check", str(tmp_path / "none"), str(tmp_path))
    assert status == 2
    assert "ne peut pas être lu" in said
    assert "rien à retenir" in said
