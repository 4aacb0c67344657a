"""A console with two practices, two caretakers, and Charlie who has no rights."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from players import Post, Stage, let_in
from programs import Program
from speaking import REPORTS, Speaker, batch, now

from vigie.console.accounts.admitting import caretaker
from vigie.console.api import asking, keys
from vigie.console.api.scopes import Scope
from vigie.console.practices import scope
from vigie.wire.reports import Item


@pytest.fixture(autouse=True)
def _the_test_sees_everything(db: None) -> None:  # noqa: ARG001  (a database first)
    scope.see(scope.EVERYONE)


@pytest.fixture
def stage() -> Stage:
    karim, anna, charlie = (caretaker(name) for name in ("karim", "anna", "charlie"))
    return Stage(
        karim=karim,
        anna=anna,
        charlie=charlie,
        martin=scope.add_practice([karim], "Cabinet Martin"),
        favre=scope.add_practice([anna], "Dr Favre"),
    )


@pytest.fixture
def accueil(stage: Stage) -> Speaker:
    """Return an approved machine of Cabinet Martin."""
    return let_in(stage.martin)


@pytest.fixture
def post(client: Client) -> Post:
    """Return a function that posts exact bytes with a machine's signature."""

    def send(speaker: Speaker, body: bytes, path: str = REPORTS, **changed: str) -> HttpResponse:
        headers = {**speaker.headers(path, body), **changed}
        answer = client.post(path, body, content_type="application/json", headers=headers)
        scope.see(scope.EVERYONE)
        return answer

    return send


@pytest.fixture
def tell(post: Post) -> Callable[..., dict[str, Any]]:
    """Return a function that sends items and reads the receipt."""

    def send(speaker: Speaker, *items: Item) -> dict[str, Any]:
        answer = post(speaker, batch(*items))
        assert answer.status_code == 200, answer.content
        receipt: dict[str, Any] = json.loads(answer.content)
        return receipt

    return send


@pytest.fixture
def program(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Program:
    """Return a program with every scope that Karim may give."""
    monkeypatch.setattr(asking, "_rate", asking.Rate())
    return Program(keys.make(stage.karim, "tableau", Scope, now=now(), life=timedelta(days=1))[1])
