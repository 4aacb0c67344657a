import json
import subprocess
import sys
from pathlib import Path

ATTACKS = Path(__file__).parents[2] / "benchmarks" / "ransomware" / "attacks.py"


def test_without_vigie_everything_is_lost_and_the_table_says_so(tmp_path: Path) -> None:
    lines = tmp_path / "runs.jsonl"
    ended = subprocess.run(
        [
            *(sys.executable, str(ATTACKS), "--unprotected", "--place", str(tmp_path / "place")),
            *("--files", "16", "--bytes", "600000", "--json", str(lines)),
            *("--only", "in_relay", "folders_moved_out", "--orders", "random"),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=200,
    )
    assert ended.returncode == 0, ended.stderr
    runs = [json.loads(line) for line in lines.read_text().splitlines()]
    assert [(run["lost"], run["harmed"]) for run in runs] == [(16, 16), (16, 16)]
    assert "without any loss: 0" in ended.stdout
