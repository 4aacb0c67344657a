"""What is remembered of a practice is what would be reckoned now."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from players import Stage, let_in
from speaking import Speaker, now, report

from vigie.console.alerts.models import Alert
from vigie.console.desk import duties, standings
from vigie.console.enrolment import joining
from vigie.console.practices.models import Machine, Practice
from vigie.console.reckoned import remembering
from vigie.console.reckoned.models import Reckoned
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.proof import Standing

Tell = Callable[..., dict[str, Any]]


def ransomware(stage: Stage, at: datetime | None = None) -> standings.Row:
    rows = standings.rows(stage.karim, [stage.martin], at or now())[stage.martin.pk]
    return next(row for row in rows if row.danger is Danger.RANSOMWARE)


def afresh(stage: Stage, at: datetime | None = None) -> standings.Row:
    Reckoned.objects.all().delete()
    return ransomware(stage, at)


def test_what_is_remembered_is_what_was_reckoned(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, accueil.proof(numbers={"scenes": 12}))
    first = ransomware(stage)
    kept = Reckoned.objects.get()
    assert ransomware(stage) == first == afresh(stage)
    assert first.standing is Standing.PROVEN
    assert kept.until is not None


def test_everything_that_changes_a_row_changes_the_mark(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    changes: list[Callable[[], object]] = [
        lambda: tell(accueil, accueil.proof()),
        lambda: tell(accueil, accueil.proof(held=False)),
        lambda: tell(accueil, accueil.proof()),
        lambda: tell(accueil, report()),
        lambda: tell(accueil, report("sensor_sees_again", gravity=Gravity.NOTE)),
        lambda: let_in(stage.martin, "Bureau 2"),
        lambda: joining.revoke(Machine.objects.get(name="Bureau 2"), now()),
        lambda: tell(accueil, report()),
        lambda: Alert.objects.update(closed_at=now()),
    ]
    seen = []
    for change in changes:
        change()
        told = ransomware(stage)
        assert told == afresh(stage)
        seen.append(told)
    assert len({(row.standing, row.blindness, row.machines) for row in seen}) >= 4
    assert all(before != after for before, after in pairwise(seen))


def test_an_expired_proof_is_never_shown_from_memory(
    stage: Stage, accueil: Speaker, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(accueil, accueil.proof(lasts=timedelta(hours=1)))
    assert ransomware(stage).standing is Standing.PROVEN
    later = now() + timedelta(hours=2)
    monkeypatch.setattr(remembering, "AT_ONCE", 0)
    monkeypatch.setattr(remembering, "OLD", timedelta(days=1))
    assert ransomware(stage, later).standing is Standing.BLIND


def test_where_very_many_changed_at_once_the_last_minute_is_shown(
    stage: Stage, accueil: Speaker, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(accueil, accueil.proof())
    ransomware(stage)
    monkeypatch.setattr(remembering, "AT_ONCE", 0)
    tell(accueil, accueil.proof(held=False))
    assert ransomware(stage).standing is Standing.PROVEN
    assert ransomware(stage, now() + remembering.OLD).standing is Standing.TO_DO
    assert duties.reckon_standings.call() == 1  # Dr Favre's, that nobody has asked for
    assert ransomware(stage).standing is Standing.TO_DO


def test_the_duty_reckons_what_changed_and_nothing_else(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    assert duties.reckon_standings.call() == Practice.objects.count()
    assert duties.reckon_standings.call() == 0
    tell(accueil, accueil.proof())
    assert duties.reckon_standings.call() == 1
    assert Reckoned.objects.get(practice=stage.martin).rows == [
        standings._closed(row)
        for row in standings.rows(stage.karim, [stage.martin], now())[stage.martin.pk]
    ]
