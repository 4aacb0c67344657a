import subprocess
import sys

import pytest

pytestmark = pytest.mark.kernel

LIVES = """
import time
from datetime import timedelta
from vigie.tools.lifeline import Lifeline
line = Lifeline(timedelta(seconds=5))
for _ in range(3):
    line.beat()
    time.sleep(0.1)
line.close()
print("lived")
"""
HANGS = """
import time
from datetime import timedelta
from vigie.tools.lifeline import Lifeline
line = Lifeline(timedelta(seconds=0.3))
line.beat()
time.sleep(60)
"""


def test_who_gives_signs_of_life_lives() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", LIVES], capture_output=True, text=True, check=True, timeout=60
    )
    assert ended.stdout == "lived\n"


def test_who_hangs_is_ended() -> None:
    assert subprocess.run([sys.executable, "-c", HANGS], check=False, timeout=50).returncode == -9
