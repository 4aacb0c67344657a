import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from mail_room import LOGIN, SECRET, MailRoom

from vigie.tools import dovecot


@pytest.fixture(scope="session")
def server() -> Iterator[dovecot.Dovecot]:
    if not dovecot.installed():
        pytest.fail("these tests need Dovecot: ./test installs it")
    # Not below pytest's own folder: Dovecot's account must be able to pass through.
    place = Path(tempfile.mkdtemp(prefix="vigie-imap-"))
    place.chmod(0o755)
    try:
        with dovecot.running(place / "d", {f"{LOGIN}{n}": SECRET for n in range(40)}) as running:
            yield running
    finally:
        shutil.rmtree(place)


@pytest.fixture
def room(server: dovecot.Dovecot, tmp_path: Path) -> Iterator[MailRoom]:
    with MailRoom(server, tmp_path) as room:
        yield room
