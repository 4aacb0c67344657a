"""Salutations in five languages, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.evidence.mail import Mailbox
from vigie.knowledge.persons import called_so, folded, one_slip, person, same_name
from vigie.knowledge.salutations import beginning, salutation, tells_nobody


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Bonjour Paul,\nvoici", ("paul",)),
        ("Cher Docteur Martin,", ("martin",)),
        ("Bonjour, Dr Martin,", ("martin",)),
        ("Monsieur le Professeur Jean de Maistre,", ("jean", "maistre")),
        ("M. Durand,", ("durand",)),
        ("Bonjour Madame Durand\nVoici", ("durand",)),
        ("Mon cher Paul,", ("paul",)),
        ("Sehr geehrte Frau Müller", ("muller",)),
        ("Lieber Hans", ("hans",)),
        ("Dear Dr. Smith,", ("smith",)),
        ("Hi steve, can you", ("steve",)),
        ("Good morning Jeff. Hope", ("jeff",)),
        ("Caro Giovanni,", ("giovanni",)),
        ("Gentile Dott.ssa Rossi,", ("rossi",)),
        ("Beste Jan,", ("jan",)),
        ("Geachte mevrouw de Vries,", ("vries",)),
        ("Vince,\n\nfoo", ("vince",)),
    ],
)
def test_a_salutation_says_who_is_spoken_to(text: str, names: tuple[str, ...]) -> None:
    found = salutation(text)
    assert found is not None
    assert found.people == (names,)


def test_two_people_are_greeted_at_once() -> None:
    found = salutation("Salut Jean et Marie,\n")
    assert found is not None
    assert found.people == (("jean",), ("marie",))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bonjour,\nJe",
        "Bonjour à tous,",
        "Madame, Monsieur,",
        "Cher confrère,",
        "Dear all,",
        "Hallo zusammen,",
        "Hello everyone",
        "Hi please see attached",
        "On Monday we will meet",
        "> Bonjour Paul,",
        "---- Forwarded by Paul Durand",
        "\n".join("x" * 9) + "\nBonjour Paul,",
    ],
)
def test_nobody_is_spoken_to(text: str) -> None:
    assert salutation(text) is None


def test_a_name_alone_may_be_another_word() -> None:
    found = salutation("FYI,\nsee below")
    assert found is not None
    assert found.bare


@given(st.text(max_size=300))
def test_any_text_has_an_answer(text: str) -> None:
    found = salutation(text)
    assert found is None or all(found.people)


@pytest.mark.parametrize(
    ("greeted", "box", "fits"),
    [
        ("paul", Mailbox("paul.durand@x.example"), True),
        ("durand", Mailbox("pdurand@x.example"), True),
        ("steve", Mailbox("steven.kean@x.example"), True),
        ("bob", Mailbox("robert.roux@x.example"), True),
        ("mueller", Mailbox("hans@x.example", "Hans Müller"), True),
        ("jp", Mailbox("jean.petit@x.example"), True),
        ("helene", Mailbox("h.roux@x.example"), True),
        ("claire", Mailbox("paul.durand@x.example"), False),
        ("martin", Mailbox("x12@x.example", "Claire Petit"), False),
    ],
)
def test_a_greeted_name_fits_a_mailbox_or_not(greeted: str, box: Mailbox, fits: bool) -> None:  # noqa: FBT001
    assert called_so((greeted,), box) is fits


def test_a_known_salutation_fits_whatever_the_address() -> None:
    assert called_so(("bebert",), Mailbox("x9@x.example"), ("bebert",))


def test_a_desk_shows_no_person() -> None:
    assert person(Mailbox("secretariat@x.example", "Secrétariat")) == frozenset()


@given(st.text(max_size=30), st.text(max_size=30))
def test_likeness_of_names_has_no_order(one: str, other: str) -> None:
    assert same_name(one, other) == same_name(other, one)
    assert one_slip(one, other) == one_slip(other, one)


@given(st.text(max_size=50))
def test_folding_twice_changes_nothing(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Cher ami,\nVoici.", "cher ami"),
        ("Chère Hélène, merci pour tout.", "chere helene"),
        ("Bonjour,\nVoici.", "bonjour"),
        ("Dr. Müller,\nVoici.", "dr muller"),
        ("Sehr geehrter Herr Kollege,\n…", "sehr geehrter herr kollege"),
        ("Bonjour je vous envoie le compte rendu de la patiente", "bonjour"),
        ("Madame, Monsieur,\n…", "madame"),
        ("Voici le compte rendu.", ""),
        ("", ""),
    ],
)
def test_with_which_words_a_message_begins(text: str, words: str) -> None:
    assert beginning(text) == words


def test_a_greeting_alone_is_for_anybody() -> None:
    assert tells_nobody("bonjour")
    assert not tells_nobody("cher ami")
    assert not tells_nobody("madame")
