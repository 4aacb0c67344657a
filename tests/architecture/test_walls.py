"""The walls hold, and each of them falls when it is breached on purpose."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# The name of each wall, and the lines that breach it: where they go, and what they say.
BREACHES = {
    "Storeys: nothing looks upstairs": {"tools/home.py": "import vigie.watch.patrol"},
    "No guard knows another guard": {
        "guards/ransomware/guard.py": "",
        "guards/open_printer/guard.py": "import vigie.guards.ransomware.guard",
    },
    "Pure rooms touch nothing": {"policy/orders.py": "import os"},
    "Evidence never leaves the practice": {"wire/reports.py": "import vigie.domain.evidence"},
    "Only the agent may act": {"watch/patrol.py": "import vigie.responders"},
    "Django stays in the console": {"agent/spine.py": "import django"},
    "Console apps form no ring": {
        "console/first/forms.py": "import vigie.console.second.forms",
        "console/second/forms.py": "import vigie.console.first.forms",
    },
}


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=root,
        env={"PYTHONPATH": str(root / "src"), "PATH": "/usr/bin:/bin", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def house(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def breach(house: Path, place: str, line: str) -> None:
    file = house / "src" / "vigie" / place
    file.parent.mkdir(exist_ok=True)
    (file.parent / "__init__.py").touch()
    text = file.read_text() if file.exists() else ""
    file.write_text(text + f"\n{line}\n")


def test_the_walls_hold() -> None:
    answer = lint(ROOT)
    assert answer.returncode == 0, answer.stdout
    assert "7 kept, 0 broken" in answer.stdout


def test_every_wall_has_its_breach() -> None:
    kept = [line for line in lint(ROOT).stdout.splitlines() if line.endswith("KEPT")]
    assert sorted(BREACHES) == sorted(line.removesuffix(" KEPT") for line in kept)


@pytest.mark.parametrize("wall", BREACHES)
def test_a_deliberate_breach_is_caught(house: Path, wall: str) -> None:
    for place, line in BREACHES[wall].items():
        breach(house, place, line)
    answer = lint(house)
    assert answer.returncode != 0
    assert f"{wall} BROKEN" in answer.stdout


def test_a_room_the_plan_does_not_know_fails_the_build(house: Path) -> None:
    breach(house, "helpers/__init__.py", "")
    answer = lint(house)
    assert answer.returncode != 0
    assert "helpers" in answer.stdout + answer.stderr
