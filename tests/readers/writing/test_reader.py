"""A text's bytes, read in the cell: always an answer, within its time, and nothing kept."""

import time
from collections.abc import Iterator

import pytest

from vigie.domain.evidence.writing import Kind
from vigie.readers.writing.letters import decoded
from vigie.readers.writing.reader import WritingReader


@pytest.fixture(scope="module")
def reader() -> Iterator[WritingReader]:
    with WritingReader() as opened:
        yield opened


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_text_is_read_in_the_encoding_it_was_saved_in(
    reader: WritingReader, encoding: str
) -> None:
    text = "Reçu Mme Lefèvre, née le 12/03/1960"
    marks = reader.read(text.encode(encoding)).marks
    shown = decoded(text.encode(encoding))
    assert [shown[m.start : m.end] for m in marks] == ["Lefèvre", "12/03/1960"]


@pytest.mark.parametrize(
    ("untrusted", "reason"),
    [(b"Mme Durand " * 1_000_000, "too_long"), (b"a" * 500_000, "too_long"), (bytes(range(256)) * 99, "no_text"),
     (b"%PDF-1.7\x00\x01\x02\x03" * 50, "no_text")],
)  # fmt: skip
def test_what_is_no_text_or_too_long_is_refused_in_words(
    reader: WritingReader, untrusted: bytes, reason: str
) -> None:
    began = time.monotonic()
    assert reader.read(untrusted).unread == reason
    assert time.monotonic() - began < 10


@pytest.mark.parametrize(
    "piece",
    ["Saint-", "a-", "<a ", "&", "rue de la ", "né à ", "1 2 ", "(", "e\u0301\u0301", "@a", "A", "\u202e\u200b", "😀"],
)  # fmt: skip
def test_a_text_made_to_be_slow_has_its_answer_in_time(reader: WritingReader, piece: str) -> None:
    began = time.monotonic()
    reading = reader.read((piece * (60_000 // len(piece)) + " Mme Durand").encode())
    assert time.monotonic() - began < 10
    assert reading.unread or any(mark.kind is Kind.NAME for mark in reading.marks)
