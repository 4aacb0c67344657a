import os
import select
import subprocess
from pathlib import Path

import pytest

from vigie.tools.leases import Leases

pytestmark = pytest.mark.kernel


def test_a_truncation_waits_until_the_lease_is_given_up(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("whole")
    leases = Leases()
    descriptor = os.open(file, os.O_RDONLY)
    assert leases.take(descriptor)
    cutting = subprocess.Popen(["python3", "-c", f"import os; os.truncate({str(file)!r}, 0)"])
    assert select.select([leases.descriptor], [], [], 30)[0]
    assert leases.broken() == [descriptor]
    assert os.pread(descriptor, 10, 0) == b"whole"
    leases.give_up(descriptor)
    assert cutting.wait(30) == 0
    assert file.read_text() == ""
    os.close(descriptor)
    leases.close()


def test_a_lease_is_refused_while_somebody_writes(tmp_path: Path) -> None:
    file = tmp_path / "letter.txt"
    file.write_text("whole")
    leases = Leases()
    descriptor = os.open(file, os.O_RDONLY)
    with file.open("r+"):
        assert not leases.take(descriptor)
        assert leases.refused_for_a_writer
    assert leases.take(descriptor)
    os.close(descriptor)
    leases.close()
