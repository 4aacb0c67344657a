import pytest

from vigie.knowledge.words_for_locks import said


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Mot de passe : Vitale-2026", "Vitale-2026"),
        ("Le mot de passe est : 4471.", "4471"),
        ("Voici le code: 2210 pour ouvrir", "2210"),
        ("Password: Sesame!", "Sesame!"),
        ("Das Passwort lautet: Zürich7", "Zürich7"),
        ("mot de passe\u00a0: «\u202fsoleil\u202f»", "soleil"),
    ],
)
def test_a_password_that_a_letter_gives_is_found(text: str, word: str) -> None:
    assert word in said(text)


def test_an_ordinary_letter_gives_none() -> None:
    assert said("Cher confrère, merci de recevoir Mme Martin en consultation.") == ()


def test_a_letter_full_of_passwords_gives_few() -> None:
    assert len(said("code: abc1 " * 5000 + " ".join(f"code: m{n}xx" for n in range(999)))) <= 10
