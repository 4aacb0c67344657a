"""The same text without what identifies: it reads well, and twice is once."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from vigie.domain.practice import Language
from vigie.knowledge.writing import FEWEST, crowd, masked, search


def mask(text: str, language: Language | None = None) -> str:
    return masked(text, search(text), language)


def test_a_masked_post_reads_well() -> None:
    text = "Mme Lefèvre, 54 ans, vit à Mens. Son fils Théo m'a appelée au 06 12 34 56 78."
    assert mask(text) == (
        "Mme X, la cinquantaine, vit dans un village. Son fils Y m'a appelée au [téléphone]."
    )


def test_one_person_keeps_one_letter_and_their_sex() -> None:
    text = "Julie Martin a rappelé. Mme Martin est inquiète, dit Julie. Karim Benali aussi."
    assert mask(text) == "Mme X a rappelé. Mme X est inquiète, dit X. M. Y aussi."


def test_a_masked_number_tells_nothing_of_its_length() -> None:
    short, long = mask("IPP 12345 vu"), mask("IPP 1234567890123 vu")
    assert short == long == "IPP [numéro de dossier] vu"


def test_a_combination_is_told_in_larger_classes() -> None:
    text = "Un luthier de 54 ans, de Mens, avec une maladie de Wilson."
    few = crowd(search(text))
    assert few is not None
    assert few < FEWEST
    again = mask(text)
    assert (
        again == "Un artisan d’une cinquantaine d’années, d’un village, avec une maladie de Wilson."
    )
    assert crowd(search(again)) is None


@pytest.mark.parametrize(
    ("language", "said"),
    [(Language.DE, "Frau X, [Alter], aus [Ort]"), (Language.EN, "Frau X, [age], aus [town]")],
)
def test_other_languages_are_masked_in_their_own_words(language: Language, said: str) -> None:
    assert mask("Frau Keller, 58-jährig, aus Thun", language) == said


def test_letters_that_the_text_uses_already_are_not_given_twice() -> None:
    assert mask("Mme X et Mme Durand") == "Mme X et Mme Y"


# What is written, and of it what must not be left.
_PEOPLE = {
    "Mme Lefèvre ": "Lefèvre", "Karim Benali, ": "Karim Benali", "Dr J. Durand ": "Durand",
    "la petite Zoé ": "Zoé", "M. et Mme Roux ": "Roux", "mme lefebvre ": "lefebvre",
    "ma collegue sandrine ": "sandrine", "jai vu kevin hier ": "kevin", "la maman de lucas ": "lucas",
    "J.-P. Morel ": "Morel", "j. durand ": "durand", "J.Durand ": "Durand", "Mr.Smith ": "Smith",
    "Frau Keller ": "Keller", "Herr Müller, ": "Müller", "die Tochter von Frau Meier ": "Meier",
    "Mrs Jane Carter, ": "Jane Carter", "his daughter Emily ": "Emily", "Prof. Schneider ": "Schneider",
    "son fils Hugo ": "Hugo", "l'infirmière Nadia Cherif ": "Nadia Cherif", "née Kowalski ": "Kowalski",
    "patient BOURGEOIS Alain ": "BOURGEOIS Alain", "DUPONT-MORET Élise ": "DUPONT MORET Élise",
    "famille Garcia ": "Garcia", "chez Blanc ": "Blanc", "le Dr Petit ": "Petit", "(Mme Faure) ": "Faure",
    "suivi par Moreau ": "Moreau", "Anne-Sophie Le Goff ": "Sophie Goff", "O'Brien ": "Brien",
    "Ould Ahmed ": "Ould Ahmed", "El Haddad, ": "Haddad", "N'Guyen ": "Guyen", "l'enfant Noé, ": "Noé",
    "Pierre et Paul ": "Pierre Paul", "Julie ": "Julie", "Rose, ": "Rose", "DURAND ": "DURAND",
}  # fmt: skip
_PLACES = {
    "à Mens ": "Mens", "38000 Grenoble ": "Grenoble", "12 rue des Lilas, ": "Lilas",
    "à Saint-Martin-d'Hères, ": "Hères", "née à Crest ": "Crest", "de La Rochelle ": "Rochelle",
    "mme dupuis habite lens ": "dupuis lens", "aus Thun ": "Thun", "from Namur ": "Namur",
    "hôpital Saint-Joseph ": "Joseph", "EHPAD Les Tilleuls ": "Tilleuls", "école Jules Ferry, ": "Ferry",
}  # fmt: skip
_NUMBERS = {
    "34 ans, ": "34", "le 12 mars 2024 ": "mars", "née le 12/03/1960 ": "1960", "le 3 mai ": "mai",
    "06 12 34 56 78 ": "56", "x@y.fr ": "", "NIR 2 55 03 38 185 012 34 ": "185", "58-jährig, ": "58",
}  # fmt: skip
_ELSE = [
    "luthier ", "maladie de Horton ", "test de Guthrie ", "score de Wells ", "Isère ", "et ", "puis ",
    "Bonjour, ", "Merci. ", "Doliprane ", "au CHU de Lyon. ", "Mme D. ", "le petit T. ", "B. Z., 38 ans, ",
    "maire de Crest ", "notre boulanger ", "elle vient de ", "bjr dr, ", "Parkinson, ", "X ", "Mme Y ",
    "- ", "\n", "\n\n", "; ",
]  # fmt: skip
_PIECES = _PEOPLE | _PLACES | _NUMBERS | dict.fromkeys(_ELSE, "")
_WRITTEN = st.lists(st.sampled_from(sorted(_PIECES)), max_size=8)
_POSTS = _WRITTEN.map("".join)


@given(_WRITTEN)
@example(["test de Guthrie ", "suivi par Moreau "])
@example(["12 rue des Lilas, ", "jai vu kevin hier "])
@example(["le 3 mai ", "12 rue des Lilas, "])
def test_no_name_is_left_whatever_stands_beside_it(pieces: list[str]) -> None:
    secrets = {word for piece in pieces for word in _PIECES[piece].split()}
    left = set(re.findall(r"\w+", mask("".join(pieces)))) & secrets
    assert not left


@given(_POSTS)
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


def test_somebody_named_after_a_place_is_no_disease() -> None:
    text = "maladie de Horton à Mens Karim Benali, revu"
    assert mask(text) == "maladie de Horton dans un village M. X, revu"
