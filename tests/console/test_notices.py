"""Who is told of what, and when: with real receivers on loopback."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import apprise
import apprise.manager_plugins
import pytest
from django.conf import LazySettings
from django.test import Client
from players import Stage, let_in
from receivers import LOOPBACK, MailReceiver, WebReceiver, mail_receiver, web_receiver
from speaking import Speaker, now, report

from vigie.console.accounts.models import Person
from vigie.console.alerts import opening, outages
from vigie.console.alerts.models import Alert, Kind, Outage
from vigie.console.alerts.opening import Matter
from vigie.console.jobs import queue, worker
from vigie.console.jobs.models import Job
from vigie.console.journal.models import Entry
from vigie.console.notices import duties, hours, sealing, sending, signs, telling, ways
from vigie.console.notices.models import (
    Address,
    Attempt,
    Message,
    Outcome,
    State,
    Telling,
    Wish,
)
from vigie.domain.finding import Gravity

Tell = Callable[..., dict[str, Any]]
PASSWORD = "quatre phares allumés"


@pytest.fixture(autouse=True)
def _loopback_is_a_network_of_the_host(settings: LazySettings) -> None:
    settings.LOCAL_RECEIVERS = LOOPBACK


@pytest.fixture
def web() -> Iterator[WebReceiver]:
    with web_receiver() as receiver:
        yield receiver


@pytest.fixture
def mail() -> Iterator[MailReceiver]:
    with mail_receiver() as receiver:
        yield receiver


def reached_by(person: Person, address: str, name: str = "téléphone") -> Address:
    return Address.objects.create(
        person=person,
        kind=address.split(":", maxsplit=1)[0],
        name=name,
        sealed=sealing.seal(address),
        made_at=now(),
    )


def wish(person: Person, **told: object) -> Wish:
    return Wish.objects.update_or_create(person=person, defaults=told)[0]


def grave(stage: Stage, fact: str = "files_scrambled", at: datetime | None = None) -> Alert:
    matter = Matter(
        practice_id=stage.martin.pk,
        kind=Kind.REPORT,
        gravity=Gravity.ALARM,
        danger="ransomware",
        fact=fact,
        numbers={"files": 12},
    )
    opening.raise_all([matter], at or now())
    alert: Alert = Alert.objects.get(fact=fact, closed_at=None)
    return alert


def work_all(at: datetime | None = None) -> None:
    """Do what is due now, and again until nothing is."""
    duties.look_for_news.call()
    moment = at or now() + timedelta(seconds=1)
    while (job := queue.claim(moment)) is not None:
        try:
            duties.send.call(*job.arguments)
        except sending.NotTold:
            queue.fail(job, moment, "NotTold")
        else:
            queue.finish(job, moment)


def ntfy(receiver: WebReceiver) -> str:
    return f"ntfy://127.0.0.1:{receiver.port}/vigie"


def said(receiver: WebReceiver) -> list[str]:
    return [json.loads(request.body)["message"] for request in receiver.received]


def test_a_person_is_told_once_in_their_language_and_the_journal_knows(
    stage: Stage, web: WebReceiver
) -> None:
    reached_by(stage.karim, ntfy(web))
    grave(stage)
    work_all()
    work_all()
    (message,) = said(web)
    assert "Cabinet Martin" in message
    assert "/prevenir/" in message
    assert json.loads(web.received[0].body)["title"] == "Vigie\u00a0: 1 cabinet a besoin de vous"
    events = [json.loads(row.body)["event"] for row in Entry.objects.all()]
    assert events.count("to_tell") == 1


def test_nobody_else_is_told(stage: Stage, web: WebReceiver) -> None:
    reached_by(stage.anna, ntfy(web))
    reached_by(stage.charlie, ntfy(web))
    grave(stage)
    work_all()
    assert web.received == []
    assert Telling.objects.get().person == stage.karim
    assert Telling.objects.get().state == State.NOWHERE


def test_one_outage_is_one_message(stage: Stage, web: WebReceiver, tell: Tell) -> None:
    reached_by(stage.karim, ntfy(web))
    for name in ("Accueil", "Bureau 2", "Cabinet 1"):
        tell(let_in(stage.martin, name), report())
    work_all()
    tell(let_in(stage.martin, "Cabinet 2"), report())
    work_all()
    (message,) = said(web)
    assert "2 autres" in message
    assert Outage.objects.get().matters.count() == 4


def test_several_practices_that_fall_at_once_are_one_message_too(
    stage: Stage, web: WebReceiver, tell: Tell
) -> None:
    stage.favre.caretakers.add(stage.karim)
    reached_by(stage.karim, ntfy(web))
    for practice in (stage.martin, stage.favre):
        tell(let_in(practice), report())
    work_all()
    (message,) = said(web)
    assert "Cabinet Martin" in message
    assert "Dr Favre" in message


def test_what_grows_graver_or_comes_an_hour_later_is_told_again(
    stage: Stage, web: WebReceiver, tell: Tell, accueil: Speaker
) -> None:
    reached_by(stage.karim, ntfy(web))
    tell(accueil, report())
    work_all()
    grave(stage)
    work_all()
    assert len(web.received) == 2
    Outage.objects.update(last_at=now() - timedelta(hours=1))
    grave(stage, "backup_missing")
    work_all()
    assert len(web.received) == 3


def test_a_matter_that_comes_and_goes_is_told_once(
    stage: Stage, web: WebReceiver, tell: Tell, accueil: Speaker
) -> None:
    reached_by(stage.karim, ntfy(web))
    tell(accueil, report())
    work_all()
    for _ in range(4):
        tell(accueil, report("sensor_sees_again", gravity=Gravity.NOTE))
        work_all()
        tell(accueil, report())
        work_all()
    assert len(web.received) == 1


def test_a_muted_matter_and_a_muted_person_are_recorded_and_not_told(
    stage: Stage, web: WebReceiver
) -> None:
    reached_by(stage.karim, ntfy(web))
    grave(stage)
    Alert.objects.update(muted_at=now())
    work_all()
    wish(stage.karim, muted_until=now() + timedelta(hours=1))
    Outage.objects.update(last_at=now() - timedelta(hours=1))
    grave(stage, "backup_missing")
    work_all()
    assert web.received == []
    assert list(Telling.objects.values_list("state", flat=True)) == [State.MUTED] * 2
    assert Entry.objects.filter(body__contains="to_tell").count() == 2


QUIET = {"quiet_from": time(22), "quiet_until": time(7), "timezone": "Europe/Paris"}


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-25T23:30+01:00", "2026-11-26T07:00+01:00"),
        ("2026-11-26T06:59+01:00", "2026-11-26T07:00+01:00"),
        ("2026-11-26T07:00+01:00", "2026-11-26T07:00+01:00"),
        ("2026-11-26T12:00+01:00", "2026-11-26T12:00+01:00"),
        ("2026-03-28T23:00+01:00", "2026-03-29T07:00+02:00"),  # the night of summer time
    ],
)
def test_quiet_hours_end_when_the_person_said(at: str, until: str) -> None:
    moment = datetime.fromisoformat(at).astimezone(UTC)
    asked = Wish(**QUIET)
    assert hours.due(asked, Gravity.CONCERN, moment) == datetime.fromisoformat(until)
    assert hours.due(asked, Gravity.ALARM, moment) == datetime.fromisoformat(until)
    asked.grave_passes = True
    assert hours.due(asked, Gravity.ALARM, moment) == moment
    by_day = Wish(quiet_from=time(12), quiet_until=time(14), timezone="Europe/Paris")
    noon = datetime.fromisoformat("2026-11-26T13:00+01:00").astimezone(UTC)
    assert hours.due(by_day, Gravity.CONCERN, noon) == noon + timedelta(hours=1)


def _always_quiet() -> dict[str, Any]:
    local = now().time()
    return {
        "quiet_from": local.replace(hour=(local.hour - 2) % 24),
        "quiet_until": local.replace(hour=(local.hour + 2) % 24),
        "timezone": "UTC",
    }


def test_quiet_hours_hold_a_message_back_and_grave_ones_pass_if_the_person_said_so(
    stage: Stage, web: WebReceiver, tell: Tell, accueil: Speaker
) -> None:
    reached_by(stage.karim, ntfy(web))
    wish(stage.karim, **_always_quiet(), grave_passes=True)
    tell(accueil, report())
    work_all()
    assert web.received == []
    assert Telling.objects.get().state == State.WAITING
    grave(stage)
    work_all()
    assert len(web.received) == 1
    Telling.objects.update(due_at=now())
    work_all()
    assert len(web.received) == 2


def test_what_ended_in_the_night_is_not_told_in_the_morning(
    stage: Stage, web: WebReceiver, tell: Tell, accueil: Speaker
) -> None:
    reached_by(stage.karim, ntfy(web))
    wish(stage.karim, **_always_quiet())
    tell(accueil, report())
    work_all()
    tell(accueil, report("sensor_sees_again", gravity=Gravity.NOTE))
    Telling.objects.update(due_at=now())
    work_all()
    assert web.received == []
    assert Telling.objects.get().state == State.SPARED


def _shared(stage: Stage) -> None:
    stage.martin.caretakers.add(stage.anna)
    wish(stage.karim, following=stage.anna, wait=30)


def test_who_does_not_answer_in_time_is_followed_by_the_next(
    stage: Stage, web: WebReceiver, mail: MailReceiver
) -> None:
    _shared(stage)
    reached_by(stage.karim, ntfy(web))
    reached_by(
        stage.anna, f"mailto://127.0.0.1:{mail.port}?from=v@vigie.example&to=anna@vigie.example"
    )
    grave(stage)
    work_all()
    work_all()
    assert (len(web.received), len(mail.received)) == (1, 0)
    Message.objects.update(told_at=now() - timedelta(minutes=31))
    work_all()
    work_all()
    assert (len(web.received), len(mail.received)) == (1, 1)
    text = mail.received[0].get_body(("plain", "html")).get_content()
    assert "Personne n’a encore répondu" in text
    assert "Cabinet Martin" in text


def test_whoever_answers_is_not_followed_by_anybody(stage: Stage, web: WebReceiver) -> None:
    _shared(stage)
    reached_by(stage.karim, ntfy(web))
    reached_by(stage.anna, ntfy(web))
    grave(stage)
    work_all()
    outage = Outage.objects.select_related("practice").get()
    assert outages.acknowledge(outage, stage.karim, now())
    assert not outages.acknowledge(outage, stage.anna, now())
    Message.objects.update(told_at=now() - timedelta(hours=2))
    work_all()
    assert len(web.received) == 1
    assert Entry.objects.filter(body__contains="acknowledged").count() == 1


def test_a_stand_in_who_does_not_look_after_the_practice_is_never_told(
    stage: Stage, web: WebReceiver
) -> None:
    wish(stage.karim, following=stage.anna)
    reached_by(stage.anna, ntfy(web))
    grave(stage)
    work_all()
    work_all()
    assert web.received == []


def test_two_who_follow_each_other_are_told_once_each(stage: Stage, web: WebReceiver) -> None:
    _shared(stage)
    wish(stage.anna, following=stage.karim, wait=5)
    reached_by(stage.karim, ntfy(web))
    reached_by(stage.anna, ntfy(web))
    grave(stage)
    for _ in range(4):
        work_all()
        Message.objects.update(told_at=now() - timedelta(hours=2))
    assert len(web.received) == 2


def test_the_next_address_is_taken_when_the_first_refuses(
    stage: Stage, web: WebReceiver, mail: MailReceiver
) -> None:
    web.status = 503
    first = reached_by(stage.karim, ntfy(web))
    reached_by(
        stage.karim, f"mailto://127.0.0.1:{mail.port}?from=v@vigie.example&to=k@vigie.example"
    )
    grave(stage)
    work_all()
    assert (len(web.received), len(mail.received)) == (1, 1)
    first.refresh_from_db()
    assert first.trouble == "not_taken"


def test_a_message_that_nobody_takes_is_tried_again_then_somebody_else_is_called(
    stage: Stage, web: WebReceiver, mail: MailReceiver
) -> None:
    _shared(stage)
    web.status = 503
    reached_by(stage.karim, ntfy(web))
    reached_by(
        stage.anna, f"mailto://127.0.0.1:{mail.port}?from=v@vigie.example&to=a@vigie.example"
    )
    grave(stage)
    work_all()
    work_all(now() + timedelta(minutes=2))
    assert len(web.received) == 2
    assert Message.objects.get().ended_at is None
    Message.objects.update(made_at=now() - timedelta(minutes=16))
    work_all(now() + timedelta(hours=1))
    assert Message.objects.get().ended_at is not None
    work_all()
    assert len(mail.received) == 1


def test_an_attempt_that_was_cut_is_not_made_again(
    stage: Stage, web: WebReceiver, mail: MailReceiver
) -> None:
    first = reached_by(stage.karim, ntfy(web))
    reached_by(
        stage.karim, f"mailto://127.0.0.1:{mail.port}?from=v@vigie.example&to=k@vigie.example"
    )
    grave(stage)
    duties.look_for_news.call()
    message = Message.objects.get()
    Attempt.objects.create(message=message, address=first, at=now())  # then the worker was killed
    work_all()
    assert (len(web.received), len(mail.received)) == (0, 1)
    assert Attempt.objects.get(address=first).outcome == Outcome.UNSURE


def test_a_message_that_may_have_arrived_goes_on_to_the_next_person_at_once(
    stage: Stage, web: WebReceiver, mail: MailReceiver
) -> None:
    _shared(stage)
    only = reached_by(stage.karim, ntfy(web))
    reached_by(
        stage.anna, f"mailto://127.0.0.1:{mail.port}?from=v@vigie.example&to=a@vigie.example"
    )
    grave(stage)
    duties.look_for_news.call()
    Attempt.objects.create(message=Message.objects.get(), address=only, at=now())
    work_all()
    work_all()
    assert (len(web.received), len(mail.received)) == (0, 1)


def test_discretion_names_neither_practice_nor_incident(stage: Stage, web: WebReceiver) -> None:
    reached_by(stage.karim, ntfy(web))
    wish(stage.karim, discreet=True)
    grave(stage)
    work_all()
    (message,) = said(web)
    assert "Martin" not in message
    assert "/prevenir/" in message


def test_addresses_are_sealed_and_stay_readable_through_every_rotation(
    stage: Stage, settings: LazySettings
) -> None:
    address = reached_by(stage.karim, "ntfys://ntfy.example/secret-word")
    assert "secret-word" not in address.sealed
    keys = ["first", "second", "third", "fourth"]
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = keys[0], []
    Address.objects.update(sealed=sealing.seal("ntfys://ntfy.example/secret-word"))
    for before, after in pairwise(keys):
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = after, [before]
        assert duties.seal_addresses_again.call() == 1
        assert duties.seal_addresses_again.call() == 0
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = keys[-1], []
    address.refresh_from_db()
    assert sealing.opened(address.sealed) == "ntfys://ntfy.example/secret-word"


@pytest.mark.parametrize(
    ("address", "slug"),
    [
        ("file:///etc/passwd", "unknown_scheme"),
        ("syslog://", "unknown_scheme"),
        ("dbus://", "unknown_scheme"),
        ("windows://", "unknown_scheme"),
        ("http://169.254.169.254/latest", "unknown_scheme"),
        ("jsons://127.0.0.2/", ""),
        ("jsons://10.0.0.1/", "inside"),
        ("jsons://[::ffff:10.0.0.1]/", "inside"),
        ("json://hooks.example/", "not_encrypted"),
        ("ntfy://ntfy.example/topic", "not_encrypted"),
        ("mailtos://k:p@example.org?smtp=10.0.0.1", "inside"),
        ("mailtos://k:p@example.org?mode=insecure", "not_encrypted"),
        ("mailto://127.0.0.1?smtp=mail.example&to=a@b.example", "not_encrypted"),
        ("jsons://hooks.example/?verify=no", "unknown_option"),
        ("workflows://host.example/wf/sig?template=/etc/passwd", "unknown_option"),
        ("mailtos://k:p@example.org?pgpkey=/etc/passwd", "unknown_option"),
        ("jsons://hooks.example/?+X-Header=1", "unknown_option"),
        ("ntfys://ntfy.example/topic?attach=file:///etc/passwd", "unknown_option"),
        ("ntfys://" + "a" * 2000, "malformed"),
        ("ntfys://ntfy.example/a\nb", "malformed"),
        ("discord://", "malformed"),
    ],
)
def test_an_address_is_taken_by_its_scheme_and_options_only(address: str, slug: str) -> None:
    if not slug:
        assert ways.scheme(address, LOOPBACK) == address.split(":", maxsplit=1)[0]
        return
    with pytest.raises(ways.NotAnAddress) as refused:
        ways.scheme(address, LOOPBACK)
    assert refused.value.slug == slug


def test_no_way_starts_a_thread_or_a_program() -> None:
    for scheme in {*ways.SAFE, *ways.PLAIN}:
        plugin = apprise.manager_plugins.NotificationManager()[scheme]
        package = plugin.__module__.removeprefix("apprise.plugins.").split(".")[0]
        source = Path(apprise.__file__).parent / "plugins" / package
        files = source.rglob("*.py") if source.is_dir() else [source.with_suffix(".py")]
        for file in files:
            text = file.read_text()
            for word in ("threading", "subprocess", "ThreadPool", "os.system", "Popen"):
                assert word not in text, f"{scheme}: {word} in {file}"


def test_a_name_that_leads_inside_and_a_receiver_that_sends_on_are_not_followed(
    web: WebReceiver, settings: LazySettings
) -> None:
    with web_receiver() as inner:
        web.status, web.location = 302, f"http://127.0.0.1:{inner.port}/inside"
        letter = ways.Letter(title="Vigie", body="…")
        assert not ways.tell(f"json://127.0.0.1:{web.port}/", letter, LOOPBACK)
        assert (len(web.received), inner.received) == (1, [])
    settings.LOCAL_RECEIVERS = ()
    assert not ways.tell(f"jsons://localhost.localdomain:{web.port}/", letter)
    assert not ways.tell(f"ntfys://ip6-localhost:{web.port}/vigie", letter)
    assert len(web.received) == 1


def test_the_test_button_says_how_it_went_and_the_address_is_not_shown_again(
    stage: Stage, web: WebReceiver
) -> None:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(stage.karim)
    sent = {"name": "mon téléphone", "address": ntfy(web)}
    assert client.post("/prevenir/adresses/nouvelle/", sent).status_code == 302
    page = client.get("/prevenir/").content.decode()
    assert "un essai est en route" in page
    assert str(web.port) not in page
    job = queue.claim(now())
    assert job is not None
    assert duties.test.call(*job.arguments)
    queue.finish(job, now())
    assert json.loads(web.received[0].body)["title"] == "Vigie\u00a0: un essai"
    page = client.get("/prevenir/adresses/").content.decode()
    assert "dernier message reçu" in page
    refused = client.post("/prevenir/adresses/nouvelle/", {**sent, "address": "json://10.0.0.1/x"})
    assert "10.0.0.1" not in refused.content.decode()
    web.status = 500
    address = Address.objects.get()
    client.post(f"/prevenir/adresses/{address.pk}/essayer/")
    job = queue.claim(now() + timedelta(seconds=5))
    assert job is not None
    assert not duties.test.call(*job.arguments)
    assert "n’a pas pris le dernier message" in client.get("/prevenir/").content.decode()
    client.post(f"/prevenir/adresses/{address.pk}/retirer/")
    assert not Address.objects.exists()


def test_where_the_host_has_a_mail_server_an_e_mail_address_is_enough(
    stage: Stage, mail: MailReceiver, settings: LazySettings
) -> None:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(stage.karim)
    sent = {"name": "courrier", "address": "karim+vigie@vigie.example"}
    assert client.post("/prevenir/adresses/nouvelle/", sent).status_code == 200
    settings.MAIL = f"mailto://127.0.0.1:{mail.port}?from=v@vigie.example"
    for wrong in ("karim", "k@a.example,b@c.example", "k@a.example?smtp=10.0.0.1"):
        refused = client.post("/prevenir/adresses/nouvelle/", {**sent, "address": wrong})
        assert refused.status_code == 200
    assert client.post("/prevenir/adresses/nouvelle/", sent).status_code == 302
    assert "E-mail" in client.get("/prevenir/").content.decode()
    grave(stage)
    Job.objects.all().delete()
    work_all()
    (message,) = mail.received
    assert message["To"] == "karim+vigie@vigie.example"
    settings.MAIL = ""
    assert not sending.test(Address.objects.get(), now)
    assert Address.objects.get().trouble == "no_mail_server"


def test_the_page_shows_what_waits_and_one_button_takes_it_on(stage: Stage) -> None:
    grave(stage)
    duties.look_for_news.call()
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(stage.karim)
    page = client.get("/prevenir/").content.decode()
    assert "Je m’en occupe" in page
    assert page.count("primary") == 1
    outage = Outage.objects.get()
    client.post(f"/prevenir/pannes/{outage.pk}/prendre/")
    assert "s’en occupe" in client.get("/prevenir/").content.decode()
    outage.refresh_from_db()
    assert outage.acknowledged_by == stage.karim


def test_wishes_are_kept_and_a_stranger_cannot_be_named_as_stand_in(stage: Stage) -> None:
    client = Client(headers={"Accept-Language": "fr"})
    client.force_login(stage.karim)
    sent = {"quiet_from": "22:00", "quiet_until": "07:00", "wait": "20", "timezone": "Europe/Paris"}
    assert client.post("/prevenir/", {**sent, "following": stage.anna.pk}).status_code == 200
    assert client.post("/prevenir/", {**sent, "quiet_until": ""}).status_code == 200
    assert client.post("/prevenir/", {**sent, "timezone": "Mars/Olympus"}).status_code == 200
    assert not Wish.objects.exists()
    stage.martin.caretakers.add(stage.anna)
    assert client.post("/prevenir/", {**sent, "following": stage.anna.pk}).status_code == 302
    kept = Wish.objects.get()
    assert (kept.quiet_from, kept.wait, kept.following) == (time(22), 20, stage.anna)
    client.post("/prevenir/silence/", {"hours": "12"})
    assert Wish.objects.get().muted_until is not None
    client.post("/prevenir/silence/", {"hours": "0"})
    assert Wish.objects.get().muted_until is None


def test_the_sign_of_life_stops_when_messages_do_not_leave(
    stage: Stage, web: WebReceiver, settings: LazySettings
) -> None:
    assert not duties.give_a_sign.call()
    settings.DEAD_MAN = f"http://127.0.0.1:{web.port}/ping/secret"
    assert duties.give_a_sign.call()
    assert [r.path for r in web.received] == ["/ping/secret"]
    old = now() - timedelta(minutes=30)
    stuck = Message.objects.create(person=stage.karim, gravity=Gravity.ALARM, made_at=old)
    assert not signs.healthy(now())
    assert not duties.give_a_sign.call()
    Message.objects.filter(pk=stuck.pk).update(told_at=now(), ended_at=now())
    assert duties.give_a_sign.call()
    web.status = 503
    assert not duties.give_a_sign.call()


def test_every_duty_of_telling_is_in_the_calendar() -> None:
    named = {f"vigie.console.notices.duties.{name}" for name in duties.EVERY}
    assert named <= worker.calendar().keys()
    assert telling.SEND not in worker.calendar()
