import os
import subprocess
import sys
from pathlib import Path

import pytest
from cluster import cluster, programs


@pytest.mark.skipif("DATABASE_URL" in os.environ, reason="this is the run on PostgreSQL")
@pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed")
@pytest.mark.timeout(1800)
def test_the_whole_room_holds_on_postgresql_too() -> None:
    with cluster() as address:
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/console"]
        done = subprocess.run(
            command,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "DATABASE_URL": address},
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-4000:]
