import pytest

from vigie.knowledge import letters


@pytest.mark.parametrize(
    ("shown", "read"),
    [
        ("Αmazοn", "amazon"),
        ("Ѕесurіtу", "security"),
        ("Mi\U000e0139c\u200bro\u00adsoft", "microsoft"),
        ("Sécurité Sociale", "securite sociale"),
        ("𝗨𝗣𝗦", "ups"),
        ("l’Assurance", "l'assurance"),
    ],
)
def test_a_disguised_word_is_read_as_people_read_it(shown: str, read: str) -> None:
    assert letters.plain(shown) == read


def test_spaced_letters_are_drawn_together_and_initials_left_apart() -> None:
    assert letters.drawn_together("a m e l i pro") == "ameli pro"
    assert letters.drawn_together("j. p. martin") == "j. p. martin"


def test_two_scripts_in_one_word_are_odd_and_in_one_line_are_not() -> None:
    assert letters.mixed("Αmazοn") == "Αmazοn"
    assert letters.mixed("Москва Moscow") == ""
    assert letters.mixed("élève") == ""


def test_digits_stand_for_letters() -> None:
    assert letters.undigited("paypa1") == "paypal"
