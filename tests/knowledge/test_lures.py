import pytest

from vigie.knowledge import lures
from vigie.knowledge.letters import plain


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Votre compte Ameli a été suspendu", "account"),
        ("Ihr Konto wurde gestern gesperrt", "account"),
        ("Uw account is geblokkeerd", "account"),
        ("Il tuo account è stato sospeso", "account"),
        ("Your account has been limited", "account"),
        ("Nos coordonnées bancaires ont changé", "bank"),
        ("J’ai besoin de cartes cadeaux", "gift_cards"),
        ("Envoyez votre pièce d’identité", "papers"),
        ("sous 24 heures", "pressure"),
        ("Frais de douane à régler", "parcel"),
    ],
)
def test_a_lure_is_known_by_its_words(text: str, kind: str) -> None:
    assert kind in lures.found(lures.words_of(plain(text)))


def test_an_ordinary_letter_holds_no_lure() -> None:
    letter = "Cher confrère, merci de m’avoir adressé Madame B. pour une toux. Bien à vous."
    assert lures.found(lures.words_of(plain(letter))) == {}


def test_a_gap_is_only_so_wide() -> None:
    far = "compte un deux trois quatre cinq six suspendu"
    assert lures.found(lures.words_of(far)) == {}
