"""Every figure of a letter equals a count over the rows, made here in another way."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from months_made import Ledger
from players import Stage

from vigie.console.alerts.models import Kind
from vigie.console.desk import standings
from vigie.console.intake.models import Backup, Proof, Report
from vigie.console.letters import deciding, printing, telling, words
from vigie.console.letters.counting import Figures, count
from vigie.console.letters.months import Month
from vigie.console.letters.nights import BEFORE, MISSED, SAVED, UNKNOWN
from vigie.console.letters.telling import People
from vigie.console.practices.models import Practice
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.practice import Language
from vigie.domain.proof import Standing
from vigie.domain.response import Deed, Result

OCTOBER = Month(2026, 10)
AFTER = datetime(2026, 11, 1, 6, tzinfo=UTC)
FACTS = ("imitation_held", "sensor_blind", "disk_filling", "interruptions_counted")
DANGERS = st.sampled_from(list(Danger))

rows = st.lists(
    st.one_of(
        st.tuples(st.just("proof"), st.integers(-3, 35), DANGERS, st.booleans(), st.booleans()),
        st.tuples(
            st.just("report"),
            st.integers(-3, 35),
            st.sampled_from(FACTS),
            st.sampled_from(list(Gravity)),
            st.lists(
                st.tuples(st.sampled_from(list(Deed)), st.sampled_from(list(Result))), max_size=3
            ),
        ),
        st.tuples(st.just("backup"), st.integers(-3, 35), st.integers(0, 1), st.booleans()),
    ),
    max_size=25,
)


def live(ledger: Ledger, drawn: list[tuple[object, ...]]) -> None:
    for kind, day, *rest in drawn:
        if kind == "proof":
            danger, held, played = rest
            trial = "scenes_held" if played else "not_played"
            ledger.proof(day, danger, trial, held=held and played)
        elif kind == "report":
            fact, gravity, deeds = rest
            numbers = {"shown": 2} if fact == "interruptions_counted" else {}
            ledger.report(day, Danger.IMPERSONATION, fact, gravity, *deeds, **numbers)
        else:
            machine, saved = rest
            ledger.backup(day, ledger.machines[machine], saved=saved)


def inside(moment: datetime) -> bool:
    return OCTOBER.begins("Europe/Paris") <= moment < OCTOBER.ends("Europe/Paris")


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=rows)
def test_every_figure_is_a_count_over_the_rows(
    martin: Practice, drawn: list[tuple[object, ...]]
) -> None:
    with transaction.atomic():
        ledger = Ledger(martin, 2026, 10)
        ledger.machine("A", -90), ledger.machine("B", -90)
        live(ledger, drawn)
        figures = count(martin, OCTOBER, AFTER)
        proofs = [p for p in Proof.objects.filter(practice=martin) if inside(p.received_at)]
        reports = [r for r in Report.objects.filter(practice=martin) if inside(r.received_at)]
        played = [p for p in proofs if p.trial != "not_played"]
        assert figures.held == len([p for p in played if p.held])
        assert figures.failed == len([p for p in played if not p.held])
        assert figures.untried == len(proofs) - len(played)
        grave = [r for r in reports if r.gravity != "NOTE"]
        assert figures.times == len(grave)
        for result, counted in ((Result.DONE, "done"), (Result.FAILED, "not_done")):
            told = sum(o["result"] == result for r in grave for o in r.outcomes)
            assert told == sum(sum(getattr(s, counted).values()) for s in figures.seen)
        interrupting = [r for r in reports if r.facts[0]["fact"] == "interruptions_counted"]
        assert figures.interruptions == 2 * len(interrupting)
        assert figures.blinded == len([r for r in reports if r.facts[0]["fact"] == "sensor_blind"])
        assert len(figures.nights) == 31
        mornings = {
            (b.latest.astimezone(UTC) + timedelta(hours=13)).date()  # noon in Paris, in winter
            for b in Backup.objects.filter(practice=martin).exclude(latest=None)
            if b.latest
        }
        for number, night in enumerate(figures.nights, 1):
            assert night != BEFORE
            assert night != SAVED or OCTOBER.first.replace(day=number) in mornings
        transaction.set_rollback(True)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=rows, silent=st.booleans())
def test_the_promises_stand_as_the_practice_page_shows_them(
    martin: Practice,
    stage: Stage,
    drawn: list[tuple[object, ...]],
    silent: bool,  # noqa: FBT001  (drawn by hypothesis)
) -> None:
    with transaction.atomic():
        ledger = Ledger(martin, 2026, 10)
        ledger.machine("A", -90)
        live(ledger, [row for row in drawn if row[0] == "proof" and 0 < int(str(row[1])) < 31])
        if silent:
            ledger.alert(20, Kind.SILENT_MACHINE, machine=ledger.machines[0])
        at = OCTOBER.ends("Europe/Paris")
        shown = standings.rows(stage.karim, [martin], at)[martin.pk]
        figures = count(martin, OCTOBER, AFTER)
        assert [p.standing for p in figures.promises] == [row.standing for row in shown]
        transaction.set_rollback(True)


def test_a_row_is_in_the_letter_of_the_month_in_which_it_arrived(martin: Practice) -> None:
    ledger = Ledger(martin, 2026, 10)
    ledger.machine("Accueil", -90)
    late = ledger.proof(31, Danger.RANSOMWARE)
    Proof.objects.filter(pk=late.pk).update(received_at=ledger.at(33))
    assert count(martin, OCTOBER, AFTER).tried == 0
    assert count(martin, OCTOBER.following, datetime(2026, 12, 1, 7, tzinfo=UTC)).tried == 1


def test_a_night_of_which_nobody_spoke_is_unknown_and_one_that_was_passed_over_missed(
    martin: Practice,
) -> None:
    ledger = Ledger(martin, 2026, 10)
    a, b = ledger.machine("A", -90), ledger.machine("B", -90)
    for day in (3, 4, 6):
        ledger.backup(day, a)
    for day in (3, 4, 5):
        ledger.backup(day, b)
    nights = count(martin, OCTOBER, AFTER).nights
    assert nights[:7] == (UNKNOWN, UNKNOWN, SAVED, SAVED, MISSED, UNKNOWN, UNKNOWN)


def test_the_nights_before_a_practice_was_there_count_nowhere(
    lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("first")
    martin.refresh_from_db()
    figures = count(martin, OCTOBER, AFTER)
    assert figures.night(BEFORE) == 21
    assert (figures.nights_there, figures.night(SAVED)) == (10, 10)
    assert figures.first is not None
    assert figures.first.day == 21


def said(figures: Figures, language: str = "fr") -> telling.Told:
    return telling.tell(figures, People(practice="Cabinet", language=Language(language)))


@pytest.mark.parametrize("language", list(Language))
def test_unknown_is_never_said_as_good(
    language: Language, lived: Callable[[str], Ledger], martin: Practice
) -> None:
    nothing = words.words(language)["seen"]["none"]
    lived("quiet")
    assert nothing in said(count(martin, OCTOBER, AFTER), language).sentences
    ledger = Ledger(martin, 2026, 10)
    ledger.alert(20, Kind.SILENT_PRACTICE)
    figures = count(martin, OCTOBER, AFTER)
    assert figures.silent == figures.machines == 2
    told = said(figures, language)
    assert nothing not in told.sentences
    assert {line.standing for line in told.lines} == {Standing.BLIND}


def test_without_a_machine_nothing_is_promised(martin: Practice) -> None:
    told = said(count(martin, OCTOBER, AFTER))
    assert told.sentences == (words.words(Language.FR)["no_machine"]["text"],)
    assert {line.word for line in told.lines} == {"non prouvé"}
    assert told.decision == words.words(Language.FR)["decisions"]["first_machine"]


def test_interruptions_that_no_machine_counted_are_unknown(martin: Practice) -> None:
    ledger = Ledger(martin, 2026, 10)
    a, _ = ledger.machine("A", -90), ledger.machine("B", -90)
    unknown = words.words(Language.FR)["interruptions"]["unknown"]
    assert unknown in said(count(martin, OCTOBER, AFTER)).sentences
    ledger.interruptions(5, 3, a)
    assert (
        "Nous vous avons interrompus au moins 3 fois."
        in said(count(martin, OCTOBER, AFTER)).sentences
    )


def test_a_deed_that_did_not_succeed_is_never_told_as_one_that_did(
    lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("bad")
    told = said(count(martin, OCTOBER, AFTER))
    assert len(told.alarms) == 2
    assert all("n’a pas abouti" in alarm for alarm in told.alarms)
    assert "2 gestes de protection n’ont pas abouti." in told.not_managed


def test_a_restore_that_failed_is_never_told_as_one_that_was_not_tried(
    lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("bad")
    figures = count(martin, OCTOBER, AFTER)
    assert (figures.restored, figures.not_restored) == (0, 1)
    text = " ".join(said(figures).sentences)
    assert "un retour d’essai n’a pas tout rendu" in text
    assert "aucun retour" not in text


def test_the_numbers_in_the_words_are_those_of_the_figures(
    lived: Callable[[str], Ledger], martin: Practice
) -> None:
    lived("eventful")
    figures = count(martin, OCTOBER, AFTER)
    text = " ".join(said(figures).sentences)
    for number in (figures.tried, figures.held, figures.times, figures.night(SAVED)):
        assert f" {number} " in text
    assert (figures.night(MISSED), figures.interruptions, figures.failed) == (1, 2, 1)


def test_the_one_thing_to_decide_is_the_gravest_and_each_has_its_words() -> None:
    assert deciding.decision(frozenset(), machines=2, silent=0) == "none"
    opened = frozenset({"no_ups", "disk_failing", "account_shared"})
    assert deciding.decision(opened, machines=2, silent=0) == "disk_failing"
    assert deciding.decision(opened, machines=2, silent=1) == "silent_machine"
    for language in Language:
        table = words.words(language)["decisions"]
        assert set(table) == {*deciding.IN_ORDER, "none", "first_machine", "silent_machine"}
        assert all(len(sentence.split()) <= 35 for sentence in table.values())


def test_the_three_languages_say_the_same_things() -> None:
    def shape(table: object) -> object:
        if isinstance(table, dict):
            return {key: shape(value) for key, value in table.items()}
        return sorted(set(filter(None, str(table).replace("}", "{").split("{")[1::2])))

    french = shape(words.words(Language.FR))
    assert french == shape(words.words(Language.DE)) == shape(words.words(Language.EN))


def test_the_figures_can_be_kept_as_json(lived: Callable[[str], Ledger], martin: Practice) -> None:
    from vigie.console.letters import keeping  # noqa: PLC0415

    lived("eventful")
    kept = json.loads(json.dumps(keeping.plain(count(martin, OCTOBER, AFTER))))
    assert kept["held"] == 181
    assert kept["strips"]["failed_update"]["failed"] == [20]


def test_the_text_says_every_promise(lived: Callable[[str], Ledger], martin: Practice) -> None:
    lived("bad")
    text = printing.plain(said(count(martin, OCTOBER, AFTER)))
    assert text.count("non prouvé") == 11
