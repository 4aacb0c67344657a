"""IMAP: the folders of an account at the practice's provider, read without changing anything."""

import contextlib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from vigie.routines.learning.letters import BEGINNING, Letter, NotReadable, sent_folder
from vigie.tools.contacts import Direction

_AT_ONCE = 50  # messages in one answer: three megabytes at most
_BACK = timedelta(days=13 * 31)
_TIMEOUT = 60  # seconds without a byte from the server
_PORTS = {"imaps": 993, "imap": 143}
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
# Folders that say nothing of whom the practice writes to on purpose.
_PASSED_OVER = frozenset({b"\\Junk", b"\\Trash", b"\\Drafts", b"\\All", b"\\Noselect"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account. `secure`: TLS from the first byte; without it STARTTLS, or the loopback."""

    host: str
    port: int
    name: str
    secure: bool

    @classmethod
    def of(cls, address: str) -> "Account":
        """Return the account of `imaps://name@host[:port]`. Raise NotReadable for another form."""
        parts = urlsplit(address)
        if parts.scheme not in _PORTS or not parts.hostname or not parts.username:
            raise NotReadable(
                "Une boîte IMAP s’écrit imaps://nom@serveur\u202f; le mot de passe se lit à part."
            )
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            name=unquote(parts.username),
            secure=parts.scheme == "imaps",
        )


class Imap:
    """The folders of one account. Close it after use."""

    def __init__(self, account: Account, password: str, *, trust: Path | None = None) -> None:
        self._account = account
        context = ssl.create_default_context(cafile=trust)
        try:
            self._client = IMAPClient(
                account.host,
                account.port,
                ssl=account.secure,
                ssl_context=context if account.secure else None,
                timeout=_TIMEOUT,
            )
        except (IMAPClientError, OSError) as trouble:
            raise self._unopened() from trouble
        try:
            if not account.secure and account.host not in _LOOPBACK:
                self._client.starttls(context)
            self._client.login(account.name, password)
        except (IMAPClientError, OSError) as trouble:
            self._client.shutdown()
            raise self._unopened() from trouble

    def _unopened(self) -> NotReadable:
        return NotReadable(
            f"La boîte {self._account.name} ne s’ouvre pas sur {self._account.host}. "
            "Vérifiez le nom, le mot de passe et la connexion."
        )

    def close(self) -> None:
        """Leave the server."""
        try:
            self._client.logout()
        except (IMAPClientError, OSError):
            with contextlib.suppress(IMAPClientError, OSError):
                self._client.shutdown()

    def count(self) -> int:
        """Return how many messages the folders hold."""
        counted = (self._client.folder_status(f, ["MESSAGES"]) for f, _ in self._folders())
        return sum(int(status[b"MESSAGES"]) for status in counted)

    def letters(
        self, known: Callable[[str], bool], position: Callable[[str], str]
    ) -> Iterator[Letter]:
        """Yield the messages of thirteen months with a UID above the one read last."""
        del known
        try:
            for folder, direction in self._folders():
                yield from self._in(folder, direction, position)
        except (IMAPClientError, OSError) as trouble:
            raise NotReadable(
                f"La lecture de {self._account.name} s’est interrompue. "
                "Relancez\u202f: elle reprendra où elle en était."
            ) from trouble

    def _folders(self) -> list[tuple[str, Direction | None]]:
        found = []
        for flags, _, name in self._client.list_folders():
            if _PASSED_OVER & set(flags):
                continue
            sent = Direction.SENT if b"\\Sent" in flags else sent_folder(name)
            found.append((name, sent))
        return found

    def _in(
        self, folder: str, direction: Direction | None, position: Callable[[str], str]
    ) -> Iterator[Letter]:
        status: dict[bytes, Any] = self._client.select_folder(folder, readonly=True)
        valid = int(status[b"UIDVALIDITY"])
        name = f"imap {self._account.name}@{self._account.host}:{self._account.port} {folder}"
        before, _, last = position(name).partition(" ")
        # UIDs of another validity are other messages: everything is read again, and known again.
        reached = int(last) if before == str(valid) else 0
        since = (datetime.now(UTC) - _BACK).date()
        uids = [u for u in self._client.search(["SINCE", since]) if u > reached]
        for start in range(0, len(uids), _AT_ONCE):
            some = uids[start : start + _AT_ONCE]
            fetched = self._client.fetch(some, [f"BODY.PEEK[]<0.{BEGINNING}>", "INTERNALDATE"])
            for uid in some:
                untrusted = _body(fetched.get(uid, {}))
                if untrusted is not None:
                    yield Letter(
                        untrusted=untrusted,
                        came_at=_aware(fetched[uid].get(b"INTERNALDATE")),
                        direction=direction,
                        mailbox=name,
                        position=f"{valid} {uid}",
                    )


def _body(row: Any) -> bytes | None:  # noqa: ANN401  (whatever the server answered)
    found = (value for key, value in row.items() if key.startswith(b"BODY["))
    body = next(found, None)
    return body if isinstance(body, bytes) else None


def _aware(moment: object) -> datetime | None:
    return moment.astimezone(UTC) if isinstance(moment, datetime) else None
