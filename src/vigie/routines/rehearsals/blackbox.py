"""`vigie watch` as a black box: started, listened to line by line, ended with SIGTERM."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

READY = 120.0  # seconds that a start may take on a busy machine
END = 60.0  # seconds from SIGTERM to the end: whatever was done must be taken back in it
GLANCE = 0.01  # seconds between two looks for a line


@dataclass(frozen=True, slots=True)
class Said:
    """One line of the watch: when it came (ns, monotonic), and what it says."""

    at: int
    event: dict[str, Any]

    @property
    def kind(self) -> str:
        """Return what the line is about, `ready` or `verdict` among others."""
        return str(self.event.get("event", ""))

    @property
    def facts(self) -> tuple[str, ...]:
        """Return the facts that a verdict found."""
        return tuple(str(finding.get("fact")) for finding in self.event.get("findings", ()))

    def deeds(self, *results: str) -> frozenset[str]:
        """Return the deeds whose outcome is one of `results`; all that were tried without any."""
        return frozenset(
            str(outcome.get("deed"))
            for outcome in self.event.get("outcomes", ())
            if not results or outcome.get("result") in results
        )


@dataclass
class Watch:
    """A running `vigie watch` over one folder.

    `command` may hold options; the vault and the state live in `state`, a folder of the run's own.
    """

    folder: Path
    state: Path
    options: Sequence[str] = ()
    said: list[Said] = field(default_factory=list)
    _process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Start the watch and return once it says that it is ready."""
        self.state.mkdir(parents=True, exist_ok=True)
        self._errors = (self.state / "stderr").open("w+")
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "vigie.cli", "watch", str(self.folder)),
                *("--json", "--vault", str(self.state / "vault"), *self.options),
            ],
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            env=os.environ | {"VIGIE_HOME": str(self.state / "home")},
            start_new_session=True,
        )
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        if not self.wait(lambda said: said.kind == "ready", READY):
            self._process.kill()
            raise RuntimeError(f"vigie watch never said that it is ready: {self.errors()}")
        return self

    def __exit__(self, *_: object) -> None:
        """End the watch with SIGTERM; raise RuntimeError if it does not end."""
        process = self._running
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(END)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise RuntimeError(f"vigie watch ignored SIGTERM for {END:.0f} s") from None
        finally:
            self._listener.join(END)
            self._errors.close()

    @property
    def pid(self) -> int:
        """Return the process id of the watch."""
        return self._running.pid

    @property
    def alive(self) -> bool:
        """Return whether the watch still runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def verdicts(self) -> list[Said]:
        """Return the verdicts said so far, oldest first."""
        return [said for said in list(self.said) if said.kind == "verdict"]

    def wait(self, wanted: Callable[[Said], bool], seconds: float) -> Said | None:
        """Return the first line that is wanted, waiting up to `seconds` for it, or None."""
        limit = time.monotonic() + seconds
        while True:
            alive = self.alive
            for said in list(self.said):
                if wanted(said):
                    return said
            if not alive or time.monotonic() > limit:
                return None
            time.sleep(GLANCE)

    def errors(self) -> str:
        """Return the end of what the watch wrote on stderr."""
        self._errors.flush()
        return (self.state / "stderr").read_text(errors="replace")[-600:].strip()

    @property
    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise RuntimeError("the watch was not started")
        return self._process

    def _listen(self) -> None:
        for line in self._running.stdout or ():
            self.said.append(Said(time.monotonic_ns(), json.loads(line)))
