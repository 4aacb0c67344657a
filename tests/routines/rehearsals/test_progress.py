import os
import time
from pathlib import Path

import pytest

from vigie.routines.rehearsals.progress import Progress


def test_only_the_first_harm_to_a_document_counts(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "p", 3)
    with progress.harming(1):
        pass
    (first,) = progress.begun()
    with progress.harming(1):
        pass
    assert progress.begun() == [first]
    assert progress.harmed() == (1,)
    progress.close()


def test_harm_that_was_refused_has_begun_but_is_not_done(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "p", 1)
    with pytest.raises(PermissionError), progress.harming(0):
        raise PermissionError
    assert len(progress.begun()) == 1
    assert progress.harmed() == ()
    progress.close()


def test_another_process_reads_what_a_killed_one_had_done(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "p", 2)
    before = time.monotonic_ns()
    child = os.fork()
    if not child:
        with Progress(tmp_path / "p", 2).harming(1):
            pass
        os.kill(os.getpid(), 9)
    os.waitpid(child, 0)
    assert progress.harmed() == (1,)
    assert before <= progress.begun()[0] <= progress.last() <= time.monotonic_ns()
    progress.close()
