"""People: what one message teaches, who comes near whom, and what is known when one leaves."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.domain.evidence.mail import Authentication, Mailbox, Message
from vigie.sensors.people import arrived, leaving, lesson, own_domains
from vigie.sensors.people.directory import Directory
from vigie.sensors.people.lessons import identity
from vigie.tools.contacts import Contacts, Direction, Known

NOW = datetime(2026, 11, 23, 16, tzinfo=UTC)
DOCTOR = Mailbox("dr.leroy@cabinet-leroy.example", "Dr Anne Leroy")
PAUL = Mailbox("paul.durand@clinique.example", "Paul Durand")
CLAIRE = Mailbox("claire.martin@chu.example", "Claire Martin")


def message(
    sender: Mailbox = DOCTOR,
    to: tuple[Mailbox, ...] = (PAUL,),
    text: str = "Cher Paul,\nÀ demain.",
    *,
    number: int = 1,
    subject: str = "",
) -> Message:
    return Message(
        digest=f"{number:064x}",
        size=1_000,
        sender=sender,
        identity=f"{number}@x.example",
        date=NOW - timedelta(days=1),
        subject=subject,
        text=text,
        to=to,
    )


def test_a_message_of_ours_teaches_whom_we_write_to_and_how_we_greet_them() -> None:
    exchange = lesson(message(), [DOCTOR], now=NOW)
    assert exchange is not None
    assert exchange.direction is Direction.SENT
    assert exchange.others == (PAUL,)
    assert exchange.greeted == ((PAUL.address, "paul"),)


def test_a_message_that_came_in_teaches_who_wrote_and_who_else_read_it() -> None:
    exchange = lesson(message(PAUL, (DOCTOR, CLAIRE)), [DOCTOR], now=NOW)
    assert exchange is not None
    assert (exchange.direction, exchange.writer) == (Direction.RECEIVED, PAUL)
    assert exchange.others == (CLAIRE,)
    assert exchange.greeted == ()


def test_our_own_name_from_elsewhere_teaches_nothing_unless_it_is_proven() -> None:
    forged = replace(
        message(),
        hops=("mail.elsewhere.example",),
        authentications=(Authentication(checker="mx.example", spf="fail", dmarc="fail"),),
    )
    assert lesson(forged, [DOCTOR], now=NOW) is None
    proven = replace(forged, authentications=(Authentication(checker="mx.example", dmarc="pass"),))
    assert lesson(proven, [DOCTOR], now=NOW) is not None


def test_a_message_from_tomorrow_was_written_now() -> None:
    late = replace(message(), date=NOW + timedelta(days=400))
    exchange = lesson(late, [DOCTOR], now=NOW)
    assert exchange is not None
    assert exchange.at == NOW


def test_nobody_is_learned_from_an_address_that_is_none() -> None:
    assert lesson(message(Mailbox("nowhere")), [DOCTOR], now=NOW) is None
    exchange = lesson(message(to=(Mailbox("x" * 300 + "@y.example"),)), [DOCTOR], now=NOW)
    assert exchange is not None
    assert exchange.others == ()


def test_a_webmail_is_not_a_domain_of_our_own() -> None:
    assert own_domains([DOCTOR, Mailbox("cabinet@gmail.com")]) == {DOCTOR.domain}


def test_a_message_without_a_name_of_its_own_is_known_by_what_it_says_not_by_its_bytes() -> None:
    one, other = (replace(message(), identity="", digest=d * 64) for d in "ab")
    assert identity(one) == identity(other)
    assert identity(one) != identity(replace(other, subject="Autre chose"))


@pytest.fixture
def book() -> Directory:
    return Directory(
        [
            Known(PAUL.address, ("Paul Durand",), ("paul",), 40, 30),
            Known("p.mercier@logiciel.example", ("Paul Mercier",), (), 3, 0),
            Known(CLAIRE.address, ("Claire Martin",), (), 12, 4),
        ]
    )


def test_an_address_with_a_slip_comes_near_the_one_that_is_meant(book: Directory) -> None:
    assert book.near(Mailbox("paul.duran@clinique.example"))[0].address == PAUL.address
    assert book.near(Mailbox("vente@ailleurs.example")) == []


def test_a_domain_with_a_slip_comes_near_the_one_that_is_meant(book: Directory) -> None:
    (found,) = book.at_similar_domain(Mailbox("x@cliniqe.example"))
    assert found.domain == PAUL.domain
    assert book.at_similar_domain(Mailbox("x@clinique.example")) == []


def test_whoever_is_greeted_is_found_the_one_written_to_most_first(book: Directory) -> None:
    found = [box.address for box in book.called([("paul",)])]
    assert found == [PAUL.address, "p.mercier@logiciel.example"]


def test_a_namesake_is_another_person(book: Directory) -> None:
    assert [box.address for box in book.namesakes(PAUL)] == ["p.mercier@logiciel.example"]


@pytest.fixture
def contacts() -> Contacts:
    contacts = Contacts(":memory:")
    contacts.employ([DOCTOR])
    return contacts


def learn(contacts: Contacts, *messages: Message) -> None:
    contacts.learn(x for m in messages if (x := lesson(m, [DOCTOR], now=NOW)) is not None)


def test_a_message_about_to_leave_knows_its_recipients_and_whom_they_resemble(
    contacts: Contacts,
) -> None:
    learn(contacts, message(), message(to=(PAUL, CLAIRE), number=2))
    with contacts:
        slip = Mailbox("paul.duran@clinique.example")
        both = leaving(
            message(to=(PAUL, CLAIRE)),
            [PAUL.address, CLAIRE.address],
            contacts,
            at=NOW,
            machine="m",
        )
        assert [(who.sent, who.together) for who in both.recipients] == [(2, 1), (1, 1)]
        seen = leaving(message(to=(slip,)), [slip.address], contacts, at=NOW, machine="m")
        assert not seen.recipients[0].known
        assert PAUL.address in {who.box.address for who in seen.circle.similar}


def test_an_answer_knows_with_whom_its_subject_was_exchanged(contacts: Contacts) -> None:
    learn(contacts, message(subject="Planning de décembre"))
    with contacts:
        answer = message(to=(CLAIRE,), subject="RE: planning de Décembre")
        seen = leaving(answer, [CLAIRE.address], contacts, at=NOW, machine="m")
        assert [box.address for box in seen.circle.talking] == [PAUL.address]


def test_a_subject_that_goes_to_everybody_is_nobodys_conversation(contacts: Contacts) -> None:
    many = [
        message(to=(Mailbox(f"a.b{n}@x.example"),), subject="Compte rendu", number=n)
        for n in range(10)
    ]
    learn(contacts, *many)
    with contacts:
        assert contacts.talking("compte rendu") == ()


def test_how_a_namesake_is_greeted_is_known_when_another_would_get_the_message(
    contacts: Contacts,
) -> None:
    other = Mailbox("paul.mercier@logiciel.example", "Paul Mercier")
    friendly = [message(text="Cher ami,\nÀ dimanche.", number=n) for n in range(4)]
    learn(contacts, *friendly, message(to=(other,), text="Bonjour Monsieur,\nVoici.", number=9))
    with contacts:
        slip = message(to=(other,), text="Cher ami ! À dimanche.")
        seen = leaving(slip, [other.address], contacts, at=NOW, machine="m")
        assert [(who.greeted, who.greeted_alike) for who in seen.recipients] == [(1, 0)]
        (near,) = seen.circle.similar
        assert (near.box.address, near.greeted, near.greeted_alike) == (PAUL.address, 4, 4)


def test_whoever_is_greeted_among_several_teaches_nothing(contacts: Contacts) -> None:
    learn(contacts, message(to=(PAUL, CLAIRE), text="Chers amis,\nÀ dimanche."))
    with contacts:
        assert contacts.acquaintance(PAUL, begins="chers amis").greeted == 0


def test_an_old_store_of_contacts_is_opened_and_kept(tmp_path: Path) -> None:

    path = tmp_path / "contacts.sqlite"
    with Contacts(path) as contacts:
        learn(contacts, message())
    base = sqlite3.connect(path)
    base.executescript("DROP TABLE talked; DROP TABLE begun; PRAGMA user_version = 1;")
    base.close()
    with Contacts(path) as contacts:
        assert contacts.acquaintance(PAUL).sent == 1
        learn(contacts, message(subject="Planning de décembre", number=5))
        assert contacts.talking("planning de decembre")


def test_the_same_letter_in_two_mailboxes_is_two(contacts: Contacts) -> None:
    with contacts:
        letters = [
            arrived(message(PAUL), contacts, at=NOW, machine="m", mailbox=f"inbox_{n}")
            for n in (1, 2)
        ]
        assert len({letter.key for letter in letters}) == 2
        assert arrived(message(PAUL), contacts, at=NOW, machine="m").key == message(PAUL).digest
