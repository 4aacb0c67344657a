"""FREEZE: stop the writing family where it stands, and keep what it was."""

import hashlib
import json
import os
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.tools import processes
from vigie.tools.barrier import Barrier
from vigie.tools.processes import Families, Process
from vigie.tools.undo import UndoBook

_SEPARATOR = " "  # between the frozen processes of a note, each "pid-start"
_CHUNK = 1 << 20


def still_stopped(note: str) -> tuple[int, ...]:
    """Given the note of a FREEZE in the undo book, return the pids of it that stand still."""
    found = []
    for pair in note.split(_SEPARATOR) if note else ():
        pid, began = map(int, pair.split("-"))
        process = processes.look_up(pid)
        if process is not None and process.began == began and process.stopped:
            found.append(pid)
    return tuple(found)


class Freeze:
    """Stop every process of a family (SIGSTOP), and refuse its opens. Nothing is killed."""

    deed = Deed.FREEZE

    def __init__(self, families: Families, barrier: Barrier, folder: Path) -> None:
        """`folder` is where what is known of frozen programs is kept, for the caretaker."""
        self._families, self._barrier, self._folder = families, barrier, folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Freeze the family named by the target."""
        family = response.target
        if not family:
            return self._outcome(Result.FAILED, at, reason="not_supported")
        self._barrier.freeze(family)  # takes nobody's file away, and ends with us: no undo needed
        stopped: dict[int, Process] = {}
        # Until nobody new is found: who was about to fork has forked by then, or is stopped.
        while new := [p for p in self._families.members(family) if p.pid not in stopped]:
            # A process that may stay stopped must be in the book first.
            note = _SEPARATOR.join(f"{p.pid}-{p.began}" for p in new)
            undo.register(report=report, deed=Deed.FREEZE, target=family, note=note)
            for process in new:
                processes.halt(process)
            stopped |= {process.pid: process for process in new}
        if not stopped:
            undo.register(report=report, deed=Deed.FREEZE, target=family)
        threading.Thread(
            target=self._remember, args=(report, family, at, tuple(stopped.values())), daemon=True
        ).start()
        return self._outcome(Result.DONE, at, processes=len(stopped))

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Let the family go on."""
        self._barrier.thaw(target)
        went_on = 0
        for pair in note.split(_SEPARATOR) if note else ():
            pid, began = map(int, pair.split("-"))
            process = processes.look_up(pid)
            if process is not None and process.began == began:
                went_on += processes.let_go_on(process)
        return self._outcome(Result.UNDONE, at, processes=went_on)

    def resume(self, family: str, note: str) -> bool:
        """Refuse the opens of a family that was frozen before we ended.

        Return False when none of it is stopped any more: it ended, or somebody let it go on.
        """
        if not still_stopped(note):
            return False
        self._barrier.freeze(family)
        return True

    def _remember(self, report: str, family: str, at: datetime, stopped: Sequence[Process]) -> None:
        known = [self._describe(process) for process in stopped]
        parents = {p.parent for p in stopped} - {p.pid for p in stopped}
        above = [self._describe(p) for pid in parents if (p := processes.look_up(pid))]
        record = {
            "report": report,
            "family": family,
            "at": at.isoformat(),
            "processes": known,
            "parents": above,
        }
        descriptor = os.open(
            self._folder / f"{report}.json", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600
        )
        with os.fdopen(descriptor, "w") as file:
            json.dump(record, file, indent=1)
            file.flush()
            os.fsync(file.fileno())

    @staticmethod
    def _describe(process: Process) -> dict[str, object]:
        program = f"/proc/{process.pid}/exe"
        path, digest = "", hashlib.sha256()
        try:
            path = str(Path(program).readlink())
            with Path(program).open("rb") as file:
                while chunk := file.read(_CHUNK):
                    digest.update(chunk)
        except OSError:
            digest = hashlib.sha256()  # it ended before it could be read
        return {
            "pid": process.pid,
            "name": process.name,
            "program": path,
            "sha256": digest.hexdigest() if path else "",
            "command": processes.command(process.pid),
            "parent": process.parent,
            "session": process.session,
        }

    @staticmethod
    def _outcome(result: Result, at: datetime, reason: str = "", **numbers: int) -> Outcome:
        return Outcome(deed=Deed.FREEZE, result=result, at=at, numbers=numbers, reason=reason)
