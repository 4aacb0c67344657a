import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from vigie.routines.rehearsals.sample import make_practice

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "docs/operating/schemas/answer.schema.json").read_text("utf-8")
)


def integrity(home: Path, *words: str) -> tuple[int, list[dict[str, Any]], str]:
    done = subprocess.run(
        [sys.executable, "-m", "vigie.cli", "integrity", *words, "--json"],
        env=os.environ | {"VIGIE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    for row in rows:
        jsonschema.validate(row, SCHEMA)
    return done.returncode, rows, done.stderr


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    return home


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "cabinet"
    make_practice(folder, files=25, bytes_total=700_000)
    return folder


def test_damage_is_named_and_every_byte_comes_back(home: Path, folder: Path) -> None:
    code, rows, _ = integrity(home, "baseline", str(folder))
    assert (code, rows[0]["files"], rows[0]["kept"]) == (0, 25, 25)
    assert integrity(home, "verify", str(folder))[0] == 0
    path = next(p for p in sorted(folder.rglob("*.pdf")))
    whole = path.read_bytes()
    path.write_bytes(whole[:-3000])
    code, rows, _ = integrity(home, "verify", str(folder))
    assert code == 1
    assert [row["input"] for row in rows] == [str(path), str(folder)]
    assert (rows[0]["decision"], rows[0]["state"]) == ("warn", "damaged")
    assert rows[1]["damaged"] == [str(path)]
    code, rows, _ = integrity(home, "repair", str(folder))
    assert (code, rows[0]["ending"], rows[0]["origin"]) == (0, "restored", "kept")
    assert path.read_bytes() == whole
    assert Path(rows[0]["damaged_copy"]).read_bytes() == whole[:-3000]
    assert integrity(home, "verify", str(folder))[0] == 0


def test_a_path_that_was_never_recorded_is_answered_and_the_others_as_well(
    home: Path, folder: Path, tmp_path: Path
) -> None:
    integrity(home, "baseline", str(folder))
    code, rows, said = integrity(home, "verify", str(tmp_path / "ailleurs"), str(folder))
    assert code == 2
    assert [row["input"] for row in rows] == [str(folder)]
    assert "vigie integrity baseline" in said
    code, rows, said = integrity(home, "baseline", str(tmp_path / "ailleurs"), str(folder))
    assert code == 2
    assert len(rows) == 1
    assert "n’existe pas" in said


def test_one_document_alone_can_be_verified(home: Path, folder: Path) -> None:
    path = next(p for p in sorted(folder.rglob("*.pdf")))
    assert integrity(home, "baseline", str(path))[1][0]["files"] == 1
    path.write_bytes(b"")
    code, rows, _ = integrity(home, "verify", str(path))
    assert (code, rows[0]["defect"]) == (1, "emptied")


def test_without_copies_damage_is_found_and_not_repaired(home: Path, folder: Path) -> None:
    integrity(home, "baseline", "--no-copies", str(folder))
    path = next(p for p in sorted(folder.rglob("*.pdf")))
    path.write_bytes(path.read_bytes()[:2500])
    code, rows, _ = integrity(home, "repair", str(folder))
    assert (code, rows[0]["ending"]) == (1, "no_version")
    assert rows[0]["findings"][0]["fact"] == "document_not_restored"


def test_a_second_verification_at_once_is_refused_in_one_sentence(home: Path, folder: Path) -> None:
    from vigie.routines.integrity.room import held  # noqa: PLC0415

    integrity(home, "baseline", str(folder))
    with held(home):
        code, rows, said = integrity(home, "verify", str(folder))
    assert (code, rows) == (2, [])
    assert said.count("\n") == 1


def test_the_power_is_told_and_the_night_put_off(home: Path) -> None:
    env = os.environ | {"VIGIE_HOME": str(home)}
    (home / "agent.toml").write_text(
        '[practice]\nname = "C"\ncaretaker = "K"\n[power]\nups = "ups@127.0.0.1:1"\n'
    )
    ask = [sys.executable, "-m", "vigie.cli", "power"]
    done = subprocess.run(
        [*ask, "status", "--json"], env=env, capture_output=True, text=True, check=False
    )
    row = json.loads(done.stdout)
    jsonschema.validate(row, SCHEMA)
    assert (done.returncode, row["ups"]) == (1, {"missing": "no_answer"})
    done = subprocess.run([*ask, "later"], env=env, capture_output=True, text=True, check=True)
    assert "reste allumé" in done.stdout
    assert json.loads((home / "agent" / "evening.json").read_text())["put_off"]
