from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding
from vigie.domain.practice import ConsultationHours
from vigie.routines.interruptions.duty import InterruptionsDuty
from vigie.tools.notices import Notices

NOON = datetime(2026, 10, 23, 10, 45, tzinfo=UTC)  # 12:45 in Paris


def duty(
    notices: Notices, mark: Path, told: dict[str, Finding], now: datetime
) -> InterruptionsDuty:
    def say(identity: str, danger: Danger, finding: Finding) -> None:
        assert danger is Danger.RANSOMWARE
        told[identity] = finding

    return InterruptionsDuty(
        count=notices.interruptions, say=say, mark=mark, machine="m" * 16,
        consultations=ConsultationHours(), clock=lambda: now,
    )  # fmt: skip


def interrupt(notices: Notices, at: datetime) -> None:
    notices.keep(report=f"{at}", deed="TELL", text="x", button="", grave=True, at=at)
    (notice,) = notices.unshown()
    notices.show(notice, at)


def test_each_day_that_is_over_is_told_once_with_what_was_shown(tmp_path: Path) -> None:
    notices, told = Notices(tmp_path / "notices.db"), dict[str, Finding]()
    interrupt(notices, NOON - timedelta(days=1))
    interrupt(notices, NOON - timedelta(hours=1))  # today is not over
    duty(notices, tmp_path / "mark", told, NOON).run()
    assert [dict(f.numbers) for f in told.values()] == [{"shown": 1}]
    duty(notices, tmp_path / "mark", told, NOON).run()
    assert len(told) == 1
    duty(notices, tmp_path / "mark", told, NOON + timedelta(days=3)).run()
    assert [f.numbers["shown"] for f in told.values()] == [1, 1, 0, 0]
    notices.close()


def test_a_day_told_again_after_a_kill_has_the_same_name(tmp_path: Path) -> None:
    notices, told = Notices(tmp_path / "notices.db"), dict[str, Finding]()
    duty(notices, tmp_path / "mark", told, NOON).run()
    (tmp_path / "mark").unlink()
    duty(notices, tmp_path / "mark", told, NOON).run()
    assert len(told) == 1
    assert all(len(identity) == 32 for identity in told)
    notices.close()


def test_a_long_rest_is_caught_up_for_a_month_at_most(tmp_path: Path) -> None:
    notices, told = Notices(tmp_path / "notices.db"), dict[str, Finding]()
    duty(notices, tmp_path / "mark", told, NOON - timedelta(days=90)).run()
    told.clear()
    duty(notices, tmp_path / "mark", told, NOON).run()
    assert len(told) == 31
    notices.close()
