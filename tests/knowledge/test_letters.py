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


@pytest.mark.parametrize(
    ("host", "odd"),
    [
        ("www.ameli.fr", False),
        ("münchen.example", False),
        ("société.example", False),
        ("\U0001d5ee\U0001d5fa\U0001d5f2\U0001d5f9\U0001d5f6.example", True),
        ("İgtj.attika.example", True),
        ("ð\u009dŸ.example", True),
        ("ａｍｅｌｉ.example", True),
    ],
)
def test_a_host_of_letters_that_no_registry_gives_out_is_odd(host: str, *, odd: bool) -> None:
    assert letters.of_no_host(host) is odd
