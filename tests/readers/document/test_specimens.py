"""The papers a reader warms up with are whole and harmless, and leave nothing behind."""

import msgspec
import pytest

from vigie.readers.document import parse, specimens, tasks
from vigie.readers.mail import parse as letters
from vigie.readers.sandbox.memory import in_memory

PAPERS = dict(specimens.papers())


@pytest.mark.parametrize("name", PAPERS)
def test_a_specimen_is_what_it_is_called_and_does_nothing(name: str) -> None:
    seen = parse.look(PAPERS[name], name=name)
    assert not seen.sights
    assert seen.form not in ("", "unknown")


def test_a_reading_says_the_same_before_and_after_the_warming_up() -> None:
    letter = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: Essai\r\n\r\nBonjour.\r\n"
    first = letters.parse(letter)
    letters.warm_up()
    tasks.warm_up()
    assert letters.parse(letter) == first


def test_a_cell_does_both_tasks() -> None:
    with in_memory(PAPERS["lettre.docx"]) as file:
        said = tasks.read(file.fileno(), task="look", name="lettre.docx")
        copy = tasks.read(file.fileno(), task="disarm")
    assert isinstance(said, str)
    assert msgspec.json.decode(said)["form"] == "ooxml"
    assert isinstance(copy, dict)
    assert copy["kind"] == "docx"
