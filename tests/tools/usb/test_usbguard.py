"""A real USBGuard, on devices that umockdev makes up."""

import json
import os
import subprocess
import sys
from pathlib import Path

STAGE = Path(__file__).parents[2] / "stage"


def test_a_running_usbguard_does_what_the_door_says_and_keeps_its_own_policy(
    tmp_path: Path,
) -> None:
    out = tmp_path / "out.json"
    with out.open("w") as file:
        done = subprocess.run(
            ["umockdev-wrapper", sys.executable, STAGE / "usbguard_play.py", tmp_path],
            stdout=file,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=60,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
    assert done.returncode == 0
    answer = json.loads(out.read_text())
    assert not answer["before"]
    assert answer["said"] == [
        {"1-1": "block", "1-2": "block"},  # its policy: the only keyboard is blocked as well
        {"1-1": "allow", "1-2": "block"},
        {"1-1": "block", "1-2": "block"},
        {"7-7": "unknown"},
    ]
