"""What is judged bad is known by a mark, and nobody whom people rely on ever is."""

import pytest

from vigie.knowledge.relied_on import markable
from vigie.knowledge.reported import host_mark, owned, sender_mark


@pytest.mark.parametrize("host", ["ameli-carte.top", "www.ameli-carte.top", "avis-facture.com"])
def test_a_domain_of_one_owner_can_be_marked(host: str) -> None:
    assert markable(host)


@pytest.mark.parametrize(
    "host", ["gmail.com", "laposte.net", "mssante.fr", "bit.ly", "192.168.1.4", "", "localhost"]
)
def test_what_is_everybodys_is_never_marked(host: str) -> None:
    assert not owned(host)
    assert not markable(host)


@pytest.mark.parametrize("host", ["ameli.fr", "assure.ameli.fr", "impots.gouv.fr"])
def test_a_body_is_never_marked(host: str) -> None:
    assert not markable(host)


def test_a_mark_says_of_what_it_is_and_names_nothing() -> None:
    assert sender_mark("a.example") != host_mark("a.example")
    assert "example" not in host_mark("a.example")
    assert len(host_mark("a.example")) == 64
