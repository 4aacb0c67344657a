"""A poor line before a server: cuts connections, or lets them hang, where it is told to."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum

LOT = 100_000  # bytes of a message that come through before something happens to the line


class Trouble(StrEnum):
    """What happens to one connection."""

    SILENT_AT_ONCE = "the server never says a word"
    CUT_WITHIN = "the line is cut within the message"
    SILENT_WITHIN = "nothing is taken any more within the message"
    CUT_AFTER = "the line is cut between the last dot and its answer"
    SILENT_AFTER = "there is never an answer to the last dot"


WITHIN = (Trouble.CUT_WITHIN, Trouble.SILENT_WITHIN)


@dataclass
class PoorLine:
    """`troubles` are met one connection each, the next ones are good."""

    server: int
    troubles: list[Trouble | None]
    port: int = 0
    met: int = 0

    def carry(self, caller: socket.socket, stack: ExitStack, over: threading.Event) -> None:
        trouble = self.troubles[self.met] if self.met < len(self.troubles) else None
        self.met += 1
        if trouble is Trouble.SILENT_AT_ONCE:
            return
        server = stack.enter_context(socket.create_connection(("127.0.0.1", self.server)))
        mute = threading.Event()  # nothing of what the server says comes through any more
        for source, to, what in ((caller, server, trouble), (server, caller, None)):
            thread = threading.Thread(target=_forward, args=(source, to, what, mute, over))
            thread.start()
            stack.callback(thread.join, 10)


def _forward(
    source: socket.socket,
    to: socket.socket,
    trouble: Trouble | None,
    mute: threading.Event,
    over: threading.Event,
) -> None:
    passed, ended = 0, b""
    with suppress(OSError):
        while data := source.recv(16_384):
            ended = (ended + data)[-5:]
            passed += len(data)
            last = ended == b"\r\n.\r\n"
            if (trouble in WITHIN and passed > LOT) or (trouble and last):
                mute.set()  # before the server hears it: no answer comes through
            if trouble is Trouble.SILENT_WITHIN and mute.is_set():
                over.wait()
                return
            if not mute.is_set() or trouble:
                to.sendall(data)
            if trouble in (Trouble.CUT_WITHIN, Trouble.CUT_AFTER) and mute.is_set():
                break
    for end in (source, to):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


@contextmanager
def poor_line(server: int, *troubles: Trouble | None) -> Iterator[PoorLine]:
    over = threading.Event()
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        line = PoorLine(server, list(troubles), listener.getsockname()[1])

        def listen() -> None:
            with suppress(OSError):
                while True:
                    caller, _ = listener.accept()
                    line.carry(stack.enter_context(caller), stack, over)

        thread = threading.Thread(target=listen)
        thread.start()
        stack.callback(thread.join, 10)
        try:
            yield line
        finally:
            over.set()
            listener.shutdown(socket.SHUT_RDWR)
