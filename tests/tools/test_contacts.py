"""The contacts: the same whatever the order, each message once, and nothing lost by a kill."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.domain.evidence.mail import Acquaintance, Mailbox
from vigie.tools.contacts import Contacts, Direction, Exchange, listed

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
US = Mailbox("dr@cabinet.example", "Dr Aubry")
PEOPLE = [Mailbox(f"{n}@clinique.example", n.title()) for n in ("anne", "luc", "eva", "max")]


def sent(number: int, *to: Mailbox, at: datetime = NOON, **more: object) -> Exchange:
    return Exchange(
        identity=f"out{number}",
        at=at,
        direction=Direction.SENT,
        writer=US,
        others=to,
        **more,  # type: ignore[arg-type]  # the rest by name
    )


def received(number: int, writer: Mailbox, at: datetime = NOON, **more: object) -> Exchange:
    return Exchange(
        identity=f"in{number}",
        at=at,
        direction=Direction.RECEIVED,
        writer=writer,
        **more,  # type: ignore[arg-type]  # the rest by name
    )


def known(contacts: Contacts) -> list[Acquaintance]:
    addresses = [box.address for box in PEOPLE]
    return [contacts.acquaintance(Mailbox(a), addresses, "anne") for a in addresses]


moments = st.integers(0, 900).map(lambda days: NOON - timedelta(days=days))
exchanges = st.lists(
    st.one_of(
        st.builds(
            lambda n, to, at, name, health: sent(
                n, *to, at=at, greeted=((to[0].address, name),), health=health, begins=name
            ),
            st.integers(0, 20),
            st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True),
            moments,
            st.sampled_from(["anne", "luc", "madame roux"]),
            st.booleans(),
        ),
        st.builds(
            lambda n, who, at, passed: received(n, who, at, checker="mx.example", passed=passed),
            st.integers(0, 20),
            st.sampled_from(PEOPLE),
            moments,
            st.booleans(),
        ),
    ),
    max_size=12,
    unique_by=lambda exchange: exchange.identity,
)


@settings(max_examples=40)
@given(exchanges, st.randoms())
def test_the_order_of_learning_does_not_matter(
    lessons: list[Exchange], chance: random.Random
) -> None:
    shuffled = chance.sample(lessons, len(lessons))
    with Contacts(":memory:") as one, Contacts(":memory:") as other:
        one.learn(lessons)
        for lesson in shuffled:
            other.learn([lesson])
            other.forget()
        assert known(one) == known(other)
        one.forget()
        assert known(one) == known(other)


@settings(max_examples=40)
@given(exchanges)
def test_learning_twice_changes_nothing(lessons: list[Exchange]) -> None:
    with Contacts(":memory:") as contacts:
        contacts.learn(lessons)
        before = known(contacts)
        assert contacts.learn(lessons) == 0
        assert known(contacts) == before


def test_what_is_known_of_an_address_counts_what_went_both_ways() -> None:
    anne, luc = PEOPLE[:2]
    with Contacts(":memory:") as contacts:
        contacts.learn(
            [
                sent(1, anne, luc, greeted=((anne.address, "anne"),), health=True),
                sent(2, anne),
                received(3, anne),
            ]
        )
        who = contacts.acquaintance(Mailbox(anne.address), [anne.address, luc.address])
    assert (who.sent, who.received, who.entrusted, who.together) == (2, 1, 1, 1)
    assert who.salutations == ("anne",)
    assert who.box.name == "Anne"
    assert who.known


def test_somebody_never_heard_of_is_unknown() -> None:
    with Contacts(":memory:") as contacts:
        assert not contacts.acquaintance(PEOPLE[0]).known


def test_thirteen_months_later_somebody_is_a_stranger_again() -> None:
    with Contacts(":memory:") as contacts:
        contacts.learn([sent(1, PEOPLE[0], at=NOON - timedelta(days=430))])
        assert contacts.acquaintance(PEOPLE[0]).known
        contacts.learn([sent(2, PEOPLE[1])])
        assert not contacts.acquaintance(PEOPLE[0]).known
        contacts.forget()
        assert [k.address for k in contacts.everybody()] == [PEOPLE[1].address]


def test_of_a_newsletter_no_address_can_be_read(tmp_path: Path) -> None:
    with Contacts(tmp_path / "contacts.sqlite") as contacts:
        news = Mailbox("news@boutique.example", "Boutique")
        contacts.learn([received(1, news, bulk=True)])
        assert contacts.acquaintance(news).received == 1
        assert contacts.everybody() == ()
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"boutique" not in stored.lower()


def test_no_identity_of_a_message_can_be_read(tmp_path: Path) -> None:
    with Contacts(tmp_path / "contacts.sqlite") as contacts:
        contacts.learn([sent(424_242, PEOPLE[0])], places=["/maildir/cur/1763"], reached=("b", "7"))
        assert contacts.read("/maildir/cur/1763")
        assert not contacts.read("/maildir/cur/1764")
        assert contacts.position("b") == "7"
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"out424242" not in stored
    assert b"maildir" not in stored


def test_the_words_of_a_greeting_are_counted_and_cannot_be_read(tmp_path: Path) -> None:
    anne, old = PEOPLE[0], NOON - timedelta(days=700)
    with Contacts(tmp_path / "contacts") as contacts:
        contacts.learn([sent(1, anne, at=old, begins="chere amie")])
        contacts.learn([sent(n, anne, begins="chere amie") for n in (2, 3)])
        contacts.learn([sent(4, anne, begins="bonjour")])
        who = contacts.acquaintance(anne, begins="chere amie")
    assert (who.greeted, who.greeted_alike) == (3, 2)
    kept = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"chere amie" not in kept


def test_a_provider_is_learned_from_most_of_the_mail_not_from_one_header() -> None:
    with Contacts(":memory:") as contacts:
        contacts.learn([received(0, PEOPLE[1], checker="forged.example", passed=True)])
        assert contacts.provider() == ""
        contacts.learn(
            [
                received(n, PEOPLE[0], checker="mx.ours.example", passed=n % 2 == 0)
                for n in range(1, 31)
            ]
        )
        assert contacts.provider() == "mx.ours.example"
        assert contacts.acquaintance(PEOPLE[0]).authenticated == 15
        assert contacts.acquaintance(PEOPLE[1]).authenticated == 0


def test_what_a_person_settled_is_remembered_beyond_the_months() -> None:
    with Contacts(":memory:") as contacts:
        contacts.learn([sent(1, PEOPLE[0])])
        contacts.settle("neu@praxis.example", "recipient_mistyped")
        contacts.learn([sent(2, PEOPLE[0], at=NOON + timedelta(days=800))])
        contacts.forget()
        settled = contacts.acquaintance(Mailbox("neu@praxis.example")).settled
    assert settled == {"recipient_mistyped"}


def test_staff_keep_a_name_when_it_is_told_again_without() -> None:
    with Contacts(":memory:") as contacts:
        contacts.employ([US])
        contacts.employ([Mailbox(US.address)])
        assert contacts.staff() == (US,)


def test_two_processes_see_one_another(tmp_path: Path) -> None:
    with Contacts(tmp_path / "c") as one, Contacts(tmp_path / "c") as other:
        before = other.edition()
        one.learn([sent(1, PEOPLE[0])])
        assert other.edition() != before
        assert other.acquaintance(PEOPLE[0]).sent == 1


def test_a_file_that_is_no_store_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c").write_text("address,name\n" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        Contacts(tmp_path / "c")


LEARNER = """
import sys
from datetime import UTC, datetime
from vigie.domain.evidence.mail import Mailbox
from vigie.tools.contacts import Contacts, Direction, Exchange
with Contacts(sys.argv[1]) as contacts:
    number = int(contacts.position("box") or 0)
    while number < 5000:
        batch = [Exchange(identity=str(n), at=datetime(2026, 11, 20, tzinfo=UTC),
                          direction=Direction.SENT, writer=Mailbox("dr@cabinet.example"),
                          others=(Mailbox(f"p{n % 7}@clinique.example"),))
                 for n in range(number, number + 50)]
        number += 50
        contacts.learn(batch, reached=("box", str(number)))
        print(number, flush=True)
