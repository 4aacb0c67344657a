"""What a real server does once in a thousand times, done here each time by a scripted one."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from vigie.tools.imap import Mailbox, Server
from vigie.tools.smtp import Credentials, NoAnswer, Security

ANSWERS = {
    b"CAPABILITY": b"* CAPABILITY IMAP4rev1 IDLE\r\n",
    b"SELECT": b"* 0 EXISTS\r\n* OK [UIDVALIDITY 1] here\r\n",
}


def _converse(listener: socket.socket, when_idle: bytes, *, stays: bool) -> None:
    asked, _ = listener.accept()
    with asked, asked.makefile("rwb", buffering=0) as line:
        line.write(b"* OK ready\r\n")
        while words := line.readline().split():
            tag, verb = words[0], words[1].upper()
            if verb == b"IDLE":
                line.write(when_idle)
                if not stays or line.readline() != b"DONE\r\n":
                    return
            line.write(ANSWERS.get(verb, b"") + tag + b" OK done\r\n")


@contextmanager
def mailbox(when_idle: bytes, *, stays: bool = True) -> Iterator[Mailbox]:
    """Open a mailbox whose server says this once it is asked to speak by itself."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(
            target=_converse, args=(listener, when_idle), kwargs={"stays": stays}
        )
        thread.start()
        port = listener.getsockname()[1]
        box = Mailbox(
            Server(host="127.0.0.1", port=port, security=Security.NONE),
            Credentials(login="a", mechanism="PLAIN", secret="b"),
        )
        box.select("INBOX")
        yield box
        box.close()
        thread.join(10)


def test_news_that_comes_along_with_the_answer_to_idle_is_heard_at_once() -> None:
    with mailbox(b"+ idling\r\n* 1 EXISTS\r\n") as box:
        began = time.monotonic()
        with box.idling() as heard:
            assert heard(10.0)
        assert time.monotonic() - began < 5


def test_a_connection_that_is_cut_while_we_wait_is_no_answer() -> None:
    with mailbox(b"+ idling\r\n", stays=False) as box:
        began = time.monotonic()
        with pytest.raises(NoAnswer), box.idling() as heard:  # noqa: PT012  (it ends at its end)
            while not heard(10.0):
                assert time.monotonic() - began < 5


def test_a_server_that_says_nothing_is_waited_for() -> None:
    with mailbox(b"+ idling\r\n") as box:
        began = time.monotonic()
        with box.idling() as heard:
            assert not heard(0.3)
        assert time.monotonic() - began >= 0.3
