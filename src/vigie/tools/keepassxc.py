"""KeePassXC's own program, asked to make, fill and open the practice's strongbox (KDBX).

A program of its own, never linked: it is GPL, and it is the one people open the file with. What it
is to keep goes in through an anonymous file in memory, passphrases through its standard input;
neither ever stands on a command line.
"""

import base64
import csv
import hashlib
import io
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from vigie.domain.evidence.secrets import Secret

PATIENCE = 120.0  # seconds
UNLOCKS_IN = 1000  # milliseconds of this machine's work for each try at the passphrase
_NAMES = ("keepassxc-cli", "keepassxc.cli")  # Debian's, and the snap's
_ELSEWHERE = (
    Path("/Applications/KeePassXC.app/Contents/MacOS/keepassxc-cli"),
    Path("C:/Program Files/KeePassXC/keepassxc-cli.exe"),
)
# XML 1.0 has no room for these, and no password that somebody typed does either.
_UNWRITABLE = {code: None for code in range(32) if code not in (9, 10, 13)} | {
    0xFFFE: None,
    0xFFFF: None,
}


class StrongboxFailed(Exception):
    """The strongbox was not made or not opened. `reason` is a slug of the shared vocabulary."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def program() -> str:
    """Return where KeePassXC's program is. Raise StrongboxFailed where it is not installed."""
    for name in _NAMES:
        if found := shutil.which(name):
            return found
    for place in _ELSEWHERE:
        if place.exists():
            return str(place)
    raise StrongboxFailed("missing_program")


def make(
    path: Path,
    passphrase: str,
    secrets: Sequence[Secret],
    *,
    name: str,
    milliseconds: int = UNLOCKS_IN,
) -> None:
    """Make a strongbox at `path`, which must not exist, with these secrets in it.

    `milliseconds`: what each try at the passphrase costs. Raise StrongboxFailed.
    """
    with _in_memory(_xml(secrets, name)) as (source, descriptors):
        _run(
            [
                *("import", "--quiet", "--set-password", "--decryption-time", str(milliseconds)),
                *(source, str(path)),
            ],
            f"{passphrase}\n{passphrase}\n",
            descriptors,
        )
    path.chmod(0o600)


def add(path: Path, passphrase: str, secrets: Sequence[Secret], *, name: str) -> None:
    """Put secrets into the strongbox at `path`; one of the same place and login is replaced.

    Its former version stays in its history. Raise StrongboxFailed.
    """
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".strongbox-") as beside:
        more = Path(beside) / "more.kdbx"
        make(more, passphrase, secrets, name=name, milliseconds=UNLOCKS_IN)
        _run(["merge", "--quiet", "--same-credentials", str(path), str(more)], f"{passphrase}\n")


def opened(path: Path, passphrase: str) -> list[Secret]:
    """Return what is in the strongbox. Raise StrongboxFailed, also for another passphrase."""
    table = _run(["export", "--quiet", "--format", "csv", str(path)], f"{passphrase}\n")
    rows = csv.DictReader(io.StringIO(table))
    return [
        Secret(place=row["Title"], login=row["Username"], password=row["Password"])
        for row in rows
        if not row["Group"].endswith(_BIN)
    ]


_BIN = ("Recycle Bin", "Corbeille", "Papierkorb")


def _run(words: Sequence[str], typed: str, descriptors: Sequence[int] = ()) -> str:
    try:
        done = subprocess.run(
            [program(), *words],
            input=typed.encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=False,
            pass_fds=descriptors,
            env={**os.environ, "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"},
        )
    except subprocess.TimeoutExpired as slow:
        raise StrongboxFailed("timed_out") from slow
    except OSError as trouble:
        raise StrongboxFailed("died") from trouble
    if done.returncode:
        # What it said on standard error may name a file, never a secret; it is not kept.
        raise StrongboxFailed("damaged" if words[0] in {"export", "merge"} else "died")
    return done.stdout.decode("utf-8", errors="replace")


def _xml(secrets: Sequence[Secret], name: str) -> bytes:
    """Return the secrets as KeePass writes them in XML."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    inside = "".join(_entry(secret, now) for secret in secrets)
    return (
        '<?xml version="1.0" encoding="UTF-8"?><KeePassFile><Meta><Generator>Vigie</Generator>'
        f"<DatabaseName>{_said(name)}</DatabaseName></Meta><Root><Group><UUID>{_uuid('group')}"
        f"</UUID><Name>{_said(name)}</Name>{inside}</Group></Root></KeePassFile>"
    ).encode()


def _entry(secret: Secret, now: str) -> str:
    return (
        f"<Entry><UUID>{_uuid(secret.place, secret.login)}</UUID><Times>"
        f"<CreationTime>{now}</CreationTime><LastModificationTime>{now}</LastModificationTime>"
        f"</Times>{_string('Title', secret.place)}{_string('UserName', secret.login)}"
        f'<String><Key>Password</Key><Value ProtectInMemory="True">{_said(secret.password)}'
        "</Value></String></Entry>"
    )


def _string(key: str, value: str) -> str:
    return f"<String><Key>{key}</Key><Value>{_said(value)}</Value></String>"


def _said(text: str) -> str:
    return escape(text.translate(_UNWRITABLE))


def _uuid(*parts: str) -> str:
    """Return the same name for the same place and login, so that adding twice adds once."""
    return base64.b64encode(hashlib.sha256("\0".join(parts).encode()).digest()[:16]).decode()


@contextmanager
def _in_memory(content: bytes) -> Iterator[tuple[str, Sequence[int]]]:
    """Lend a file that lies in memory alone; where the system has none, one for our eyes alone."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("strongbox")
        try:
            os.write(descriptor, content)
            yield f"/proc/self/fd/{descriptor}", (descriptor,)
        finally:
            os.close(descriptor)
        return
    with tempfile.TemporaryDirectory() as folder:  # not yet run: Windows, macOS
        file = Path(folder) / "secrets.xml"
        file.touch(0o600)
        file.write_bytes(content)
        yield str(file), ()
