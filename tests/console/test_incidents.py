import gettext
import io
import json
import re
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from players import Stage
from speaking import Speaker, backup, fresh_id, now, outflow, report

from vigie.console import embedded, incidents
from vigie.console.alerts.models import Alert
from vigie.console.incidents import opening, pack, record, register
from vigie.console.incidents.models import Draft, Evidence, Incident, Revision, Tick
from vigie.console.incidents.papers import content, printing, word
from vigie.console.jobs import duties
from vigie.console.journal.models import Entry
from vigie.console.practices.models import Practice
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.practice import Country, Language
from vigie.domain.response import Deed, Result
from vigie.knowledge.playbooks import playbook
from vigie.tools import extract
from vigie.wire.reports import FactWord, OutcomeWord, ReportWord

Tell = Callable[..., dict[str, Any]]
FOLDER = Path(incidents.__file__).parent
LOOSE = re.compile(r"[^\u202f];|[^\u202f][!?]|(?<!\u00a0):(?!\d)|«(?!\u00a0)|(?<!\u00a0)»")


def attack() -> ReportWord:
    """Return what a machine says when documents were made unreadable and are back."""
    at = now()
    fact = FactWord(fact="files_scrambled", gravity=Gravity.ALARM, numbers={"files": 38})
    done = [
        OutcomeWord(deed=deed, result=Result.DONE, at=at, numbers=numbers)
        for deed, numbers in (
            (Deed.FREEZE, {}),
            (Deed.ISOLATE, {}),
            (Deed.RESTORE, {"files": 38}),
        )
    ]
    failed = OutcomeWord(deed=Deed.BLOCK, result=Result.FAILED, at=at)
    return ReportWord(
        id=fresh_id(),
        danger=Danger.RANSOMWARE,
        at=at,
        facts=(fact,),
        outcomes=(*done, failed),
    )


@pytest.fixture
def karim(stage: Stage) -> Client:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(stage.karim)
    return client


@pytest.fixture
def incident(stage: Stage, accueil: Speaker, tell: Tell) -> Incident:
    """Return the incident of an attack, opened by Karim."""
    tell(accueil, attack())
    return opening.from_matter(Alert.objects.get(), now(), by=stage.karim)


@pytest.fixture
def accueil_tells(accueil: Speaker, tell: Tell) -> Callable[..., dict[str, Any]]:
    """Return a function with which the machine at the reception says something."""
    return partial(tell, accueil)


def place(incident: Incident, rest: str = "") -> str:
    return f"/cabinets/{incident.practice.pseudonym}/incidents/{incident.pk}/{rest}"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s*<[^>]+>\s*", " ", answer.content.decode())


def test_a_caretaker_opens_an_incident_from_an_open_matter(
    karim: Client, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, report("sensor_blind"))
    alert = Alert.objects.get()
    listed = f"/cabinets/{stage.martin.pseudonym}/incidents/"
    assert "Ouvrir un incident" in text(karim, listed)
    for _ in range(2):  # twice is once
        answer = karim.post(f"{listed}ouvrir/{alert.pk}/")
        assert answer.status_code == 302
    opened = Incident.objects.get()
    assert (opened.opened_by, opened.aware_at) == (stage.karim, alert.opened_at)
    assert "Ouvert par karim" in text(karim, answer.headers["Location"])
    assert "Une fausse facture" in text(karim, "/incidents/")
    assert embedded.verify_journals() == (2, [])


def test_what_is_grave_opens_an_incident_by_itself_and_only_once(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, report("sensor_blind"), backup(None))
    assert duties.open_grave_incidents.call() == 0
    tell(accueil, attack())
    assert [duties.open_grave_incidents.call() for _ in range(3)] == [1, 0, 0]
    (opened,) = Incident.objects.all()
    assert opened.opened_by is None
    opening.close(opened, now())
    assert duties.open_grave_incidents.call() == 0  # the matter it came from is still open
    assert stage.martin == opened.practice
    tell(accueil, attack())  # and now it was reported again
    assert [duties.open_grave_incidents.call() for _ in range(2)] == [1, 0]
    second = Incident.objects.exclude(pk=opened.pk).get()
    opened.refresh_from_db()
    assert second.aware_at > opened.closed_at


