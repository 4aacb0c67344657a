"""A mailbox over IMAP (imapclient): new letters, letters moved, letters put back."""

import contextlib
import re
import selectors
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError, LoginError

from vigie.tools.smtp import Credentials, NoAnswer, Refused, Security

PATIENCE = timedelta(seconds=60)
_COPIED = re.compile(rb"\[(?:COPYUID (\d+) [\d:,]+|APPENDUID (\d+)) (\d+)\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """An IMAP server. `authority` is a file with the one authority to trust for it."""

    host: str
    port: int
    security: Security = Security.TLS
    authority: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message as the server has it: all its bytes, its flags, and when it came in."""

    uid: int
    content: bytes
    flags: tuple[str, ...]
    date: datetime | None


class Mailbox:
    """One connection to one account. Raise NoAnswer where there is none, Refused by the sign-in.

    Every method raises NoAnswer when the connection breaks.
    """

    def __init__(
        self, server: Server, credentials: Credentials, patience: timedelta = PATIENCE
    ) -> None:
        with _named():
            self._imap = _opened(server, patience.total_seconds())
        try:
            with _named():
                self._sign_in(credentials)
                self._imap.normalise_times = False
                self._prefix = self._own_prefix()
        except BaseException:
            self.close()
            raise
        self.folder = ""
        self.validity = 0

    def _sign_in(self, credentials: Credentials) -> None:
        try:
            if credentials.mechanism == "XOAUTH2":
                self._imap.oauth2_login(credentials.login, credentials.secret)
            else:
                self._imap.login(credentials.login, credentials.secret)
        except LoginError as refusal:
            raise Refused(535, str(refusal)) from refusal
        except IMAPClientError as refusal:
            if isinstance(refusal, IMAPClient.AbortError):
                raise
            raise Refused(535, str(refusal)) from refusal

    def _own_prefix(self) -> tuple[str, str]:
        """Return what stands before a personal folder's name, and what separates names."""
        if self._imap.has_capability("NAMESPACE") and (own := self._imap.namespace().personal):
            prefix, separator = own[0]
            return str(prefix), str(separator or "/")
        return "", "/"

    def named(self, name: str) -> str:
        """Return the full name of a folder of ours beside the inbox."""
        return f"{self._prefix[0]}{name}"

    def select(self, folder: str) -> tuple[int, bool]:
        """Open a folder; return its UIDVALIDITY, and whether it takes keywords of our own."""
        with _named():
            answer: dict[bytes, Any] = self._imap.select_folder(folder)
        self.folder, self.validity = folder, int(answer[b"UIDVALIDITY"])
        return self.validity, b"\\*" in answer.get(b"PERMANENTFLAGS", ())

    def make(self, folder: str) -> None:
        """Make a folder that is not there yet, and have mail programs show it."""
        with _named():
            if not self._imap.folder_exists(folder):
                with contextlib.suppress(IMAPClient.Error):  # somebody else made it just now
                    self._imap.create_folder(folder)
                self._imap.subscribe_folder(folder)

    def after(self, uid: int) -> list[int]:
        """Return the UIDs of the open folder beyond `uid`, in order."""
        return [n for n in self._searched(["UID", f"{uid + 1}:*"]) if n > uid]

    def since(self, day: date) -> list[int]:
        """Return the UIDs that came in on that day or later, in order."""
        return self._searched(["SINCE", day])

    def _searched(self, wish: Sequence[Any]) -> list[int]:
        """Search until nothing came in meanwhile: a server announces it once, as it ends."""
        with _named():
            while True:
                self._imap._imap.response("EXISTS")  # noqa: SLF001  (imaplib's; no other way)
                found = sorted(self._imap.search(wish))
                if self._imap._imap.response("EXISTS")[1] == [None]:  # noqa: SLF001
                    return found

    def fetch(self, uids: Sequence[int]) -> Iterator[Letter]:
        """Yield letters of the open folder, one at a time; those that are gone are left out."""
        for uid in uids:
            with _named():
                parts = self._imap.fetch([uid], ["BODY.PEEK[]", "FLAGS", "INTERNALDATE"])
            if (found := parts.get(uid)) and b"BODY[]" in found:
                flags = tuple(flag.decode("ascii", "replace") for flag in found[b"FLAGS"])
                yield Letter(
                    uid=uid,
                    content=found[b"BODY[]"] or b"",
                    flags=tuple(flag for flag in flags if flag != "\\Recent"),
                    date=found.get(b"INTERNALDATE"),
                )

    def size(self, uid: int) -> int:
        """Return how many bytes a letter has, 0 where it is gone."""
        with _named():
            return int(self._imap.fetch([uid], ["RFC822.SIZE"]).get(uid, {}).get(b"RFC822.SIZE", 0))

    def find(self, identity: str, content: bytes) -> int | None:
        """Return the UID of the letter in the open folder with exactly these bytes, or None."""
        with _named():
            if identity:
                found = self._imap.search(["HEADER", "Message-ID", identity])
            else:
                found = self._imap.search(["SMALLER", len(content) + 1, "LARGER", len(content) - 1])
        for letter in self.fetch(sorted(found, reverse=True)):
            if letter.content == content:
                return letter.uid
        return None

    def move(self, uid: int, folder: str) -> int | None:
        """Move a letter of the open folder; return its new UID where the server says it.

        Where the server cannot move, it is copied, then removed: whoever was interrupted in
        between finds both, and calls `drop`.
        """
        with _named():
            if self._imap.has_capability("MOVE"):
                return _new_uid(self._imap.move([uid], folder))
            answer = self._imap.copy([uid], folder)
        self.drop(uid)
        return _new_uid(answer)

    def drop(self, uid: int) -> None:
        """Remove a letter of the open folder of which there is a copy elsewhere."""
        with _named():
            self._imap.delete_messages([uid])
            if self._imap.has_capability("UIDPLUS"):
                self._imap.uid_expunge([uid])
            # Without UIDPLUS, EXPUNGE would take what a person marked: it stays marked as deleted.

    def put(
        self, folder: str, content: bytes, flags: Sequence[str], date: datetime | None
    ) -> int | None:
        """Put a letter in a folder; return its UID where the server says it."""
        with _named():
            return _new_uid(self._imap.append(folder, content, flags, date))

    def mark(self, uid: int, keyword: str) -> None:
        """Give a letter of the open folder a flag or keyword."""
        with _named():
            self._imap.add_flags([uid], [keyword])

    @property
    def can_idle(self) -> bool:
        """Return whether the server says by itself when something comes in."""
        return bool(self._imap.has_capability("IDLE"))

    @contextlib.contextmanager
    def idling(self) -> Iterator[Callable[[float], bool]]:
        """Wait inside for the server to speak: `heard(seconds)` returns whether it said anything.

        A connection that is cut counts as said: leaving raises NoAnswer.
        """
        with _named():
            self._imap.idle()
        try:
            with _named():
                yield self._heard
        finally:
            with _named():
                self._imap.idle_done()

    def _heard(self, seconds: float) -> bool:
        # Not imapclient's own check: it looks at the socket alone, and misses what came along with
        # an earlier answer; and where the connection has ended, it says that nothing was said.
        if self._read_ahead():
            return True
        with selectors.DefaultSelector() as selector:
            selector.register(self._imap.socket(), selectors.EVENT_READ)
            return bool(selector.select(seconds))

    def _read_ahead(self) -> bool:
        """Return whether something was read from the socket that nobody has looked at."""
        connection = self._imap.socket()
        patience = connection.gettimeout()
        connection.setblocking(False)
        try:
            return bool(self._imap._imap.file.peek(1))  # noqa: SLF001  (imaplib's; no other way)
        except OSError:  # nothing was, over TLS
            return False
        finally:
            connection.settimeout(patience)

    def touch(self) -> None:
        """Ask whether there is news, where the server does not say it by itself."""
        with _named():
            self._imap.noop()

    def close(self) -> None:
        """Say goodbye."""
        with contextlib.suppress(IMAPClient.Error, OSError):
            self._imap.logout()
        with contextlib.suppress(IMAPClient.Error, OSError):
            self._imap.shutdown()


def _opened(server: Server, patience: float) -> IMAPClient:
    trust = None
    if server.security is not Security.NONE:
        trust = ssl.create_default_context(
            cafile=str(server.authority) if server.authority else None
        )
    imap = IMAPClient(
        server.host,
        server.port,
        ssl=server.security is Security.TLS,
        ssl_context=trust if server.security is Security.TLS else None,
        timeout=patience,
    )
    if server.security is Security.STARTTLS:
        imap.starttls(trust)
    return imap


def _new_uid(answer: Any) -> int | None:  # noqa: ANN401  (imapclient says text, bytes, or both)
    said = answer if isinstance(answer, bytes) else str(answer).encode()
    found = _COPIED.search(said)
    return int(found[3]) if found else None


@contextlib.contextmanager
def _named() -> Iterator[None]:
    """Call everything that may happen to a connection NoAnswer."""
    try:
        yield
    except (IMAPClientError, OSError, EOFError) as trouble:
        raise NoAnswer(str(trouble)) from trouble
