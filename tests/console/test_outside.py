"""The look from outside: only at whoever asks, only where that is public, and seldom."""

import msgspec
import pytest
from players import Post
from speaking import Speaker

from vigie.console.intake import api
from vigie.console.intake.outside import Seldom, look
from vigie.wire.envelope import OUTSIDE as PATH
from vigie.wire.outside import OutsideLook, encode

ASKED = encode(OutsideLook(ports=(23, 80, 9100)))


@pytest.mark.parametrize("address", ["127.0.0.1", "192.168.1.7", "10.0.0.1", "", "x", "::1"])
def test_nobody_inside_is_ever_connected_to(address: str) -> None:
    touched: list[int] = []
    sight = look(address, [80], lambda _, port: touched.append(port) is None)
    assert (sight.looked, sight.open, touched) == (False, (), [])


def test_what_answers_is_said_and_each_port_is_tried_once() -> None:
    touched: list[tuple[str, int]] = []

    def reaches(address: str, port: int) -> bool:
        touched.append((address, port))
        return port == 9100

    sight = look("81.2.69.142", [23, 9100, 23], reaches)
    assert (sight.looked, sight.open) == (True, (9100,))
    assert sorted(touched) == [("81.2.69.142", 23), ("81.2.69.142", 9100)]


def test_a_practice_is_looked_at_seldom() -> None:
    now = [0.0]
    seldom = Seldom(lambda: now[0])
    assert seldom.take(1)
    assert not seldom.take(1)
    assert seldom.take(2)
    now[0] = 301.0
    assert seldom.take(1)


@pytest.mark.django_db
def test_a_machine_that_asks_from_inside_learns_that_nothing_was_seen(
    accueil: Speaker, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "_seldom", Seldom())
    answer = post(accueil, ASKED, PATH)
    assert (answer.status_code, msgspec.json.decode(answer.content)["looked"]) == (200, False)
    assert post(accueil, ASKED, PATH).status_code == 429


@pytest.mark.django_db
def test_a_look_without_a_signature_or_a_shape_is_refused(accueil: Speaker, post: Post) -> None:
    assert post(accueil, b'{"ports": [0]}', PATH).status_code == 422
    assert post(accueil, b'{"ports": [80], "address": "8.8.8.8"}', PATH).status_code == 422