def test_what_no_machine_saw_is_opened_as_it_was_told(karim: Client, stage: Stage) -> None:
    at = (now() + timedelta(hours=1) - timedelta(minutes=90)).strftime("%Y-%m-%dT%H:%M")
    address = f"/cabinets/{stage.martin.pseudonym}/incidents/"
    answer = karim.post(address, {"danger": "photo_leak", "aware": at})
    assert answer.status_code == 302
    opened = Incident.objects.get()
    assert (opened.danger, opened.alert, opened.opened_by) == ("photo_leak", None, stage.karim)
    assert set(Revision.objects.get().content) == {"how_known"}  # and nothing is guessed
    shown = text(karim, place(opened))
    assert "Retirer la publication" in shown
    assert "il reste 2 jours, 22 heures" in shown
    assert karim.post(address, {"danger": "plague", "aware": at}).status_code == 200
    assert Incident.objects.count() == 1


def test_the_register_begins_with_what_is_known_and_guesses_nothing(incident: Incident) -> None:
    (first,) = Revision.objects.all()
    assert set(first.content) == {
        "what_happened",
        "began",
        "how_known",
        "machines",
        "measures_taken",
    }
    assert "38 documents" in first.content["what_happened"]
    assert "38 documents remis en place" in first.content["measures_taken"]
    assert "dossier ou appareil fermé" not in first.content["measures_taken"]  # that one failed
    assert first.by is None
    assert first.incident == incident


def test_the_register_is_followed_and_never_changed(
    karim: Client, stage: Stage, incident: Incident
) -> None:
    told = {**Revision.objects.get().content, "persons": "Patients", "risk": "none"}
    for _ in range(2):  # the same again is no new revision
        assert karim.post(place(incident, "registre/"), told).status_code == 302
    first, second = Revision.objects.all()
    assert (second.number, second.by, second.content["persons"]) == (2, stage.karim, "Patients")
    assert "persons" not in first.content
    sealed = json.loads(Entry.objects.get(practice=stage.martin, number=second.entry).body)
    assert (sealed["event"], sealed["digest"]) == ("register", record.digest(second.content))
    assert "Révision 2" in text(karim, place(incident))


