from dataclasses import replace
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

import pytest
from tests.routines.conftest import Stage

from vigie.domain.danger import Danger
from vigie.domain.practice import ConsultationHours, Span
from vigie.routines.backups.duty import BackupDuty, CheckDuty, NotBackedUp
from vigie.routines.backups.words import backup_word
from vigie.watch.calendar import consulting

if TYPE_CHECKING:
    from vigie.domain.finding import Finding
    from vigie.routines.backups.making import Run

HOURS = ConsultationHours(week=dict.fromkeys(range(5), (Span(time(8), time(20, 30)),)))
MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_a_backup_is_due_outside_consultations_and_tells_what_it_made(stage: Stage) -> None:
    runs: list[Run] = []
    said: list[Finding] = []
    duty = BackupDuty(maker=stage.maker(), consultations=HOURS, made=runs.append, say=said.extend)
    then = duty.due_after(MONDAY)
    assert then > MONDAY
    assert not consulting(HOURS, then)
    duty.run()
    assert (len(runs), said) == (1, [])
    assert Danger.RANSOMWARE in duty.blinds
    state = stage.room.place(stage.place)
    word = backup_word(stage.place, state, missing=("third_copy",), now=MONDAY)
    assert (word.kind, word.snapshots, word.latest) == ("local", 1, state.made)
    assert str(stage.repository) not in repr(word)


def test_a_duty_that_no_place_took_has_failed(stage: Stage) -> None:
    stage.repository.rename(stage.repository.with_name("ailleurs"))
    said: list[Finding] = []
    duty = BackupDuty(
        maker=stage.maker(), consultations=HOURS, made=lambda _: None, say=said.extend
    )
    with pytest.raises(NotBackedUp, match="backup_repository_missing"):
        duty.run()
    assert [finding.fact for finding in said] == ["backup_repository_missing"]


def test_an_offline_disk_in_its_drawer_is_not_missed(stage: Stage) -> None:
    drawer = replace(stage.place, offline=True)
    maker = replace(stage.maker(), plan=replace(stage.plan, places=(drawer,)))
    said: list[Finding] = []
    duty = CheckDuty(maker=maker, consultations=HOURS, say=said.extend)
    stage.repository.rename(stage.repository.with_name("ailleurs"))
    duty.run()
    assert said == []
    assert not consulting(HOURS, duty.due_after(MONDAY))
