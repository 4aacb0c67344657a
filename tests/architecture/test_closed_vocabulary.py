"""The wire has no room for a sentence: a field of free text fails the build."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
import pytest

from vigie.wire import enrolment, orders, outside, reports

WORDS = (
    reports.Batch,
    reports.Receipt,
    enrolment.Application,
    enrolment.Admission,
    orders.Order,
    outside.OutsideLook,
    outside.OutsideSight,
)
# The one text that is not made of slugs: an order, under the caretaker's signature, on its way
# *to* a machine. It is decoded by `orders.decode`, whose own schema is checked here as well.
SIGNED = {"SignedOrder.body", "AssertedOrder.body"}


def parts(schema: object, owner: str) -> Iterator[tuple[str, object]]:
    """Yield the schemas inside a schema, each with the name of its field."""
    if isinstance(schema, list):
        yield from ((owner, part) for part in schema)
    elif isinstance(schema, dict):
        for name, definition in schema.get("$defs", {}).items():
            yield name, definition
        for name, field in schema.get("properties", {}).items():
            yield f"{owner.split('.', maxsplit=1)[0]}.{name}", field
        for key, part in schema.items():
            if key not in {"$defs", "properties"}:
                yield owner, part


def free_texts(schema: object, owner: str = "") -> Iterator[str]:
    if isinstance(schema, dict) and schema.get("type") == "string":
        bounded = schema.keys() & {"pattern", "enum", "const"}
        if not bounded and schema.get("format") != "date-time":
            yield owner
    for name, part in parts(schema, owner):
        yield from free_texts(part, name)


@pytest.mark.parametrize("word", WORDS, ids=lambda word: str(word.__name__))
def test_no_field_of_the_wire_holds_free_text(word: type) -> None:
    assert set(free_texts(msgspec.json.schema(word))) <= SIGNED


def test_a_free_text_would_be_seen() -> None:
    leaky = msgspec.defstruct("Leaky", [("subject", str)])
    assert list(free_texts(msgspec.json.schema(leaky))) == ["Leaky.subject"]


def test_numbers_are_counted_and_bounded_by_slugs() -> None:
    schema = msgspec.json.schema(Annotated[dict[reports.Slug, int], msgspec.Meta(max_length=16)])
    assert "pattern" in schema["propertyNames"]
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"Jean Dupont": 1}', type=reports.Numbers)
