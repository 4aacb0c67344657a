"""The evening at one machine: the day is saved, the machine may rest, somebody may put it off."""

import json
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from vigie.domain.evidence.power import DayEnded, MachineLeftOn, PowerEvidence
from vigie.domain.practice import ConsultationHours
from vigie.tools.kept_file import keep
from vigie.tools.power import MachinePower, PowerFailed
from vigie.watch.closing import PUT_OFF, Situation, Step, closed, opens, over, step

log = logging.getLogger(__name__)

STATE = "evening.json"  # in the agent's own folder


class Evening:
    """Looked at each minute. `busy` are asked whether work is under way that must not be cut.

    `off`: the machine shuts down instead of sleeping; `rests` False only says that the day is
    saved, which `saved` tells (when the last backup began).
    """

    def __init__(  # noqa: PLR0913  (what the evening depends on)
        self,
        folder: Path,
        hours: ConsultationHours,
        power: MachinePower,
        see: Callable[[PowerEvidence], object],
        *,
        machine: str,
        saved: Callable[[], datetime | None],
        busy: Sequence[Callable[[], bool]] = (),
        rests: bool = True,
        off: bool = False,
        notice: timedelta = timedelta(minutes=15),
        wake: timedelta = timedelta(minutes=20),
    ) -> None:
        self._file = folder / STATE
        self._hours = hours
        self._power = power
        self._see = see
        self._machine = machine
        self._saved = saved
        self._busy = busy
        self._rests = rests
        self._off = off
        self._notice = notice
        self._wake = wake

    def look(self, now: datetime) -> Step:
        """Say that the day is saved, give the notice, or let the machine rest."""
        self._say_saved(now)
        if not self._rests:
            return Step.NOTHING
        taken = self._step(now)
        if taken is Step.ANNOUNCE:
            self._note(announced=now.isoformat())
            minutes = round(self._notice.total_seconds() / 60)
            self._see(
                MachineLeftOn(
                    at=now,
                    machine=self._machine,
                    day=now.isoformat(),
                    minutes=minutes,
                    off=self._off,
                )
            )
        elif taken is Step.PUT_OFF:
            self._note(announced=None, put_off=(now + PUT_OFF).isoformat())
        elif taken is Step.REST:
            self._rest(now)
        return taken

    def _step(self, now: datetime) -> Step:
        if not closed(self._hours, now):
            return Step.NOTHING  # the system need not be asked
        state = self._state()
        try:
            seen = Situation(
                now=now,
                idle=self._power.idle(),
                held=bool(self._power.inhibitors()) or any(busy() for busy in self._busy),
                announced=_moment(state.get("announced")),
                put_off=_moment(state.get("put_off")),
            )
        except PowerFailed as failure:
            log.debug("this machine does not rest: %s", failure)
            return Step.NOTHING
        return step(self._hours, seen, self._notice)

    def _rest(self, now: datetime) -> None:
        """Set the morning's alarm, then rest."""
        self._note(announced=None)
        morning = opens(self._hours, now)
        if morning and not self._power.wake_at(morning - self._wake):
            log.info("this machine has no clock that wakes it")
        try:
            self._power.shut_down(polite=True) if self._off else self._power.sleep()
        except PowerFailed as failure:
            log.warning("this machine did not rest: %s", failure)
            self._note(put_off=(now + PUT_OFF).isoformat())

    def _say_saved(self, now: datetime) -> None:
        """Say once that the day is saved: a backup began after the last patient, and held."""
        ended, saved = over(self._hours, now), self._saved()
        if ended is None or saved is None or saved < ended:
            return
        day = ended.date().isoformat()
        if self._state().get("told") != day:
            self._note(told=day)
            self._see(DayEnded(at=now, machine=self._machine, day=day))

    def _state(self) -> dict[str, Any]:
        return _read(self._file)

    def _note(self, **changes: str | None) -> None:
        keep(self._file, json.dumps(self._state() | changes).encode())


def put_off(folder: Path, until: datetime) -> None:
    """Have the machine of this agent's folder go on until then; the pane and the command ask so."""
    file = folder / STATE
    keep(file, json.dumps(_read(file) | {"announced": None, "put_off": until.isoformat()}).encode())


def _read(file: Path) -> dict[str, Any]:
    try:
        state = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return state if isinstance(state, dict) else {}


def _moment(text: object) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
