"""The updates of one machine, put together: duties, orders, the morning's look, the way back."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from vigie.agent.duties import Routine
from vigie.agent.loop import Agent
from vigie.agent.orders import Fulfil, Taken, WishFailed
from vigie.agent.update_parts import conductor
from vigie.domain.evidence.updates import UpdatePutOff
from vigie.domain.response import Deed, Outcome, Result
from vigie.responders import Responder
from vigie.responders.roll_back import RollBack
from vigie.routines.updates.calling import ALL, allow, put_off
from vigie.routines.updates.conducting import Conductor
from vigie.routines.updates.duty import Choice, UpdateLook, UpdateNight
from vigie.routines.updates.health import Care, Unwell
from vigie.routines.updates.register import Busy, Run, State
from vigie.routines.updates.telling import ended, number_of
from vigie.sensors import Sensor
from vigie.sensors.software.lasting import LastingSensor
from vigie.wire import orders

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Lasting:
    """One application of a run that was kept: what the sensor looks at."""

    unit: str
    run: str
    update: int
    care: Care

    def answers(self) -> bool:
        """Return whether it answers."""
        return self.care.answers()

    def start(self) -> bool:
        """Start it."""
        try:
            self.care.start()
        except Unwell as trouble:
            log.warning("%s does not start: %s", self.unit, trouble)
            return False
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateWatch:
    """What the agent does about updates."""

    sensors: tuple[Sensor, ...]
    responders: tuple[Responder, ...]
    routines: tuple[Routine, ...]
    fulfil: Mapping[type[orders.Wish], Fulfil]
    resume: Callable[[], None]
    speak: Callable[[datetime], None]


def update_watch(agent: Agent, home: Path) -> UpdateWatch:
    """Return what looks after the updates of this machine, as its settings say."""
    keys, hours = agent.settings.updates, agent.settings.practice.hours
    made = conductor(agent.settings, home, machine=agent.machine)
    choice = Choice(
        automatic=keys.automatic,
        system=keys.system,
        willing=keys.willing,
        wait=timedelta(hours=keys.after_hours),
        hour=keys.hour,
    )
    look = UpdateLook(
        conductor=made, consultations=hours, choice=choice, machine=agent.machine, tell=agent.see
    )
    night = UpdateNight(
        conductor=made, consultations=hours, choice=choice, machine=agent.machine, tell=agent.see
    )
    # Nothing is done to a machine about whose updates nobody has said anything.
    declared = bool(made.applications)
    return UpdateWatch(
        sensors=(LastingSensor(partial(lasting, made), machine=agent.machine),) if declared else (),
        responders=(RollBack(partial(_go_back, agent, made)),),
        routines=(look, night) if declared else (),
        fulfil={
            orders.UpdateTonight: partial(_tonight, made),
            orders.PostponeUpdates: partial(_postpone, agent, made),
            orders.RollBackUpdate: partial(_roll_back, agent, made),
        },
        speak=night.speak,
        resume=lambda: threading.Thread(
            target=_resume, args=(night,), name="updates", daemon=True
        ).start(),
    )


def lasting(made: Conductor) -> Sequence[Lasting]:
    """Return the applications whose update was kept and can still be taken back."""
    return tuple(
        Lasting(app.name, run.id, number_of(run.changes), Care(app, run.id))
        for run in _open_ways(made)
        for app in made.applications
        if app.name == run.unit and app.port and run.was_up
    )


def _open_ways(made: Conductor) -> list[Run]:
    return [run for run in made.register.runs() if run.state is State.KEPT and run.backup]


def _resume(night: UpdateNight) -> None:
    """Take back what a kill or a power cut left, beside all that starts with the agent."""
    try:
        night.resume()
    except Busy:
        log.info("another update is under way")
    except Exception:  # the next start, and the next night, try again
        log.exception("an update that was cut off could not be finished")


def _go_back(agent: Agent, made: Conductor, run: str) -> Mapping[str, int] | None:
    """Go back from one run, and tell how it ended."""
    found = next((one for one in _open_ways(made) if one.id == run), None)
    if found is None:
        return None
    done = made.register.note(made.roll_back(found, reason="failed_late"), told=True)
    agent.see(ended(done, at=datetime.now(UTC), machine=agent.machine))
    if done.state is not State.ROLLED_BACK:
        return None
    return {"carried": done.carried, "reenter": done.reenter}


def _tonight(made: Conductor, taken: Taken) -> tuple[Outcome, ...]:
    if isinstance(taken.wish, orders.UpdateTonight):
        allow(made.register, taken.wish.update, taken.at)
        waits = {k: until for k, until in made.register.held().put_off.items() if k != ALL}
        made.register.hold(put_off=waits)
    return ()


def _postpone(agent: Agent, made: Conductor, taken: Taken) -> tuple[Outcome, ...]:
    if isinstance(taken.wish, orders.PostponeUpdates):
        days = taken.wish.days
        put_off(made.register, taken.at + timedelta(days=days))
        agent.see(UpdatePutOff(at=taken.at, machine=agent.machine, unit="system", days=days))
    return ()


def _roll_back(agent: Agent, made: Conductor, taken: Taken) -> tuple[Outcome, ...]:
    if not isinstance(taken.wish, orders.RollBackUpdate):
        raise WishFailed("not a way back")
    found = [run for run in _open_ways(made) if number_of(run.changes) == taken.wish.update]
    if not found:
        raise WishFailed("no such update can be taken back here")
    try:
        numbers = _go_back(agent, made, found[-1].id)
    except Busy as busy:
        raise WishFailed("another update is under way") from busy
    if numbers is None:
        raise WishFailed("going back did not end well")
    at = datetime.now(UTC)
    return (Outcome(deed=Deed.ROLL_BACK, result=Result.DONE, at=at, numbers=numbers),)
