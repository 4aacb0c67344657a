"""Letters through a real SMTP server on this machine."""

import email
import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.policy import default
from typing import TYPE_CHECKING, Any

import pytest
from aiosmtpd.controller import Controller
from django.test import override_settings
from months_made import Ledger
from players import Stage

from vigie.console.journal import chain
from vigie.console.letters import keeping, posting
from vigie.console.letters.models import Addressee, Dispatch
from vigie.console.letters.months import Month
from vigie.console.practices.models import Practice

if TYPE_CHECKING:
    from email.message import EmailMessage

MORNING = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


class Postbox:
    """Keep what arrives; `answer` is what the server says to it."""

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.answer = "250 OK"
        self.hangs_up = False

    async def handle_DATA(self, server: Any, session: object, envelope: Any) -> str:  # noqa: N802, ANN401
        assert session
        if self.answer.startswith("250") or self.hangs_up:
            self.arrived.append(email.message_from_bytes(envelope.content, policy=default))
        if self.hangs_up:
            server.transport.abort()
        return self.answer


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    box = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    smtp = "django.core.mail.backends.smtp.EmailBackend"
    with override_settings(
        EMAIL_BACKEND=smtp, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_USE_TLS=False,
        LETTERS_BY_MAIL=True, DEFAULT_FROM_EMAIL="karim@vigie.example",
    ):  # fmt: skip
        yield box
    server.stop()


@pytest.fixture
def dispatch(lived: Callable[[str], Ledger], martin: Practice) -> Dispatch:
    lived("quiet")
    return keeping.write(martin, Month(2026, 10), MORNING).dispatch


def read(dispatch: Dispatch) -> None:
    Dispatch.objects.filter(pk=dispatch.pk).update(approved_at=MORNING)


def test_nothing_leaves_before_it_was_read(postbox: Postbox, dispatch: Dispatch) -> None:
    assert posting.send_all(MORNING) == 0
    read(dispatch)
    assert posting.send_all(MORNING) == 1
    assert posting.send_all(MORNING + timedelta(hours=1)) == 0
    assert len(postbox.arrived) == 1


def test_a_letter_arrives_as_text_page_and_sheet(postbox: Postbox, dispatch: Dispatch) -> None:
    read(dispatch)
    posting.send_all(MORNING)
    (message,) = postbox.arrived
    letter = dispatch.letter
    assert message["To"] == "docteur@cabinet.example"
    assert message["Subject"] == letter.subject
    text, html = (message.get_body([kind]) for kind in ("plain", "html"))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n").strip() == letter.text.strip()
    assert "style=" in html.get_content()
    (paper,) = message.iter_attachments()
    assert paper.get_content() == bytes(letter.pdf)
    assert paper.get_filename() == "vigie-2026-10.pdf"


def test_who_trusts_the_letter_gets_it_at_once(
    postbox: Postbox, lived: Callable[[str], Ledger], martin: Practice
) -> None:
    Addressee.objects.update(read_first=False)
    lived("quiet")
    keeping.write(martin, Month(2026, 10), MORNING)
    assert posting.send_all(MORNING) == 1
    assert len(postbox.arrived) == 1


def test_without_mail_set_up_or_an_address_a_letter_waits(
    postbox: Postbox, dispatch: Dispatch
) -> None:
    read(dispatch)
    with override_settings(LETTERS_BY_MAIL=False):
        assert posting.send_all(MORNING) == 0
    Addressee.objects.update(mail="")
    assert posting.send_all(MORNING) == 0
    assert postbox.arrived == []
    dispatch.refresh_from_db()
    assert dispatch.begun_at is None


def test_a_server_that_does_not_answer_or_refuses_is_asked_again(
    postbox: Postbox, dispatch: Dispatch
) -> None:
    read(dispatch)
    with override_settings(EMAIL_PORT=9):
        assert posting.send_all(MORNING) == 0
    dispatch.refresh_from_db()
    assert dispatch.trouble == posting.UNREACHABLE
    postbox.answer = "452 not now"
    assert posting.send_all(MORNING) == 0
    dispatch.refresh_from_db()
    assert (dispatch.trouble, dispatch.begun_at) == (posting.REFUSED, None)
    postbox.answer = "250 OK"
    assert posting.send_all(MORNING) == 1
    assert len(postbox.arrived) == 1


def test_a_line_that_breaks_at_the_last_moment_never_makes_two_letters(
    postbox: Postbox, dispatch: Dispatch, stage: Stage
) -> None:
    read(dispatch)
    postbox.hangs_up = True  # after the last line of the letter, before its answer
    assert posting.send_all(MORNING) == 0
    assert posting.send_all(MORNING + timedelta(hours=1)) == 0
    dispatch.refresh_from_db()
    assert (dispatch.trouble, dispatch.sent_at) == (posting.UNSURE, None)
    assert len(postbox.arrived) == 1
    postbox.hangs_up = False
    assert posting.again(dispatch, MORNING, by=stage.karim)
    assert posting.send_all(MORNING + timedelta(hours=2)) == 1
    assert not posting.again(dispatch, MORNING, by=stage.karim)
    rows = [json.loads(entry.body)["event"] for entry in chain.entries(dispatch.practice)]
    assert rows.count("letter_let_go_again") == 1
    first, second = postbox.arrived
    assert first["Message-ID"] == second["Message-ID"]
