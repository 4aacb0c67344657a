import os
import signal
import time
from pathlib import Path

from vigie.tools.kept_file import keep


def test_a_file_is_replaced_as_a_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "file"
    keep(path, b"old")
    keep(path, b"new")
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["file"]


def test_a_kill_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    path = tmp_path / "file"
    contents = [letter * 50_000 for letter in (b"a", b"b")]
    keep(path, contents[0])
    for _ in range(100):
        child = os.fork()
        if child == 0:
            try:
                while True:
                    for content in contents:
                        keep(path, content)
            finally:
                os._exit(1)
        time.sleep(0.003)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        assert path.read_bytes() in contents
