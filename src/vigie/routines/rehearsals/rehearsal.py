"""The rehearsal: the incidents, played for real and safely; what held is proven, with its date.

The play of a danger is the module of this folder that bears its name. A danger without a guard or
without a play is said to be so, and counts as not proven.
"""

import importlib
import pkgutil
import time
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from vigie.domain.danger import Danger
from vigie.domain.proof import Proof
from vigie.guards import built, guards, scenes
from vigie.policy.orders import decide
from vigie.routines import rehearsals
from vigie.watch.patrol import Patrol

NOT_TRIED = frozenset({"not_built", "not_played"})  # no proof of anything
SAMPLE = 240  # documents: enough for an attack, quick enough for a rehearsal
LASTS = timedelta(days=35)  # a rehearsal is monthly; a few days of grace before it is blind


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One thing that was tried. `reason` is a slug of the vocabulary when it could not be."""

    name: str
    held: bool
    numbers: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """How the rehearsal of one danger went, in wall-clock `seconds`."""

    danger: Danger
    trials: tuple[Trial, ...]
    seconds: float

    @property
    def held(self) -> bool:
        """Return whether something was tried, and every trial held."""
        return bool(self.trials) and all(trial.held for trial in self.trials)

    def proofs(self, *, machine: str, at: datetime) -> tuple[Proof, ...]:
        """Return the proofs of what was really tried, for the journal."""
        return tuple(
            Proof(
                id=uuid.uuid4().hex,
                danger=self.danger,
                trial=trial.name,
                held=trial.held,
                machine=machine,
                at=at,
                expires=at + LASTS,
                numbers=trial.numbers,
            )
            for trial in self.trials
            if trial.name not in NOT_TRIED
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where a play takes place: an empty folder of the rehearsal's own, removed afterwards."""

    scratch: Path
    files: int = SAMPLE


class Play(Protocol):
    """The play of one danger: yields its trials as they end. Raise `CannotPlay` if it cannot."""

    def __call__(self, stage: Stage) -> Iterator[Trial]:
        """Play the incident on this stage."""


class CannotPlay(Exception):
    """The incident cannot be played on this machine. `reason` is a slug of the vocabulary."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def playable() -> tuple[Danger, ...]:
    """Return the dangers that have both a guard and a play, in the order people read them."""
    plays = {module.name for module in pkgutil.iter_modules(rehearsals.__path__)}
    return tuple(danger for danger in built() if danger.value in plays)


def rehearse(dangers: Iterable[Danger], stage: Stage) -> Iterator[Rehearsal]:
    """Given dangers and a stage, play each and yield how it went, one after the other."""
    for danger in dangers:
        began = time.monotonic()
        trials = tuple(_trials(danger, stage))
        yield Rehearsal(danger=danger, trials=trials, seconds=time.monotonic() - began)


def _trials(danger: Danger, stage: Stage) -> Iterator[Trial]:
    if danger not in playable():
        yield Trial(name="not_built", held=False)
        return
    yield _scenes(danger)
    play: Play = importlib.import_module(f"{rehearsals.__name__}.{danger.value}").play
    scratch = stage.scratch / danger.value
    scratch.mkdir(parents=True)
    try:
        yield from play(Stage(scratch=scratch, files=stage.files))
    except CannotPlay as trouble:
        yield Trial(name="not_played", held=False, reason=trouble.reason)


def _scenes(danger: Danger) -> Trial:
    """Play the guard's own scenes: what is seen, and the facts that must be said."""
    played = scenes(danger)
    held = True
    for scene in played:
        patrol = Patrol({danger: guards()[danger]}, decide)
        verdicts = (verdict for evidence in scene.seen for verdict in patrol.step(evidence))
        said = {finding.fact for verdict in verdicts for finding in verdict.findings}
        held = held and said == scene.facts
    return Trial(name="scenes_held", held=held, numbers={"scenes": len(played)})
