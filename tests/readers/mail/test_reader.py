"""The way through the cells: always an answer, in time, whatever the bytes."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from hostile_mail import hostile
from mail_made import message
from twins import twins

from vigie.readers.mail.reader import LIMITS, MailReader, read_mail
from vigie.readers.mail.parse import parse
from vigie.tools.confinement import Limits

pytestmark = pytest.mark.kernel

HOSTILE = 400  # benchmarks/mail/hostile.py plays 5,000
SECONDS = 5.0


@pytest.fixture(scope="module")
def reader() -> Iterator[MailReader]:
    with MailReader() as reader:
        yield reader


def test_a_cell_says_what_the_parser_says(reader: MailReader) -> None:
    for made in list(twins())[:12]:
        untrusted = message(made)
        assert reader.read(untrusted) == parse(untrusted)
    assert reader.weakest_link == ""


def test_one_message_can_be_read_in_one_line() -> None:
    assert read_mail(b"From: a@b.fr\n\nBonjour").sender.address == "a@b.fr"


def test_hostile_messages_are_all_answered_in_time(reader: MailReader) -> None:
    seeds = [message(made, number) for number, made in enumerate(twins())]
    for number, untrusted in enumerate(hostile(seeds, HOSTILE)):
        begun = time.monotonic()
        seen = reader.read(untrusted)
        assert time.monotonic() - begun < SECONDS, number
        assert seen.size == len(untrusted)


def test_a_hundred_megabytes_are_answered_in_time(reader: MailReader) -> None:
    line = b"Q" * 76 + b"\r\n"
    head = b"From: a@b.fr\r\nContent-Type: application/zip; name=a.zip\r\n"
    untrusted = head + b"Content-Transfer-Encoding: base64\r\n\r\n" + line * 1_300_000
    begun = time.monotonic()
    seen = reader.read(untrusted)
    assert time.monotonic() - begun < SECONDS
    assert (seen.sender.address, seen.size) == ("a@b.fr", len(untrusted))


def test_a_cell_that_dies_costs_the_attachments_and_not_the_answer() -> None:
    with MailReader(cells=2) as reader:
        first = reader._pool._idle.queue[-1]
        os.kill(first.pid, signal.SIGKILL)
        seen = reader.read(b"From: a@b.fr\nSubject: x\n\nBonjour")
        assert seen.sender.address == "a@b.fr"
        assert seen.defects[0] == "reader_died"


def test_a_reader_that_never_answers_leaves_a_message_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sleepy.py").write_text(
        "import time\ndef read(descriptor, **options):\n    time.sleep(60)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("vigie.readers.mail.reader._READER", "sleepy.read")
    with MailReader(limits=Limits(time=timedelta(seconds=0.3)), cells=2) as reader:
        seen = reader.read(b"From: a@b.fr\n\n")
    assert seen.defects == ("reader_too_slow",)
    assert seen.sender.address == ""


def test_a_lying_cell_is_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "liar.py").write_text(
        "def read(descriptor, **options):\n    return '{\"digest\": 3, \"size\": \"x\"}'\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("vigie.readers.mail.reader._READER", "liar.read")
    with MailReader(limits=LIMITS, cells=2) as reader:
        assert reader.read(b"From: a@b.fr\n\n").defects == ("reader_bad_answer",)
