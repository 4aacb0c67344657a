"""A ClamAV daemon of the tests' own: two signatures, a socket and a folder nobody else uses."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from made_archives import EICAR

PROGRAM = shutil.which("clamd", path="/usr/sbin:/usr/bin")
MARK = b"vigie-essai-de-signature-2026"


@contextmanager
def daemon(folder: Path) -> Iterator[Path]:
    """Run a daemon; yield its socket once it answers."""
    base = folder / "base"
    base.mkdir(parents=True)
    (base / "essai.ndb").write_text(
        f"Vigie.Essai:0:*:{MARK.hex()}\nEicar.Essai:0:0:{EICAR.hex()}\n"
    )
    place = folder / "clamd.sock"
    settings = folder / "clamd.conf"
    settings.write_text(
        f"LocalSocket {place}\nDatabaseDirectory {base}\nForeground yes\nUser root\n"
        f"AlertExceedsMax yes\nMaxThreads 2\nTemporaryDirectory {folder}\n"
    )
    with subprocess.Popen(
        [str(PROGRAM), "-c", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            for _ in range(600):
                if place.is_socket():
                    break
                time.sleep(0.1)
            yield place
        finally:
            process.terminate()