"""


def test_a_learner_killed_at_any_moment_goes_on_and_counts_nothing_twice(tmp_path: Path) -> None:
    store, chance, kills = tmp_path / "contacts.sqlite", random.Random(7), 0  # noqa: S311
    for _ in range(60):
        learner = subprocess.Popen(
            [sys.executable, "-c", LEARNER, str(store)],
            stdout=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": "src"},
        )
        assert learner.stdout is not None
        if kills < 12:
            learner.stdout.readline()
            time.sleep(chance.random() * 0.02)
            learner.send_signal(signal.SIGKILL)
            kills += 1
        learner.stdout.read()
        learner.stdout.close()
        if learner.wait() == 0:
            break
    with Contacts(store) as contacts:
        counts = [contacts.acquaintance(Mailbox(f"p{n}@clinique.example")).sent for n in range(7)]
    assert kills > 2
    assert sum(counts) == 5000
    assert max(counts) - min(counts) <= 1


CSV = "address,name,sent,salutations,group,staff\n"


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (f"{CSV}a@x.example,Anne,4,Anne;Dr Roux,team,\n", ["a@x.example"]),
        ("Email;Nom\nA@X.example;Anne\n", ["a@x.example"]),
        ("a@x.example,Anne\nb@x.example,Luc\n", ["a@x.example", "b@x.example"]),
        ('["a@x.example", "b@x.example"]', ["a@x.example", "b@x.example"]),
        ('[{"email": "a@x.example", "sent": 3}]', ["a@x.example"]),
        ('{"own": ["dr@y.example"], "contacts": ["a@x.example"]}', ["a@x.example"]),
        ('{"a@x.example": {"name": "Anne"}}', ["a@x.example"]),
    ],
)
def test_a_list_of_contacts_is_read(text: str, addresses: list[str]) -> None:
    assert [line.box.address for line in listed.read(text).lines] == addresses


@pytest.mark.parametrize("text", ["", "no address here\n", "[1, 2]", "{}", "[", '{"contacts": 3}'])
def test_what_is_no_list_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        listed.read(text)


@given(st.text(max_size=200))
def test_any_text_is_a_list_or_is_refused(text: str) -> None:
    try:
        found: tuple[listed.Listed, ...] = listed.read(text).lines
    except ValueError:
        found = ()
    assert all("@" in line.box.address for line in found)


def test_a_list_is_known_with_its_salutations_and_groups() -> None:
    text = f"{CSV}a@x.example,Anne,4,Anne,team,\nb@x.example,Luc,2,,team,\ndr@y.example,,,,,1\n"
    with Contacts(":memory:") as contacts:
        contacts.take_in(listed.read(text), at=NOON)
        anne = contacts.acquaintance(Mailbox("a@x.example"), ["b@x.example"])
        assert [box.address for box in contacts.staff()] == ["dr@y.example"]
    assert (anne.sent, anne.salutations, anne.together) == (4, ("Anne",), 1)
