"""The careless post, played: each play is another post, and each is really masked."""

from pathlib import Path

from vigie.domain.danger import Danger
from vigie.routines.rehearsals.patient_disclosure import play
from vigie.routines.rehearsals.rehearsal import Stage, playable


def test_careless_nameless_and_harmless_posts_are_told_apart(tmp_path: Path) -> None:
    assert Danger.PATIENT_DISCLOSURE in playable()
    for _ in range(5):
        trials = list(play(Stage(scratch=tmp_path)))
        assert [trial.name for trial in trials] == [
            "post_masked",
            "combination_seen",
            "harmless_post_passed",
        ]
        assert all(trial.held for trial in trials)
