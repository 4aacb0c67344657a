"""LibreOffice in a bubble: a document goes in, a PDF comes out, and nothing else can happen.

No network, no files but its own program, no privileges, no terminal, a list of refused system
calls; limits on time, memory and output. It ends with its keeper, whatever it had started.
"""

import os
import resource
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Sequence
from datetime import timedelta

from vigie.tools.confinement.refusals import program as refusals

PROGRAM, BUBBLE = "soffice", "bwrap"
PATIENCE = timedelta(seconds=60)
_MOST_MEMORY = 6 * 1024 * 1024 * 1024  # of addresses; what it really uses is a tenth
_MOST_WRITTEN = 512 * 1024 * 1024
_MOST_PDF = 256 * 1024 * 1024

_BUBBLE = """
--unshare-all --die-with-parent --new-session --cap-drop ALL --uid 65534 --gid 65534
--clearenv --ro-bind /usr /usr --symlink usr/lib /lib --symlink usr/lib64 /lib64 --symlink
usr/bin /bin --ro-bind-try /etc/fonts /etc/fonts --ro-bind-try /etc/libreoffice
/etc/libreoffice --ro-bind-try /etc/ld.so.cache /etc/ld.so.cache --ro-bind-try
/etc/alternatives /etc/alternatives --ro-bind-try /var/lib/libreoffice /var/lib/libreoffice
--ro-bind-try /var/cache/fontconfig /var/cache/fontconfig --proc /proc --dev /dev --tmpfs
/tmp --dir /in --dir /tmp/out --chdir /tmp --setenv HOME /tmp --setenv PATH /usr/bin
--setenv LANG C.UTF-8 --setenv SAL_USE_VCLPLUGIN svp
"""
_CONVERT = (
    "soffice --headless --norestore --nolockcheck -env:UserInstallation=file:///tmp/profile "
    '--convert-to pdf --outdir /tmp/out "$1" >/dev/null 2>&1; cat /tmp/out/*.pdf'
)


class NoProgram(Exception):
    """LibreOffice or bubblewrap is not installed."""


class NotConverted(Exception):
    """No PDF came out: the document is damaged, under a password, or too much."""


def installed() -> bool:
    """Return whether both programs are there."""
    return bool(shutil.which(PROGRAM) and shutil.which(BUBBLE))


def to_pdf(untrusted: bytes, ending: str, *, patience: timedelta = PATIENCE) -> bytes:
    """Return the document as a PDF, which is as untrusted as before.

    `ending` (letters and digits alone) tells LibreOffice what it is. Raise NoProgram where it is
    not installed, NotConverted where nothing comes of it in time.
    """
    if not installed():
        raise NoProgram(PROGRAM)
    name = f"/in/document.{ending if ending.isalnum() else 'bin'}"
    with tempfile.TemporaryFile() as document, tempfile.TemporaryFile() as filtered:
        document.write(untrusted)
        document.seek(0)
        filtered.write(refusals())
        filtered.seek(0)
        command = [
            BUBBLE, *_BUBBLE.split(), "--seccomp", str(filtered.fileno()),
            "--ro-bind-data", str(document.fileno()), name, "/bin/sh", "-c", _CONVERT, "sh", name,
        ]  # fmt: skip
        return _run(command, (document.fileno(), filtered.fileno()), patience)


def _run(command: Sequence[str], descriptors: Sequence[int], patience: timedelta) -> bytes:
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL,
            pass_fds=descriptors, preexec_fn=_limit, start_new_session=True,  # noqa: PLW1509  (limits alone, no lock is taken)
        )  # fmt: skip
        try:
            process.wait(timeout=patience.total_seconds())
        except subprocess.TimeoutExpired:
            raise NotConverted("too_slow") from None
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        out.seek(0)
        pdf = out.read(_MOST_PDF + 1)
    if not pdf.startswith(b"%PDF-") or len(pdf) > _MOST_PDF:
        raise NotConverted("no_pdf")
    return pdf


def _limit() -> None:
    for kind, most in (
        (resource.RLIMIT_AS, _MOST_MEMORY),
        (resource.RLIMIT_FSIZE, _MOST_WRITTEN),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, int(PATIENCE.total_seconds())),
    ):
        resource.setrlimit(kind, (most, most))
