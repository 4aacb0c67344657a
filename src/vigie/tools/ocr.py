"""Tesseract: a picture of a page becomes a page whose words can be searched and copied."""

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

PROGRAM = "tesseract"
WANTED = ("fra", "deu", "eng")
PATIENCE = timedelta(seconds=60)


class NoWords(Exception):
    """Tesseract gave no page: it is missing, too slow, or failed."""


def languages() -> Sequence[str]:
    """Return which of the wanted languages are installed; none where Tesseract is not."""
    if not shutil.which(PROGRAM):
        return ()
    done = subprocess.run(
        [PROGRAM, "--list-langs"], capture_output=True, text=True, check=False, timeout=20
    )
    known = set(done.stdout.split())
    return tuple(language for language in WANTED if language in known)


def page(picture: bytes, *, dots: int, known: Sequence[str]) -> bytes:
    """Return a PDF of one page: the picture (JPEG, kept as it is), and its words unseen on it.

    Raise NoWords where there is none.
    """
    if not known:
        raise NoWords("missing_program")
    with tempfile.TemporaryDirectory(prefix="vigie-page-") as folder:
        source = Path(folder) / "page.jpg"
        source.write_bytes(picture)
        command = [PROGRAM, str(source), str(Path(folder) / "page"), "-l", "+".join(known),
                   "--dpi", str(dots), "pdf"]  # fmt: skip
        try:
            subprocess.run(
                command, check=True, capture_output=True, timeout=PATIENCE.total_seconds(),
                env={"OMP_THREAD_LIMIT": "1", "PATH": "/usr/local/bin:/usr/bin:/bin"},
            )  # fmt: skip
            return (Path(folder) / "page.pdf").read_bytes()
        except (subprocess.SubprocessError, OSError) as trouble:
            raise NoWords("failed") from trouble
