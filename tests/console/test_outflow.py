from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from players import machine_of
from speaking import Speaker, now, outflow

from vigie.console.jobs import duties
from vigie.console.journal.models import Entry
from vigie.console.outflow import ordinary
from vigie.console.outflow.models import Outflow

Tell = Callable[..., dict[str, Any]]
HOUR = timedelta(hours=1)
ZONE = "Europe/Paris"
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass
class Span:
    since: datetime
    until: datetime
    sent: int


def hour(at: datetime, sent: int) -> Span:
    return Span(at, at + HOUR, sent)


def test_what_a_machine_sent_is_kept_once_and_leaves_the_journal_alone(
    accueil: Speaker, tell: Tell
) -> None:
    before = Entry.objects.count()
    word = outflow(5_000)
    assert tell(accueil, word)["kept"] == tell(accueil, word)["kept"] == [word.id]
    (row,) = Outflow.objects.all()
    assert (row.machine, row.sent) == (machine_of(accueil), 5_000)
    assert Entry.objects.count() == before


def test_what_is_older_than_ninety_days_is_neither_taken_nor_kept(
    accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, outflow(since=now() - timedelta(days=91)), outflow(since=now() + 5 * HOUR))
    assert not Outflow.objects.exists()
    tell(accueil, outflow(since=now() - timedelta(days=89)), outflow())
    Outflow.objects.update(since=now() - timedelta(days=92), until=now() - timedelta(days=91))
    assert duties.forget_old_outflow.call() == 2
    assert not Outflow.objects.exists()


def test_the_ordinary_range_comes_from_days_of_the_same_sort() -> None:
    spans = [hour(MONDAY - timedelta(days=back), 100 + back) for back in range(2, 29)]
    middle = ordinary.around(MONDAY, [*spans, hour(MONDAY, 4_000)], ZONE)[24]
    assert middle.at == MONDAY
    assert middle.days == 20  # the working days of four weeks
    assert middle.low is not None
    assert middle.high is not None
    assert 100 < middle.low < middle.high < 130
    assert middle.beyond


def test_few_days_make_nothing_ordinary_and_nothing_measured_is_not_zero() -> None:
    spans = [hour(MONDAY - timedelta(days=back), 10) for back in (3, 4, 5)]
    hours = ordinary.around(MONDAY, spans, ZONE)
    assert (hours[24].sent, hours[24].high, hours[24].beyond) == (None, None, False)


def test_a_long_span_is_shared_out_and_loses_no_byte() -> None:
    long = Span(MONDAY - 2 * HOUR, MONDAY + HOUR, 3_000)
    hours = ordinary.around(MONDAY, [long], ZONE)
    assert [h.sent for h in hours[22:25]] == [1_000, 1_000, 1_000]


def test_the_days_around_the_incident_teach_nothing_about_what_is_ordinary() -> None:
    spans = [hour(MONDAY - timedelta(days=back), 50) for back in range(2, 20)]
    spans += [hour(MONDAY - back * HOUR, 10**9) for back in range(1, 24)]
    hours = ordinary.around(MONDAY, [*spans, hour(MONDAY, 60)], ZONE)
    assert hours[24].high == 50