@pytest.mark.parametrize("model", [Tick, Revision, Draft, Evidence])
@pytest.mark.parametrize("verb", ["UPDATE {} SET entry = 0", "DELETE FROM {}"])
def test_the_database_keeps_what_was_written(
    model: type[Tick], verb: str, stage: Stage, incident: Incident
) -> None:
    record.tick(incident, "tell_doctor", now(), done=True, by=stage.karim)
    record.draft(incident, "notice", {"to": "CNIL"}, now(), by=stage.karim)
    pack.make(incident, now(), by=stage.karim)
    with (
        pytest.raises(DatabaseError, match="what was written is kept"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(verb.format(model._meta.db_table))


def test_the_clock_runs_from_when_the_practice_knew(karim: Client, incident: Incident) -> None:
    assert "il reste 2 jours, 23 heures" in text(karim, place(incident))
    then = now() - timedelta(hours=60)
    zone = {"Europe/Paris": 1}[incident.practice.timezone]
    local = (then + timedelta(hours=zone)).strftime("%Y-%m-%dT%H:%M")
    assert karim.post(place(incident, "connu/"), {"aware": local}).status_code == 302
    said = text(karim, place(incident))
    assert "il reste 11 heures" in said
    assert "CNIL : il reste 11 heures" in text(karim, "/incidents/").replace("\u00a0", " ")
    (row,) = [
        body
        for entry in Entry.objects.filter(practice=incident.practice)
        if (body := json.loads(entry.body))["event"] == "incident_aware"
    ]
    assert row["aware"].startswith(then.strftime("%Y-%m-%dT%H:%M")) or "+01:00" in row["aware"]


@pytest.mark.parametrize("said", ["", "hier", "2100-01-01T08:00", "2001-01-01T08:00"])
def test_a_moment_that_cannot_be_is_not_taken(karim: Client, incident: Incident, said: str) -> None:
    before = incident.aware_at
    assert karim.post(place(incident, "connu/"), {"aware": said}).status_code == 200
    incident.refresh_from_db()
    assert incident.aware_at == before


def test_a_late_notice_says_so_and_a_decided_risk_spares_it(
    karim: Client, stage: Stage, incident: Incident
) -> None:
    record.aware(incident, now() - timedelta(hours=80), now())
    assert "délai passé depuis 8 heures" in text(karim, place(incident))
    told = {**Revision.objects.get().content, "risk": "none"}
    record.revise(incident, told, now(), by=stage.karim)
    said = text(karim, place(incident))
    assert "pas nécessaire à ce niveau de risque" in said


@pytest.mark.parametrize(
    ("country", "said"),
    [("CH", "PFPDT dès que possible"), ("BE", "APD il reste"), ("LU", "CNPD il reste")],
)
def test_each_country_has_its_own_authority_and_clock(
    karim: Client, accueil_tells: Tell, stage: Stage, country: str, said: str
) -> None:
    Practice.objects.filter(pk=stage.martin.pk).update(country=country)
    accueil_tells(attack())
    opened = opening.from_matter(Alert.objects.get(), now(), by=stage.karim)
    shown = text(karim, place(opened))
    for part in said.split(" ", 1):
        assert part in shown
    assert "CNIL" not in shown


def test_a_step_is_ticked_with_who_and_when_and_taken_back(
    karim: Client, incident: Incident
) -> None:
    address = place(incident, "etapes/unplug_keep_power/")
    karim.post(address, {"done": "1"})
    assert "Fait · karim, aujourd’hui à" in text(karim, place(incident))
    karim.post(address, {"done": "0"})
    assert "Fait · karim" not in text(karim, place(incident))
    assert [tick.done for tick in Tick.objects.all()] == [True, False]
    assert karim.post(place(incident, "etapes/dance/"), {"done": "1"}).status_code == 404


def test_an_expired_page_says_so_and_its_steps_are_not_shown_as_current(
    karim: Client, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = playbook.steps
    old = date(2026, 1, 1)

    def aged(danger: Danger, country: Country) -> list[playbook.Step]:
        return [
            replace(step, page=replace(step.page, expires=old))
            if step.slug == "pay_nothing"
            else step
            for step in honest(danger, country)
        ]

    assert "ne sont plus à jour" not in text(karim, place(incident))
    monkeypatch.setattr(playbook, "steps", aged)
    html = karim.get(place(incident)).content.decode()
    assert "Étapes qui ne sont plus à jour" in html
    assert "périmé depuis le 1er janvier" in html.replace("\u00a0", " ")
    assert "etapes/pay_nothing/" not in html
    assert "etapes/unplug_keep_power/" in html


def test_a_clock_of_expired_rules_is_neither_hidden_nor_shown_as_current(
    karim: Client, incident: Incident, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = playbook.duties

    def aged(danger: Danger, country: Country) -> list[playbook.Duty]:
        old = date(2026, 1, 1)
        return [
            replace(duty, page=replace(duty.page, expires=old)) for duty in honest(danger, country)
        ]

    monkeypatch.setattr(playbook, "duties", aged)
    html = karim.get(place(incident)).content.decode()
    assert "d’après des règles périmées" in html
    assert '<li class="open">' not in html
    assert '<li class="expired">' in html


@pytest.mark.parametrize("kind", content.KINDS)
def test_every_paper_shows_what_is_unknown_as_a_blank_and_comes_twice_the_same(
    incident: Incident, kind: str
) -> None:
    paper = content.paper(incident, kind)
    assert paper.blanks > 3
    assert "{" not in "".join(part.text for part in paper.parts)
    page = printing.html(paper)
    assert page.count('class="blank"') == paper.blanks
    assert printing.pdf(paper).startswith(b"%PDF-")
    assert printing.pdf(paper) == printing.pdf(paper)
    assert word.docx(paper) == word.docx(paper)


def test_a_paper_follows_the_register_and_a_persons_own_words_go_over_it(
    karim: Client, stage: Stage, incident: Incident
) -> None:
    told = {**Revision.objects.get().content, "persons_count": "environ 1 200"}
    record.revise(incident, told, now(), by=stage.karim)
    shown = content.paper(incident, "notice")
    assert {p.slug: p.text for p in shown.parts}["persons_count"] == "environ 1 200"
    sent = {"to": shown.to} | {p.slug: p.text for p in shown.parts if p.kind != "heading"}
    sent |= {"persons": "Nos patients\r\net leurs proches", "rest": "-"}
    assert karim.post(place(incident, "papiers/notice/"), sent).status_code == 302
    kept = {p.slug: p.text for p in content.paper(incident, "notice").parts}
    assert kept["persons"] == "Nos patients\net leurs proches"
    assert "rest" not in kept
    assert set(Draft.objects.get().content) == {"persons", "rest"}
    karim.post(place(incident, "papiers/notice/"), {**sent, "persons": ""})
    again = {p.slug: p.text for p in content.paper(incident, "notice").parts}
    assert again["persons"] == "[à compléter]"


def test_papers_are_files_to_keep_and_only_known_ones(karim: Client, incident: Incident) -> None:
    pdf = karim.get(place(incident, "papiers/notice/pdf/"))
    assert (pdf.status_code, pdf.headers["Content-Type"]) == (200, "application/pdf")
    assert "attachment" in pdf.headers["Content-Disposition"]
    docx = karim.get(place(incident, "papiers/patients/docx/"))
    with zipfile.ZipFile(io.BytesIO(docx.content)) as archive:
        assert "Madame, Monsieur" in archive.read("word/document.xml").decode()
    assert karim.get(place(incident, "papiers/poem/")).status_code == 404
    assert karim.get(place(incident, "papiers/notice/exe/")).status_code == 404


def test_what_somebody_typed_is_text_on_the_page_and_in_the_paper(
    karim: Client, incident: Incident
) -> None:
    evil = "<script>x</script><img src=http://evil.example/>"
    karim.post(place(incident, "registre/"), {"what_happened": evil})
    for rest in ("registre/", "papiers/notice/", ""):
        assert "<script>x" not in karim.get(place(incident, rest)).content.decode()
    html = printing.html(content.paper(incident, "notice"))
    assert "<script>" not in html
    assert "<img" not in html


@pytest.mark.parametrize(
    "written",
    ["NIR 2 69 05 49 588 157 80", "N° AVS 756.9217.0769.85", "NISS 85.07.30-033.28"],
)
def test_the_number_of_a_patient_is_not_taken(
    karim: Client, incident: Incident, written: str
) -> None:
    answer = karim.post(place(incident, "registre/"), {"persons": f"Une patiente, {written}"})
    assert "Un numéro est ici celui d’une personne assurée" in answer.content.decode()
    answer = karim.post(place(incident, "papiers/notice/"), {"persons": written})
    assert "Un numéro est ici celui d’une personne assurée" in answer.content.decode()
    assert (Revision.objects.count(), Draft.objects.count()) == (1, 0)


def test_a_telephone_and_a_reference_are_taken(karim: Client, incident: Incident) -> None:
    told = {"contact": "Dr Martin, +33 4 72 00 00 00, 04 72 00 00 00", "data_count": "1 200 000"}
    told["authority_told"] = "26 novembre 2026, référence 2026-112233-4455"
    assert karim.post(place(incident, "registre/"), told).status_code == 302


def test_the_pack_is_made_again_byte_for_byte_and_verifies_alone(
    karim: Client, stage: Stage, accueil_tells: Tell, incident: Incident, tmp_path: Path
) -> None:
    accueil_tells(report(), outflow(), backup(now()))
    record.tick(incident, "tell_doctor", now(), done=True, by=stage.karim)
    assert karim.post(place(incident, "preuves/")).status_code == 302
    made = Evidence.objects.get()
    first = karim.get(place(incident, f"preuves/{made.pk}/")).content
    accueil_tells(report(), outflow())
    record.revise(incident, {"persons": "Patients"}, now(), by=stage.karim)
    opening.close(incident, now())
    assert karim.get(place(incident, f"preuves/{made.pk}/")).content == first
    file = tmp_path / "pack.zip"
    file.write_bytes(first)
    found = extract.verify(str(file))
    assert found.troubles == []
    assert (found.last, found.sealed) == (made.until, 3)
    names = set(zipfile.ZipFile(io.BytesIO(first)).namelist())
    assert {"journal.jsonl", "orders.jsonl", "register.jsonl", "manifest.json"} <= names
    sealed = json.loads(Entry.objects.get(practice=stage.martin, number=made.entry).body)
    assert sealed["digest"] == made.digest
    assert embedded.verify_journals() == (2, [])


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("journal.jsonl", (b'\\"items\\":1', b'\\"items\\":2')),
        ("rows.tsv", (b'"files":38', b'"files":3')),
        ("register.jsonl", (b"38 documents", b"3 documents")),
        ("outflow.csv", (b"bytes_sent", b"bytes-sent")),
    ],
)
def test_a_pack_that_was_changed_is_found_out_even_with_a_new_manifest(
    stage: Stage, incident: Incident, tmp_path: Path, name: str, change: tuple[bytes, bytes]
) -> None:
    whole = pack.whole(pack.make(incident, now(), by=stage.karim))
    with zipfile.ZipFile(io.BytesIO(whole)) as archive:
        files = {n: archive.read(n) for n in archive.namelist()}
    assert change[0] in files[name]
    files[name] = files[name].replace(*change)
    for renewed in (False, True):
        if renewed:
            told = json.loads(files["manifest.json"])
            told["files"][name]["sha256"] = extract.hashlib.sha256(files[name]).hexdigest()
            files["manifest.json"] = json.dumps(told).encode()
        file = tmp_path / f"{renewed}.zip"
        with zipfile.ZipFile(file, "w") as archive:
            for n, inside in files.items():
                archive.writestr(n, inside)
        troubles = extract.verify(str(file)).troubles
        assert troubles or (renewed and name == "outflow.csv")  # no seal binds the counters


def test_what_left_is_shown_beside_what_is_ordinary(
    karim: Client, accueil: Speaker, tell: Tell, incident: Incident
) -> None:
    assert "Aucun poste n’a dit combien" in text(karim, place(incident))
    hour = incident.happened_at.replace(minute=0, second=0, microsecond=0)
    days = [outflow(40_000_000, since=hour - timedelta(days=back)) for back in range(2, 29)]
    tell(accueil, *days, outflow(900_000_000, since=hour))
    html = karim.get(place(incident)).content.decode()
    assert "a envoyé 900\u00a0Mo" in html
    assert "presque toujours de 40\u00a0Mo à 40\u00a0Mo" in html
    assert html.count('class="beyond"') == 2  # the hour, and the legend


def test_an_incident_is_closed_once_and_its_register_stays(
    karim: Client, incident: Incident
) -> None:
    for _ in range(2):
        assert karim.post(place(incident, "clore/")).status_code == 302
    assert "Clos aujourd’hui" in text(karim, place(incident))
    assert "Clore l’incident" not in text(karim, place(incident))
    events = [json.loads(e.body)["event"] for e in Entry.objects.all()]
    assert events.count("incident_closed") == 1
    assert "Aucun incident n’est ouvert" in text(karim, "/incidents/")


def test_the_journal_page_says_what_was_done(
    karim: Client, stage: Stage, incident: Incident
) -> None:
    record.tick(incident, "tell_doctor", now(), done=True, by=stage.karim)
    pack.make(incident, now(), by=stage.karim)
    said = text(karim, f"/cabinets/{stage.martin.pseudonym}/journal/")
    for sentence in ("Un incident a été ouvert.", "Une étape", "Un dossier de preuves"):
        assert sentence in said


@pytest.mark.parametrize("language", Language)
def test_the_papers_have_the_same_parts_in_every_language(language: Language) -> None:
    french, words = content._words(Language.FR), content._words(language)
    for kind in content.KINDS:
        parts, same = words[kind]["parts"], french[kind]["parts"]
        assert [(p["slug"], p["kind"]) for p in parts] == [(p["slug"], p["kind"]) for p in same]
        named = [set(content._NAME.findall(p["text"])) for p in parts]
        assert named == [set(content._NAME.findall(p["text"])) for p in same]
    if language is Language.FR:
        said = [p["text"] + " " + p["label"] for k in content.KINDS for p in words[k]["parts"]]
        assert [
            s for s in said if LOOSE.search(s) or re.search(r"(?i)erreur|virus|critique|!", s)
        ] == []


@pytest.mark.parametrize("language", ["fr", "de"])
def test_the_translations_are_whole_and_compiled(language: str, tmp_path: Path) -> None:
    source = FOLDER / "locale" / language / "LC_MESSAGES" / "django.po"
    compiled = tmp_path / "fresh.mo"
    subprocess.run(["msgfmt", "--check-format", "-o", compiled, source], check=True)
    with compiled.open("rb") as fresh, source.with_suffix(".mo").open("rb") as kept:
        assert gettext.GNUTranslations(fresh)._catalog == gettext.GNUTranslations(kept)._catalog
    said = source.read_text()
    assert not re.search(r'^msgstr(\[\d\])? ""$(?!\n")', said, re.MULTILINE)
    for field in register.FIELDS:
        assert f'msgid "{field.label}"' in said
    if language == "fr":
        sentences = re.findall(r'^msgstr(?:\[\d\])? "(.+)"$', said, re.MULTILINE)
        assert [s for s in sentences if LOOSE.search(s)] == []
