from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tests.routines.conftest import Stage

from vigie.domain.practice import ConsultationHours
from vigie.routines.restore_proofs.apart import open_apart
from vigie.routines.restore_proofs.duty import ProofDuty
from vigie.routines.restore_proofs.proving import Proven, Prover
from vigie.tools.journal import Journal

if TYPE_CHECKING:
    from vigie.domain.finding import Finding


def test_each_place_is_proven_on_sundays(stage: Stage, tmp_path: Path) -> None:
    stage.back_up()
    heard: list[Proven] = []
    said: list[Finding] = []
    with closing(Journal(tmp_path / "journal.sqlite")) as journal:
        prover = Prover(room=stage.room, journal=journal, machine="accueil", opener=open_apart)
        duty = ProofDuty(
            prover=prover,
            places=[stage.place],
            consultations=ConsultationHours(),
            proven=heard.append,
            say=said.extend,
        )
        then = duty.due_after(datetime(2026, 11, 23, 12, tzinfo=UTC))
        assert (then.weekday(), then.day) == (6, 29)
        assert duty.due_after(then).day == 6
        duty.run()
        (done,) = heard
        head = journal.head()
        assert head is not None
        assert done.proof.id in head.body
    assert done.proof.held
    assert said == []
