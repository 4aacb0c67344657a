"""The desk: one cause is one line, first things first, and many practices ask no more questions."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from players import Stage, let_in
from speaking import Speaker, now, report

from vigie.console.alerts.models import Alert, Kind
from vigie.console.alerts.opening import Matter, raise_all
from vigie.console.desk import duties, matters, overview, today
from vigie.console.desk.models import Snapshot
from vigie.console.journal.models import Entry
from vigie.console.practices import scope
from vigie.console.practices.models import Machine, Practice
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity

Tell = Callable[..., dict[str, Any]]


@pytest.fixture
def karim(stage: Stage) -> Client:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(stage.karim)
    return client


def text(client: Client, address: str = "/") -> str:
    return re.sub(r"\s*<[^>]+>\s*", " ", client.get(address).content.decode())


def prove(tell: Tell, speaker: Speaker, *, lasts: timedelta = timedelta(days=8)) -> None:
    tell(speaker, *(speaker.proof(danger=d, numbers={"scenes": 9}, lasts=lasts) for d in Danger))


def lines(stage: Stage) -> list[matters.Call]:
    return list(today.desk(stage.karim, now()).lines)


def others(stage: Stage, count: int) -> list[Speaker]:
    return [let_in(scope.add_practice([stage.karim], f"Cabinet {n}")) for n in range(count)]


def test_one_outage_over_many_practices_is_one_line(stage: Stage, tell: Tell) -> None:
    for speaker in others(stage, 4):
        tell(speaker, report("backup_unreachable"))
    (line,) = lines(stage)
    assert len(line.practices) == 4


def test_two_practices_with_the_same_trouble_stay_two_lines(stage: Stage, tell: Tell) -> None:
    for speaker in others(stage, 2):
        tell(speaker, report("backup_unreachable"))
    assert len(lines(stage)) == 2


def test_the_same_trouble_on_another_day_is_another_line(stage: Stage, tell: Tell) -> None:
    for speaker in others(stage, 4):
        tell(speaker, report("backup_unreachable"))
    first = Alert.objects.order_by("pk").first()
    assert first is not None
    Alert.objects.filter(pk=first.pk).update(opened_at=now() - timedelta(days=1))
    assert sorted(len(line.practices) for line in lines(stage)) == [1, 3]


def test_silence_takes_along_what_follows_from_it(stage: Stage, accueil: Speaker) -> None:
    machine = Machine.objects.get(pseudonym=accueil.pseudonym)
    about = {"practice_id": stage.martin.pk, "machine": machine}
    raise_all(
        [
            Matter(kind=Kind.SILENT_MACHINE, **about),
            Matter(kind=Kind.NO_SNAPSHOT, numbers={"hours": 30}, **about),
            Matter(kind=Kind.PROOF_EXPIRED, danger="ransomware", fact="scenes_held", **about),
        ],
        now(),
    )
    (line,) = lines(stage)
    assert line.first.kind == Kind.SILENT_MACHINE
    assert len(line.alerts) == 3


def test_harm_under_way_stands_first_and_what_merely_waits_last(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    let_in(stage.martin, approved=False)
    tell(accueil, report("sensor_blind"))
    tell(accueil, accueil.proof("restore_proven", held=False, numbers={"files": 2, "same": 1}))
    tell(accueil, report("files_scrambled", gravity=Gravity.ALARM, numbers={"files": 40}))
    assert [line.alerts and line.first.fact for line in lines(stage)] == [
        "files_scrambled",
        "restore_proven",
        "sensor_blind",
        [],
    ]


def test_a_muted_matter_is_on_no_line_and_its_practice_is_not_green(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    prove(tell, accueil)
    tell(accueil, report("sensor_blind"))
    Alert.objects.update(muted_at=now())
    desk = today.desk(stage.karim, now())
    assert (len(desk.lines), len(desk.green)) == (0, 0)


def test_a_whole_line_is_settled_at_once_and_the_journals_say_by_whom(
    stage: Stage, karim: Client, tell: Tell
) -> None:
    for speaker in others(stage, 3):
        tell(speaker, report("backup_unreachable"))
    (line,) = lines(stage)
    address = f"/cabinets/{line.first.practice.pseudonym}/affaires/{line.first.pk}/"
    assert "Marquer les 3 points comme réglés" in text(karim, address)
    answer = karim.post(f"{address}regler/", {"whole": "1", "desk": "1"})
    assert answer.headers["Location"] == "/"
    assert not Alert.objects.filter(closed_at=None).exists()
    assert Entry.objects.filter(body__contains='"event":"settled"').count() == 3
    karim.post(f"{address}regler/", {"whole": "1"})
    assert Entry.objects.filter(body__contains='"event":"settled"').count() == 3


def test_nobody_settles_what_is_not_in_their_care(stage: Stage, karim: Client, tell: Tell) -> None:
    favre = let_in(stage.favre)
    tell(favre, report("backup_unreachable"))
    for speaker in others(stage, 3):
        tell(speaker, report("backup_unreachable"))
    (line,) = lines(stage)
    address = f"/cabinets/{line.first.practice.pseudonym}/affaires/{line.first.pk}/regler/"
    karim.post(address, {"whole": "1"})
    assert Alert.objects.get(closed_at=None).practice == stage.favre


def test_a_search_finds_practices_and_incidents_without_their_accents(
    stage: Stage, karim: Client, accueil: Speaker, tell: Tell
) -> None:
    prove(tell, let_in(scope.add_practice([stage.karim], "Cabinet Noël")))
    tell(accueil, report("sensor_blind", danger=Danger.STRAY_USB_KEY))
    found = text(karim, "/?q=noel")
    assert ("Cabinet Noël" in found, "Cabinet Martin" in found) == (True, False)
    assert "Cabinet Martin" in text(karim, "/?q=cle+usb")
    assert "Cabinet Noël" not in text(karim, "/?show=calls")
    assert "Un capteur" not in text(karim, "/?show=proven")
    assert "Rien ne répond à cette recherche." in text(karim, "/?q=zzz")


def test_the_page_is_told_nothing_while_nothing_changes(
    karim: Client, accueil: Speaker, tell: Tell
) -> None:
    prove(tell, accueil)
    html = karim.get("/").content.decode()
    seen = re.search(r'"seen": "(\w+)"', html)
    assert seen is not None
    asked = {"HX-Request": "true"}
    assert karim.get(f"/?seen={seen[1]}", headers=asked).status_code == 204
    tell(accueil, report("sensor_blind"))
    answer = karim.get(f"/?seen={seen[1]}", headers=asked)
    assert (answer.status_code, b"<html" in answer.content) == (200, False)
    assert 'hx-swap-oob="true"' in answer.content.decode()


def test_a_proof_that_lapses_turns_its_practice_without_a_new_word(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    prove(tell, accueil, lasts=timedelta(days=2))
    assert len(today.desk(stage.karim, now()).green) == 1
    assert len(today.desk(stage.karim, now() + timedelta(days=3)).green) == 0


def test_a_new_machine_turns_its_practice_at_once(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    prove(tell, accueil)
    assert len(today.desk(stage.karim, now()).green) == 1
    let_in(stage.martin, "Bureau 2")
    assert len(today.desk(stage.karim, now()).green) == 0


def test_a_snapshot_that_may_be_wrong_is_never_green(
    stage: Stage, accueil: Speaker, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    prove(tell, accueil)
    assert len(today.desk(stage.karim, now()).green) == 1
    monkeypatch.setattr(overview, "AT_ONCE", 0)
    monkeypatch.setattr(overview, "A_FEW", 0)
    tell(accueil, report("sensor_blind", gravity=Gravity.NOTE))
    assert len(today.desk(stage.karim, now()).green) == 0
    monkeypatch.undo()
    duties.refresh_snapshots.call()
    monkeypatch.setattr(overview, "AT_ONCE", 0)
    monkeypatch.setattr(overview, "A_FEW", 0)
    assert len(today.desk(stage.karim, now()).green) == 1


def test_a_look_asks_as_many_questions_for_two_hundred_practices_as_for_two(
    stage: Stage, karim: Client, accueil: Speaker, tell: Tell
) -> None:
    prove(tell, accueil)

    def questions() -> int:
        karim.get("/")  # what is stale is read again here
        with CaptureQueriesContext(connection) as asked:
            assert karim.get("/").status_code == 200
        return len(asked)

    few = questions()
    made = Practice.objects.bulk_create([Practice(name=f"Cabinet {n}") for n in range(200)])
    stage.karim.practices.add(*made)
    for practice in made[:40]:
        raise_all([Matter(practice_id=practice.pk, kind=Kind.SILENT_PRACTICE)], timezone.now())
    for _ in range(30):  # a few practices at each look
        karim.get("/")
    assert Snapshot.objects.count() == 201
    assert questions() == few <= 15  # PostgreSQL is asked for its scope besides
