"""Orders in the browser: what is prepared, what is taken from a browser, what became of it."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from authenticator import Authenticator
from django.core.cache import cache
from django.test import Client
from msgspec.structs import replace
from players import Post, Stage, let_in, machine_of
from registering import registered
from speaking import Speaker, batch, now, report

from vigie.console.accounts.models import Role
from vigie.console.enrolment import joining
from vigie.console.intake import orders as keeping
from vigie.console.intake.models import Report
from vigie.console.journal.models import Entry
from vigie.console.signing import passkeys
from vigie.console.signing.models import AssertedOrder as Kept
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.response import Deed, Result
from vigie.wire import orders as wire
from vigie.wire.passkeys import AssertedOrder
from vigie.wire.reports import FactWord, OutcomeWord, ReportWord

Tell = Callable[..., dict[str, Any]]
PASSWORD = "onze phares dans la nuit"


@pytest.fixture
def key(stage: Stage) -> Authenticator:
    made = Authenticator()
    registered(stage.karim, made)
    return made


@pytest.fixture
def karim(stage: Stage) -> Client:
    cache.clear()  # the brake on guessing knows no tests
    stage.karim.set_password(PASSWORD)
    stage.karim.save()
    client = Client(headers={"Accept-Language": "fr"})
    client.post("/compte/entrer/", {"login": "karim", "password": PASSWORD})
    client.post("/compte/confirmer/", {"password": PASSWORD})
    return client


def place(stage: Stage, rest: str = "") -> str:
    return f"/cabinets/{stage.martin.pseudonym}/ordres/{rest}"


def asked(speaker: Speaker, verb: str, **more: str) -> dict[str, str]:
    return {"machine": speaker.pseudonym, "verb": verb, "lasts": "1h", **more}


def body_of(html: str) -> str:
    found = re.search(r'name="body" value="([^"]+)"', html)
    assert found is not None, html
    return found[1].replace("&quot;", '"')


def sent(signed: AssertedOrder) -> dict[str, str]:
    return {name: getattr(signed, name) for name in signed.__struct_fields__}


def held_report(
    danger: Danger = Danger.TROJAN_DOCUMENT, fact: str = "program_disguised"
) -> ReportWord:
    done = OutcomeWord(deed=Deed.HOLD, result=Result.DONE, at=now())
    return replace(report(fact, danger=danger, gravity=Gravity.ALARM), outcomes=(done,))


def order(speaker: Speaker, stage: Stage, wish: wire.Wish, **changed: object) -> str:
    said: dict[str, Any] = {
        "practice": stage.martin.pseudonym,
        "machine": speaker.pseudonym,
        "sequence": int(now().timestamp()) + 9,
        "expires": now().replace(microsecond=0) + joining.LIFE,
        **changed,
    }
    return wire.encode(wire.Order(wish=wish, **said)).decode()


def test_before_an_order_one_shows_again_who_one_is(stage: Stage, accueil: Speaker) -> None:
    stage.karim.set_password(PASSWORD)
    stage.karim.save()
    client = Client()
    client.force_login(stage.karim)
    answer = client.get(place(stage, "nouveau/"), asked(accueil, "back_up"))
    assert answer.headers["Location"].startswith("/compte/confirmer/")
    signed = Authenticator().sign(order(accueil, stage, wire.BackUpNow()))
    answer = client.post(place(stage, "signer/"), sent(signed))
    assert answer.headers["Location"].startswith("/compte/confirmer/")
    assert not Kept.objects.exists()


@pytest.mark.parametrize(
    ("verb", "more", "wish", "said"),
    [
        ("back_up", {}, wire.BackUpNow(), "fera une sauvegarde maintenant"),
        ("prove", {}, wire.ProveRestore(), "prouvera qu’il s’ouvre"),
        ("scan", {}, wire.ScanNetwork(), "appareils ouverts"),
        ("rehearse", {"chosen": "1"}, wire.Rehearse(), "jouera les onze incidents"),
        (
            "rehearse",
            {"chosen": "1", "dangers": "power_loss"},
            wire.Rehearse(dangers=(Danger.POWER_LOSS,)),
            "jouera",
        ),
        (
            "postpone",
            {"chosen": "1", "days": "3"},
            wire.PostponeUpdates(days=3),
            "fera attendre toutes les mises à jour 3 jours",
        ),
    ],
)
def test_each_verb_is_one_plain_sentence_and_one_wish(  # noqa: PLR0913, PLR0917  (a play)
    verb: str,
    more: dict[str, str],
    wish: wire.Wish,
    said: str,
    stage: Stage,
    karim: Client,
    accueil: Speaker,
    key: Authenticator,
) -> None:
    assert key
    html = karim.get(place(stage, "nouveau/"), asked(accueil, verb, **more)).content.decode()
    assert "Accueil" in html
    assert said in html
    whole = wire.decode(body_of(html)) if 'name="body"' in html else None
    if whole is None:  # this page is not at the passkey's own address
        whole = wire.decode(re.search(r"<code>(\{.+?\})</code>", html)[1].replace("&quot;", '"'))  # type: ignore[index]
    assert whole.wish == wish
    assert (whole.practice, whole.machine) == (stage.martin.pseudonym, accueil.pseudonym)


def test_what_an_order_is_about_is_chosen_from_what_the_machine_told(
    stage: Stage, karim: Client, accueil: Speaker, tell: Tell
) -> None:
    empty = karim.get(place(stage, "nouveau/"), asked(accueil, "destroy")).content.decode()
    assert "n’a rien signalé" in empty
    held = held_report()
    plugged = report(
        "key_unknown", danger=Danger.STRAY_USB_KEY, numbers={"key": 4711, "vendor": 1, "product": 2}
    )
    offered = report("update_announced", danger=Danger.FAILED_UPDATE, numbers={"update": 99})
    kept = report("update_kept", danger=Danger.FAILED_UPDATE, numbers={"update": 98})
    tell(accueil, held, plugged, offered, kept)

    def shown(verb: str) -> str:
        return karim.get(place(stage, "nouveau/"), asked(accueil, verb)).content.decode()

    assert held.id in shown("release")
    assert held.id in shown("destroy")
    assert 'value="4711"' in shown("allow_key")
    assert 'value="99"' in shown("update")
    assert 'value="98"' not in shown("update")
    assert 'value="98"' in shown("roll_back")
    wrong = asked(accueil, "destroy", chosen="1", report="0" * 32)
    assert 'name="body"' not in karim.get(place(stage, "nouveau/"), wrong).content.decode()


def test_a_signed_order_is_kept_journalled_and_delivered(  # noqa: PLR0913, PLR0917  (a play)
    stage: Stage, karim: Client, accueil: Speaker, key: Authenticator, post: Post, tell: Tell
) -> None:
    signed = key.sign(order(accueil, stage, wire.BackUpNow()))
    assert karim.post(place(stage, "signer/"), sent(signed)).status_code == 302
    assert Kept.objects.get().person == stage.karim
    assert '"order":"back_up_now"' in Entry.objects.filter(practice=stage.martin).last().body
    delivered = json.loads(post(accueil, batch()).content)["asserted"]
    assert [AssertedOrder(**one) for one in delivered] == [signed]
    assert "En attente" in karim.get(place(stage)).content.decode()
    number = {"sequence": Kept.objects.get().sequence}
    tell(accueil, report("order_taken", gravity=Gravity.NOTE, numbers=number))
    assert json.loads(post(accueil, batch()).content)["asserted"] == []
    assert "Pris" in karim.get(place(stage)).content.decode()
    tell(accueil, report("order_done", gravity=Gravity.NOTE, numbers=number))
    assert "Fait" in karim.get(place(stage, "etat/")).content.decode()


def test_a_refusal_is_shown_with_its_reason(
    stage: Stage, karim: Client, accueil: Speaker, key: Authenticator, tell: Tell
) -> None:
    karim.post(place(stage, "signer/"), sent(key.sign(order(accueil, stage, wire.BackUpNow()))))
    numbers = {"sequence": Kept.objects.get().sequence, "stranger": 1}
    tell(accueil, report("order_refused", numbers=numbers))
    shown = karim.get(place(stage)).content.decode()
    assert "Refusé" in shown
    assert "le poste ne connaît pas encore cette clé d’accès" in shown


def test_what_was_not_signed_as_it_should_be_is_not_kept(
    stage: Stage, karim: Client, accueil: Speaker, key: Authenticator
) -> None:
    stranger, lea = Authenticator(), Authenticator(flags=1)
    lea.credential, lea._key = key.credential, key._key
    body = order(accueil, stage, wire.BackUpNow())
    elsewhere = let_in(stage.favre)
    good = key.sign(body)
    for bad in (
        stranger.sign(body),
        stranger.sign(body, credential=key.credential),
        lea.sign(body),
        replace(good, body=order(accueil, stage, wire.ProveRestore())),
        key.sign(order(elsewhere, stage, wire.BackUpNow(), practice=stage.favre.pseudonym)),
        key.sign(order(elsewhere, stage, wire.BackUpNow())),
        key.sign(order(accueil, stage, wire.BackUpNow(), expires=now())),
        key.sign(order(accueil, stage, wire.Pause(danger=Danger.RANSOMWARE, minutes=60))),
        key.sign(order(accueil, stage, wire.TrustKey(key="A" * 43))),
        key.sign("{}"),
    ):
        answer = karim.post(place(stage, "signer/"), sent(bad), follow=True)
        assert "Rien n’est parti" in answer.content.decode()
    assert karim.post(place(stage, "signer/"), {"body": "x"}).status_code == 302
    assert not Kept.objects.exists()


def test_somebody_elses_passkey_and_a_reader_sign_nothing(
    stage: Stage, accueil: Speaker, key: Authenticator
) -> None:
    signed = key.sign(order(accueil, stage, wire.BackUpNow()))
    with pytest.raises(keeping.NotACaretaker):
        keeping.put_asserted(signed, stage.martin, stage.anna, now())
    stage.karim.role = Role.READER
    stage.karim.save()
    with pytest.raises(keeping.NotACaretaker):
        keeping.put_asserted(signed, stage.martin, stage.karim, now())
    assert passkeys.of_practice(stage.martin) == ()


def test_two_orders_never_share_a_number(
    stage: Stage, accueil: Speaker, key: Authenticator
) -> None:
    machine = machine_of(accueil)
    first = order(accueil, stage, wire.BackUpNow())
    keeping.put_asserted(key.sign(first), stage.martin, stage.karim, now())
    same = order(accueil, stage, wire.ProveRestore(), sequence=wire.decode(first).sequence)
    with pytest.raises(keeping.SequenceUsed):
        keeping.put_asserted(key.sign(same), stage.martin, stage.karim, now())
    assert keeping.next_sequence(machine, now()) > wire.decode(first).sequence


def test_a_machine_is_admitted_with_the_passkeys_of_its_caretakers(
    stage: Stage, accueil: Speaker, key: Authenticator
) -> None:
    assert joining.admission(machine_of(accueil)).passkeys == (key.passkey,)
    assert joining.admission(machine_of(let_in(stage.favre))).passkeys == ()


def test_an_order_that_was_carried_out_is_nothing_that_is_held(
    stage: Stage, karim: Client, accueil: Speaker, tell: Tell
) -> None:
    done = OutcomeWord(deed=Deed.HOLD, result=Result.DONE, at=now())
    about = FactWord(fact="order_done", gravity=Gravity.NOTE, numbers={"sequence": 3})
    tell(accueil, replace(report(), facts=(about,), outcomes=(done,)))
    assert Report.objects.count() == 1
    shown = karim.get(place(stage, "nouveau/"), asked(accueil, "release")).content.decode()
    assert "n’a rien signalé" in shown
