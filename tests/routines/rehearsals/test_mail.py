from pathlib import Path

import pytest

from vigie.domain.danger import Danger
from vigie.routines.rehearsals import impersonation, misdirected_mail
from vigie.routines.rehearsals.rehearsal import Stage, playable
from vigie.tools import dovecot


def test_a_lure_is_set_aside_from_a_real_mailbox_and_comes_back(tmp_path: Path) -> None:
    assert Danger.IMPERSONATION in playable()
    (trial,) = impersonation.play(Stage(scratch=tmp_path))
    assert (trial.name, trial.held) == ("imitation_set_aside", True)


def test_where_there_is_no_mail_server_it_is_said_that_files_were_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dovecot, "installed", lambda: False)
    (trial,) = impersonation.play(Stage(scratch=tmp_path))
    assert (trial.name, trial.held) == ("mail_judged_as_files", True)


def test_a_leak_is_held_by_the_real_relay_and_clean_mail_passes(tmp_path: Path) -> None:
    (trial,) = misdirected_mail.play(Stage(scratch=tmp_path))
    assert (trial.name, trial.held) == ("leak_held", True)
