"""The API is what its description says: schemathesis asks it everything the description allows."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from players import Stage, let_in
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from speaking import backup, now, question, report

from vigie.console.alerts.models import Alert, Kind
from vigie.console.api import asking, keys
from vigie.console.api.described import api, describe
from vigie.console.api.forms import SAID
from vigie.console.api.scopes import Scope
from vigie.console.incidents import opening, pack
from vigie.console.intake.models import Question
from vigie.console.letters import keeping
from vigie.console.letters.months import Month
from vigie.console.notices.duties import look_for_news
from vigie.console.people import words
from vigie.console.practices import scope
from vigie.console.practices.models import Practice

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(describe())
OPERATIONS = {result.ok().label: result.ok() for result in SCHEMA.get_all_operations()}


# What a path names besides the practice; a number that was made up is hardly ever there.
NAMED = {
    "step": "cnil",
    "paper": "notice",
    "form": "docx",
    "month": "2026-10",
    "item": "offline_copy",
}


@pytest.fixture
def there(stage: Stage, tell: Callable[..., object]) -> dict[str, str]:
    """Return what fills the paths: an incident, a question and more of Cabinet Martin."""
    speaker = let_in(stage.martin)
    let_in(stage.martin, approved=False)
    tell(speaker, report(), speaker.proof(), backup(now()), question())
    look_for_news.call()
    matter = Alert.objects.filter(kind=Kind.REPORT).latest("pk")
    opened = opening.from_matter(matter, now(), by=stage.karim)
    return NAMED | {
        "machine": speaker.pseudonym,
        "matter": str(matter.pk),
        "incident": str(opened.pk),
        "pack": str(pack.make(opened, now(), by=stage.karim).pk),
        "question": str(Question.objects.get().pk),
    }


def _write_letter(practice: Practice) -> None:
    """Write the letter of a month in which nothing was told; printing it takes a second."""
    Practice.objects.filter(pk=practice.pk).update(since=now() - timedelta(days=400))
    practice.refresh_from_db()
    month = Month.parse(NAMED["month"])
    keeping.write(practice, month, month.following.begins(practice.timezone))


@pytest.fixture
def key(stage: Stage, there: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    assert there
    monkeypatch.setattr(asking, "BURST", 1e9)
    text = keys.make(stage.karim, "all", Scope, now=now(), life=timedelta(days=1))[1]
    both = (request_started, request_finished)
    for signal in both:
        signal.disconnect(close_old_connections)  # the test's transaction is on this connection
    yield text
    for signal in both:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("label", OPERATIONS)
def test_whatever_the_description_allows_is_answered_as_it_says(
    label: str, key: str, stage: Stage, there: dict[str, str]
) -> None:
    operation, application = OPERATIONS[label], get_wsgi_application()
    if "letters" in operation.path:
        _write_letter(stage.martin)
    practices = [stage.martin.pseudonym, stage.favre.pseudonym]
    good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    bad = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    answered = set()

    @settings(max_examples=25, suppress_health_check=list(HealthCheck))
    @given(case=st.one_of(good, bad), practice=st.sampled_from(practices), named=st.booleans())
    def ask(case: schemathesis.Case, practice: str, named: bool) -> None:  # noqa: FBT001
        if case.path_parameters.get("practice"):
            case.path_parameters["practice"] = practice  # what was made up is never there
        if named:
            known = there.keys() & case.path_parameters.keys()
            case.path_parameters.update({name: there[name] for name in known})
        answer = case.call(
            app=application,
            base_url="http://127.0.0.1",
            headers={"Authorization": f"Bearer {key}"},
        )
        scope.see(scope.EVERYONE)
        answered.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    ask()
    assert answered - {401}  # it makes up keys as well


def test_the_description_names_a_scope_for_each_operation_and_promises_nothing_else() -> None:
    told = describe()
    assert told["openapi"].startswith("3.1")
    scopes = {
        operation.get("x-scope")
        for path, operations in told["paths"].items()
        for operation in operations.values()
        if not path.endswith(("/me", "/openapi.json"))
    }
    assert scopes == {scope.value for scope in Scope} - {Scope.READ_METRICS.value}


@pytest.mark.parametrize("scope_of_keys", Scope)
def test_every_scope_is_documented_and_said_to_whoever_makes_a_key(scope_of_keys: Scope) -> None:
    told = (Path(__file__).parents[2] / "docs/operating/api.md").read_text("utf-8")
    assert f"`{scope_of_keys.value}`" in told
    assert SAID[scope_of_keys]


def test_what_a_program_reads_of_a_practice_has_words_on_the_page_of_who_has_looked() -> None:
    names = {
        str(url.name)
        for url in api.urls[0]
        if "<practice>" in str(url.pattern)
        and "get" in SCHEMA.raw_schema["paths"][_described(str(url.pattern))]
    }
    assert {"incident", "proofs", "letters"} <= names
    assert names - WRITES - words._PAGES.keys() == set()


# Where one address is read and written, these are the names of the writing.
WRITES = {"open_told", "revise", "reword_paper", "make_evidence"}


def _described(pattern: str) -> str:
    return "/api/v1/" + pattern.replace("<", "{").replace(">", "}")
