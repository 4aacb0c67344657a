"""The same text without what identifies: it reads well, and twice is once."""

import pytest
from hypothesis import given
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


_POSTS = st.lists(
    st.sampled_from(
        ["Mme Lefèvre ", "Karim Benali, ", "34 ans, ", "à Mens ", "38000 Grenoble ", "12 rue des Lilas, ",
         "le 12 mars 2024 ", "née le 12/03/1960 ", "luthier ", "Dr J. Durand ", "06 12 34 56 78 ",
         "au CHU de Lyon. ", "la petite Zoé ", "M. et Mme Roux ", "maladie de Horton ", "x@y.fr ", "Isère "]
    ),
    max_size=8,
).map("".join)  # fmt: skip


@given(_POSTS)
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


def test_somebody_named_after_a_place_is_no_disease() -> None:
    text = "maladie de Horton à Mens Karim Benali, revu"
    assert mask(text) == "maladie de Horton dans un village M. X, revu"
