from collections.abc import Iterator
from pathlib import Path

import pytest
from authenticator import Authenticator
from small_console import MACHINE, PRACTICE, Console

from vigie.agent.enrolment import Enrolment, NotAdmitted
from vigie.agent.link import BadAddress, Link, LinkTrouble, Refused
from vigie.tools import keys
from vigie.wire import envelope

CODE = "ABCD-EFGH-JKLM-NPQR"
CARETAKER = "c" * 43


@pytest.fixture
def enrolment(tmp_path: Path) -> Enrolment:
    return Enrolment(tmp_path / "agent")


@pytest.fixture
def link(console: Console, enrolment: Enrolment) -> Iterator[Link]:
    link = Link(console.address, enrolment.key, authority=console.authority)
    yield link
    link.close()


def apply(enrolment: Enrolment, console: Console) -> None:
    console.caretakers = (CARETAKER,)
    enrolment.apply(CODE, console.address, authority=console.authority)


def test_a_machine_joins_once_the_caretaker_has_approved_and_pins_their_key(
    console: Console, enrolment: Enrolment, link: Link
) -> None:
    console.approved = False
    apply(enrolment, console)
    assert enrolment.poll(link).approved is False
    console.approved = True
    joined = enrolment.poll(link)
    assert (joined.machine, joined.practice, joined.caretakers) == (
        MACHINE,
        PRACTICE,
        (CARETAKER,),
    )
    assert enrolment.membership() == joined


def test_the_application_is_signed_by_the_key_it_brings(
    console: Console, enrolment: Enrolment
) -> None:
    apply(enrolment, console)
    assert console.headers[0][envelope.MACHINE] == envelope.ENROLLING
    assert console.public == keys.public_text(enrolment.key)


def test_the_key_and_what_was_agreed_are_for_their_owner_alone(
    console: Console, enrolment: Enrolment, tmp_path: Path
) -> None:
    apply(enrolment, console)
    folder = tmp_path / "agent"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {file.stat().st_mode & 0o777 for file in folder.iterdir()} == {0o600}


def test_enrolling_again_with_the_same_key_changes_nothing(
    console: Console, enrolment: Enrolment, tmp_path: Path
) -> None:
    apply(enrolment, console)
    before = enrolment.membership()
    again = Enrolment(tmp_path / "agent")
    apply(again, console)
    assert again.membership() == before
    assert again.fingerprint == enrolment.fingerprint


def test_a_console_that_falls_later_cannot_change_whose_orders_are_obeyed(
    console: Console, enrolment: Enrolment, link: Link
) -> None:
    apply(enrolment, console)
    console.caretakers = ("x" * 43,)
    assert enrolment.poll(link).caretakers == (CARETAKER,)
    enrolment.apply(CODE, console.address, authority=console.authority)
    agreed = enrolment.membership()
    assert agreed
    assert agreed.caretakers == (CARETAKER,)


def test_an_answer_about_another_key_is_not_accepted(
    console: Console, enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = keys.fingerprint("z" * 43)
    monkeypatch.setattr(
        console, "_admission", lambda: _admission(other, (CARETAKER,)), raising=True
    )
    with pytest.raises(NotAdmitted, match="another key"):
        apply(enrolment, console)
    assert enrolment.membership() is None


def test_passkeys_are_pinned_once_and_by_no_later_answer(
    console: Console, enrolment: Enrolment, link: Link
) -> None:
    karim, fallen = Authenticator().passkey, Authenticator().passkey
    console.passkeys = (karim,)
    apply(enrolment, console)
    console.passkeys = (fallen,)
    assert enrolment.poll(link).passkeys == (karim,)
    enrolment.apply(CODE, console.address, authority=console.authority)
    agreed = enrolment.membership()
    assert agreed
    assert agreed.passkeys == (karim,)


def test_a_caretaker_with_a_passkey_alone_is_one(console: Console, enrolment: Enrolment) -> None:
    console.passkeys = (Authenticator().passkey,)
    agreed = enrolment.apply(CODE, console.address, authority=console.authority)
    assert agreed.approved
    assert agreed.passkeys == console.passkeys


def test_an_approval_without_a_caretaker_is_not_one(
    console: Console, enrolment: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "_admission", lambda: _admission(enrolment.fingerprint, ()))
    with pytest.raises(NotAdmitted, match="caretaker"):
        apply(enrolment, console)


def _admission(fingerprint: str, caretakers: tuple[str, ...]) -> bytes:
    names = ",".join(f'"{key}"' for key in caretakers)
    return (
        f'{{"machine":"{MACHINE}","practice":"{PRACTICE}","fingerprint":"{fingerprint}",'
        f'"approved":true,"caretakers":[{names}]}}'
    ).encode()


@pytest.mark.parametrize("code", ["", "1234", "ABCD-EFGH-JKLM-NPQI", "ABCD EFGH JKLM NPQR"])
def test_what_is_no_code_is_not_even_sent(
    console: Console, enrolment: Enrolment, code: str
) -> None:
    with pytest.raises(NotAdmitted):
        enrolment.apply(code, console.address, authority=console.authority)
    assert console.headers == []


def test_a_code_may_be_typed_in_small_letters(console: Console, enrolment: Enrolment) -> None:
    console.caretakers = (CARETAKER,)
    joined = enrolment.apply(f" {CODE.lower()} ", console.address, authority=console.authority)
    assert joined.machine == MACHINE


def test_a_used_or_wrong_code_leaves_no_membership(console: Console, enrolment: Enrolment) -> None:
    console.refuse = lambda _path, _body: 403
    with pytest.raises(Refused):
        apply(enrolment, console)
    assert enrolment.membership() is None


def test_enrolment_never_goes_over_plain_http(enrolment: Enrolment) -> None:
    with pytest.raises(BadAddress):
        enrolment.apply(CODE, "http://vigie.example")


def test_an_answer_that_cannot_be_read_is_tried_again_later(
    console: Console, enrolment: Enrolment
) -> None:
    console.raw_answer = b"<html>"
    with pytest.raises(LinkTrouble):
        apply(enrolment, console)


def test_a_machine_that_never_enrolled_has_nothing_to_ask(enrolment: Enrolment, link: Link) -> None:
    with pytest.raises(NotAdmitted):
        enrolment.poll(link)
