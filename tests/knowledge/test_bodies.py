import pytest

from vigie.knowledge.bodies import BODIES, REGISTER, BodiesWrong, read_bodies


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("assurance maladie", "l’Assurance Maladie"),
        ("service ameli", "l’Assurance Maladie"),
        ("la banque postale", "La Banque Postale"),
        ("microsoft account team", "Microsoft"),
        ("apple", "Apple"),
    ],
)
def test_a_name_claims_a_body(name: str, title: str) -> None:
    body = REGISTER.in_name(name)
    assert body is not None
    assert body.title == title


@pytest.mark.parametrize(
    "name", ["jean leclerc", "lockergnome apple core", "dr boulanger", "orange mecanique revue", ""]
)
def test_a_name_that_only_mentions_one_claims_nothing(name: str) -> None:
    assert REGISTER.in_name(name) is None


def test_every_official_domain_is_owned_by_its_body() -> None:
    for body in BODIES:
        assert body.domains
        owners = {REGISTER.owner(domain) for domain in body.domains}
        assert None not in owners


def test_braces_stand_for_several_domains_and_a_bad_file_says_why() -> None:
    good = '[[table]]\nrows = [{ title = "X", names = ["x"], domains = ["x.{fr,be}"] }]\n'
    assert read_bodies(good)[0].domains == {"x.fr", "x.be"}
    with pytest.raises(BodiesWrong):
        read_bodies('[[table]]\nrows = [{ title = "X" }]\n')
    with pytest.raises(BodiesWrong):
        read_bodies("not toml")
