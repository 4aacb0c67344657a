"""Every scene of every guard is played, sealed: a guard that touches the world fails."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import Any

import pytest
from tests.conftest import BrokenSealError

from vigie.domain.danger import Danger
from vigie.domain.guard import Scene
from vigie.guards import built, guards, scenes
from vigie.phrasebook import vocabulary
from vigie.policy.orders import decide
from vigie.watch.patrol import Patrol

Seal = Callable[[], AbstractContextManager[None]]
PLAYS = [
    pytest.param(danger, scene, id=f"{danger.value}-{scene.title}")
    for danger in built()
    for scene in scenes(danger)
]


def said(danger: Danger, scene: Scene[Any], sealed: Seal) -> set[str]:
    patrol = Patrol({danger: guards()[danger]}, partial(decide, choices=None))
    with sealed():
        verdicts = [verdict for evidence in scene.seen for verdict in patrol.step(evidence)]
    return {finding.fact for verdict in verdicts for finding in verdict.findings}


@pytest.mark.parametrize(("danger", "scene"), PLAYS)
def test_a_scene_ends_as_it_is_written(danger: Danger, scene: Scene[Any], sealed: Seal) -> None:
    assert said(danger, scene, sealed) == scene.facts
    assert scene.facts <= vocabulary(danger).facts.keys()


@pytest.mark.parametrize("danger", built())
def test_every_guard_has_scenes_that_alarm_and_scenes_that_do_not(danger: Danger) -> None:
    outcomes = {bool(scene.facts) for scene in scenes(danger)}
    assert outcomes == {True, False}


@pytest.mark.parametrize("danger", built())
def test_every_fact_of_a_guard_has_a_scene(danger: Danger) -> None:
    own = {fact for fact in vocabulary(danger).facts if not fact.startswith("sensor_")}
    played = {fact for scene in scenes(danger) for fact in scene.facts}
    assert played <= own


def test_the_seal_breaks_when_the_world_is_touched(sealed: Seal) -> None:
    with pytest.raises(BrokenSealError), sealed():
        open("/dev/null").close()  # noqa: PTH123
