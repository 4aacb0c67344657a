import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, OperationalError, transaction
from django_tasks.exceptions import InvalidTaskError
from players import Stage, let_in, machine_of
from speaking import Speaker, backup, heartbeat, now

from vigie.console.alerts import opening
from vigie.console.alerts.models import Alert, Kind
from vigie.console.alerts.opening import Matter
from vigie.console.intake.models import Backup
from vigie.console.jobs import duties, queue, worker
from vigie.console.jobs.models import Job
from vigie.console.practices.models import Machine
from vigie.domain.finding import Gravity

Tell = Callable[..., dict[str, Any]]
LOOK = "vigie.console.jobs.duties.look_for_silence"


def open_kinds() -> list[str]:
    return sorted(Alert.objects.filter(closed_at=None).values_list("kind", flat=True))


def aged(speaker: Speaker, **columns: timedelta) -> Machine:
    moments = {name: now() - ago for name, ago in columns.items()}
    Machine.objects.filter(pseudonym=speaker.pseudonym).update(**moments)
    return machine_of(speaker)


def test_a_silent_machine_is_said_once_and_settled_when_it_speaks(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    other = let_in(stage.martin, "Bureau 2")
    tell(other, heartbeat())
    aged(accueil, last_seen=timedelta(days=4))
    assert duties.look_for_silence.call() == 1
    assert duties.look_for_silence.call() == 0
    assert open_kinds() == [Kind.SILENT_MACHINE]
    tell(accueil, heartbeat())
    assert open_kinds() == []


def test_one_outage_of_a_whole_practice_is_one_matter(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    for speaker in (accueil, let_in(stage.martin, "B"), let_in(stage.martin, "C")):
        aged(speaker, last_seen=timedelta(days=4))
    assert duties.look_for_silence.call() == 1
    assert open_kinds() == [Kind.SILENT_PRACTICE]
    tell(accueil, heartbeat())
    assert open_kinds() == []


def test_a_closed_weekend_is_not_silence(accueil: Speaker) -> None:
    aged(accueil, last_seen=timedelta(hours=86))
    assert duties.look_for_silence.call() == 0


def test_a_machine_without_a_snapshot_in_26_hours_is_an_alarm(accueil: Speaker, tell: Tell) -> None:
    tell(accueil, backup(now() - timedelta(hours=25)))
    assert duties.look_for_backups.call() == 0
    Backup.objects.update(latest=now() - timedelta(hours=27))
    assert duties.look_for_backups.call() == 1
    alert = Alert.objects.get(closed_at=None)
    assert (alert.kind, alert.gravity) == (Kind.NO_SNAPSHOT, Gravity.ALARM)
    assert alert.numbers == {"hours": 27}
    tell(accueil, backup(now()))
    assert open_kinds() == []


def test_a_machine_that_never_spoke_of_backups_is_an_alarm_too(accueil: Speaker) -> None:
    assert duties.look_for_backups.call() == 0
    aged(accueil, approved_at=timedelta(hours=27))
    assert duties.look_for_backups.call() == 1


def test_a_snapshot_of_tomorrow_counts_from_when_it_was_told(accueil: Speaker, tell: Tell) -> None:
    tell(accueil, backup(now() + timedelta(days=300)))
    Backup.objects.update(received_at=now() - timedelta(hours=27))
    aged(accueil, approved_at=timedelta(days=9))
    assert duties.look_for_backups.call() == 1


def test_an_expired_proof_is_said_unless_a_newer_one_holds(accueil: Speaker, tell: Tell) -> None:
    old = now() - timedelta(days=30)
    tell(accueil, accueil.proof(at=old, lasts=timedelta(days=8)))
    assert duties.look_for_expired_proofs.call() == 1
    tell(accueil, accueil.proof())
    assert open_kinds() == []
    assert duties.look_for_expired_proofs.call() == 0


def test_a_muted_matter_is_still_recorded(stage: Stage) -> None:
    matter = Matter(practice_id=stage.martin.pk, kind=Kind.SILENT_PRACTICE)
    assert opening.raise_all([matter], now()) == 1
    Alert.objects.update(muted_at=now())
    assert opening.raise_all([matter, matter], now()) == 0
    assert Alert.objects.get().times == 3


def test_the_database_holds_one_open_alert_for_each_key(stage: Stage) -> None:
    matter = Matter(practice_id=stage.martin.pk, kind=Kind.SILENT_PRACTICE)
    opening.raise_all([matter], now())
    first = Alert.objects.get()
    first.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save(force_insert=True)
    opening.settle([matter], now())
    assert opening.raise_all([matter], now()) == 1
    assert Alert.objects.count() == 2


def test_two_workers_never_claim_the_same_job() -> None:
    for _ in range(3):
        queue.put(LOOK, now=now())
    claimed = [queue.claim(now()) for _ in range(5)]
    assert len({job.pk for job in claimed if job}) == 3
    assert claimed[3:] == [None, None]


def test_the_job_of_a_killed_worker_is_due_again_after_its_lease() -> None:
    queue.put(LOOK, now=now())
    killed = queue.claim(now())
    assert killed is not None
    assert queue.claim(now() + queue.LEASE / 2) is None
    again = queue.claim(now() + queue.LEASE + timedelta(seconds=1))
    assert again is not None
    assert again.pk == killed.pk
    assert not queue.finish(killed, now())
    assert queue.finish(again, now())


def test_a_failure_waits_longer_each_time_and_ends() -> None:
    queue.put(LOOK, now=now())
    moment, waits = now(), []
    while (job := queue.claim(moment)) is not None:
        queue.fail(job, moment, "ValueError")
        job.refresh_from_db()
        if job.due_at is None:
            break
        waits.append(job.due_at - moment)
        moment = job.due_at
    assert waits == sorted(waits)
    assert len(waits) == queue.MOST_ATTEMPTS - 1
    assert Job.objects.get().trouble == "ValueError"


def test_a_job_past_its_deadline_is_given_up() -> None:
    queue.put(LOOK, now=now(), deadline=now() + timedelta(minutes=1))
    assert queue.claim(now() + timedelta(minutes=2)) is None
    assert Job.objects.get().trouble == "given up"


def test_a_returning_duty_is_there_once_and_comes_back() -> None:
    worker.keep_calendar()
    worker.keep_calendar()
    assert Job.objects.count() == len(worker.calendar()) > len(duties.EVERY)
    job = queue.claim(now())
    assert job is not None
    queue.finish(job, now())
    job.refresh_from_db()
    assert job.due_at is not None
    assert job.due_at > now()


def test_a_task_is_queued_in_the_transaction_that_asks() -> None:
    def ask_and_fall() -> None:
        with transaction.atomic():
            duties.look_for_silence.enqueue()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        ask_and_fall()
    assert not Job.objects.exists()
    result = duties.look_for_silence.enqueue()
    assert Job.objects.get().key == result.id
    with pytest.raises(InvalidTaskError):
        duties.look_for_silence.using(priority=5)


def test_a_database_that_goes_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, claims = threading.Event(), []

    def claim(_: datetime) -> None:
        claims.append(1)
        if len(claims) == 1:
            raise OperationalError
        stop.set()

    monkeypatch.setattr(queue, "claim", claim)
    monkeypatch.setattr(worker, "PAUSE", timedelta(0))
    monkeypatch.setattr(worker.connection, "close", lambda: None)
    assert worker.work(stop) == 0
    assert len(claims) == 2
    claims.clear()
    with pytest.raises(OperationalError):
        worker.work(threading.Event(), once=True)


def test_a_job_that_ended_long_ago_is_forgotten() -> None:
    for ago in (timedelta(days=8), timedelta(days=1)):
        queue.put(LOOK, now=now() - ago)
    while (job := queue.claim(now())) is not None:
        queue.finish(job, now())
    queue.put(LOOK, now=now() - timedelta(days=9), due_at=now() + timedelta(days=1))
    assert duties.forget_ended_jobs.call() == 1
    assert Job.objects.count() == 2
