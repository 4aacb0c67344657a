"""The restic program: found, its version known, started without a shell and without secrets.

Neither the password nor the place of the repository ever stands in argv or in the environment:
restic reads both from files that only their owner can read.
"""

import os
import re
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from vigie.tools.restic.failures import ResticFailed, Trouble, trouble_in

OLDEST = (0, 14, 0)  # Debian 12's; before it there is no compression and no sound prune
FRAMES = "2"  # progress lines a second: enough for a person, nothing for the processor
FAREWELL = 30.0  # seconds restic gets to remove its lock when it is asked to stop
POLL = 0.5  # seconds between two looks at what a restore has written
WORDS_KEPT = 4000  # characters of restic's complaints that are kept for the caretaker

_VERSION = re.compile(r"^restic (\d+)\.(\d+)\.(\d+)")
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "TZ",
    "TMPDIR",
    "SSH_AUTH_SOCK",
    "SYSTEMROOT",
    "TEMP",
    "APPDATA",
)


@lru_cache
def version(program: str) -> tuple[int, ...]:
    """Return the version of a restic program, or () if it does not say."""
    try:
        told = subprocess.run([program, "version"], capture_output=True, text=True, timeout=60)  # noqa: PLW1510  (any exit status is judged by what was told)
    except (OSError, subprocess.TimeoutExpired):
        return ()
    found = _VERSION.match(told.stdout)
    return tuple(int(part) for part in found.groups()) if found else ()


def find() -> str:
    """Return the newest restic on the PATH, or the one named by `$VIGIE_RESTIC`.

    Raise ResticFailed(PROGRAM_MISSING) if there is none, or none as new as 0.14.
    """
    if named := os.environ.get("VIGIE_RESTIC"):
        candidates = [named]
    else:
        folders = os.environ.get("PATH", "").split(os.pathsep)
        name = "restic.exe" if os.name == "nt" else "restic"
        candidates = [str(Path(f) / name) for f in folders if f and (Path(f) / name).is_file()]
    newest = max(candidates, key=version, default="")
    if not newest or version(newest) < OLDEST:
        raise ResticFailed(Trouble.PROGRAM_MISSING)
    return newest


def environment(additions: Mapping[str, str]) -> dict[str, str]:
    """Return the little that restic needs of the environment, and `additions`."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**kept, "RESTIC_PROGRESS_FPS": FRAMES, **additions}


@contextmanager
def started(
    argv: Sequence[str], env: Mapping[str, str]
) -> Iterator[tuple["subprocess.Popen[str]", Callable[[], str]]]:
    """Start restic; give the process and a function that returns what it complained of.

    Left by an exception (Ctrl-C too), restic is asked to stop, so that it removes its lock.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as complaints:
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=complaints,
            env=dict(env),
            text=True,
            encoding="utf-8",
            errors="surrogateescape",
            process_group=0 if os.name == "posix" else None,  # Ctrl-C is ours to pass on
        )

        def said() -> str:
            complaints.seek(0)
            return complaints.read()

        try:
            yield process, said
        except BaseException:
            _dismiss(process)
            raise
        finally:
            if process.stdout:
                process.stdout.close()
        process.wait()


def _dismiss(process: "subprocess.Popen[str]") -> None:
    """Ask restic to end, and wait until it has; end it if it will not."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
    try:
        process.wait(FAREWELL)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def written(argv: Sequence[str], env: Mapping[str, str], tell: Callable[[int], None] | None) -> str:
    """Run restic to its end, telling how many bytes it has written so far; return its output.

    0.14 says nothing while it restores: the system's own count of written bytes does.
    """
    with started(argv, env) as (process, said):
        while True:
            try:
                output, _ = process.communicate(timeout=POLL)
                break
            except subprocess.TimeoutExpired:
                if tell:
                    tell(_bytes_written(process.pid))
        if process.returncode:
            words = said().strip()[-WORDS_KEPT:]
            raise ResticFailed(trouble_in(words, process.returncode), words)
    return output


def _bytes_written(pid: int) -> int:
    import psutil  # noqa: PLC0415  (0.05 s, while restic works)

    try:
        counters = psutil.Process(pid).io_counters()  # type: ignore[attr-defined,unused-ignore]
    except (psutil.Error, AttributeError):  # it has just ended, or the system keeps no count
        return 0
    return int(getattr(counters, "write_chars", counters.write_bytes))
