"""The door: where the practice's mail programs hand messages in, as they would to the provider.

aiosmtpd speaks SMTP. It says 250 to a message once the held store has it on disk, and lets in whom
the provider lets in.
"""

import asyncio
import base64
import binascii
import logging
import ssl
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from aiosmtpd.smtp import MISSING, SMTP, AuthResult, Envelope, Session

from vigie.sensors.outbox.credentials import KnownCredentials
from vigie.sensors.outbox.leaving import Envelope as Leaving
from vigie.sensors.outbox.leaving import State, keep
from vigie.sensors.outbox.lines import Lines
from vigie.tools.held import Held, HeldStore, NoRoom
from vigie.tools.smtp import Credentials, NoAnswer, Refused

log = logging.getLogger(__name__)

MOST_BYTES = 100_000_000  # what the provider takes is less, as a rule
LONGEST_LINE = 1 << 16  # bytes; programs that forget to fold their lines are not refused for it
LONGEST_TOKEN = 12_288  # bytes of an AUTH line: access tokens are long (RFC 4954)
SILENCE = timedelta(minutes=5)
MOST_FAILURES = 5  # wrong passwords in a row, then nobody is let in for a while
SHUT_FOR = timedelta(minutes=1)
_NOBODY = "<>"  # the null sender, as aiosmtpd spells it

NO_ROOM = "452 4.3.1 No room to keep the message; try again later"
NOT_NOW = "454 4.7.0 The provider does not answer; try again later"
WRONG = "535 5.7.8 The provider does not let these credentials in"
NOT_SUCH = "501 5.5.2 Malformed credentials"
NOT_SIGNED_IN = "530 5.7.0 Sign in first"
KEPT = "250 2.0.0 Kept, and on its way"


class Door:
    """What aiosmtpd calls. `kept` is told of each new message once it is on disk."""

    def __init__(
        self,
        store: HeldStore,
        lines: Lines,
        known: KnownCredentials,
        *,
        kept: Callable[[Held], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._lines, self._known = store, lines, known
        self._kept, self._clock = kept, clock
        self._failures, self._shut_until = 0, datetime.min.replace(tzinfo=clock().tzinfo)

    async def handle_EHLO(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        """Offer what the provider offers."""
        del server, envelope
        session.host_name = hostname
        offers = self._lines.offers
        wanted = [
            line
            for line in responses
            if (line != "250-8BITMIME" or "8bitmime" in offers or not offers)
            and ("auth" in offers or not line.startswith("250-AUTH"))
        ]
        if "pipelining" in offers:
            wanted.insert(1, "250-PIPELINING")
        return wanted

    async def auth_PLAIN(self, server: SMTP, words: Sequence[str]) -> AuthResult:
        """Let in with a login and a password in one line."""
        said = await _first_words(server, words)
        if said is None:
            return AuthResult(success=False, handled=True)
        parts = said.split(b"\0")
        if len(parts) != 3:  # noqa: PLR2004  (RFC 4616: identity, login, password)
            return AuthResult(success=False, handled=False, message=NOT_SUCH)
        return await self._sign_in("PLAIN", parts[1], parts[2])

    async def auth_LOGIN(self, server: SMTP, words: Sequence[str]) -> AuthResult:
        """Let in with a login and a password, one after the other."""
        login = await _first_words(server, words, b"Username:")
        password = None if login is None else await _first_words(server, (), b"Password:")
        if login is None or password is None:
            return AuthResult(success=False, handled=True)
        return await self._sign_in("LOGIN", login, password)

    async def auth_XOAUTH2(self, server: SMTP, words: Sequence[str]) -> AuthResult:
        """Let in with an access token."""
        said = await _first_words(server, words)
        if said is None:
            return AuthResult(success=False, handled=True)
        parts = dict(part.partition(b"=")[::2] for part in said.split(b"\1") if part)
        kind, _, token = parts.get(b"auth", b"").partition(b" ")
        if kind.lower() != b"bearer" or not token or b"user" not in parts:
            return AuthResult(success=False, handled=False, message=NOT_SUCH)
        return await self._sign_in("XOAUTH2", parts[b"user"], token)

    async def _sign_in(self, mechanism: str, login: bytes, secret: bytes) -> AuthResult:
        try:
            credentials = Credentials(
                mechanism=mechanism, login=login.decode(), secret=secret.decode()
            )
        except UnicodeDecodeError:
            return AuthResult(success=False, handled=False, message=NOT_SUCH)
        message = await asyncio.to_thread(self._ask_provider, credentials)
        if message:
            return AuthResult(success=False, handled=False, message=message)
        return AuthResult(success=True, auth_data=credentials)

    def _ask_provider(self, credentials: Credentials) -> str:
        """Sign in at the provider; return what to answer when that does not work."""
        now = self._clock()
        if now < self._shut_until:  # an account is not locked at the provider through us
            return NOT_NOW
        try:
            line, _ = self._lines.take(credentials)
        except NoAnswer as trouble:
            log.info("the provider does not answer: %s", trouble)
            return "" if self._known.vouches_for(credentials, now) else NOT_NOW
        except Refused as refusal:
            self._failures += 1
            if self._failures >= MOST_FAILURES:
                self._failures, self._shut_until = 0, now + SHUT_FOR
            return NOT_NOW if refusal.for_now else WRONG
        self._lines.give_back(credentials, line)
        self._failures = 0
        self._known.remember(credentials, now)
        return ""

    async def handle_MAIL(
        self,
        server: SMTP,
        session: Session,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Begin a message, for those who have signed in where the provider wants it."""
        del server
        if "auth" in self._lines.offers and not session.authenticated:
            return NOT_SIGNED_IN
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Keep the message; answer 250 once it is on disk."""
        del server
        account = session.auth_data.login if isinstance(session.auth_data, Credentials) else ""
        sender = envelope.mail_from or ""
        leaving = Leaving(
            account=account,
            sender="" if sender == _NOBODY else sender,
            recipients=tuple(dict.fromkeys(envelope.rcpt_tos)),
            options=tuple(o for o in envelope.mail_options if not o.startswith("SIZE=")),
        )
        content = envelope.original_content or b""
        try:
            held, new = await asyncio.to_thread(keep, self._store, leaving, content, self._clock())
        except NoRoom as trouble:
            log.warning("a message was not accepted: %s", trouble)
            return NO_ROOM
        if new or held.state == State.NEW:
            self._kept(held)
        return KEPT


async def _first_words(server: SMTP, words: Sequence[str], challenge: bytes = b"") -> bytes | None:
    """Return what the client says, with its command or to the challenge; None: it was answered."""
    if len(words) > 1:
        try:
            return base64.b64decode(words[1].encode(), validate=True)
        except (binascii.Error, UnicodeEncodeError):
            await server.push(NOT_SUCH)
            return None
    said: Any = await server.challenge_auth(challenge)
    return None if said is MISSING else bytes(said)


class _Speaking(SMTP):
    """aiosmtpd's server with longer lines, and no room of its own for a message it cannot read."""

    line_length_limit = LONGEST_LINE

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401  (aiosmtpd's own)
        super().__init__(*given, **named)
        self.command_size_limits["AUTH"] = LONGEST_TOKEN


def speaking(
    door: Door,
    *,
    offers: Any,  # noqa: ANN401  (a mapping of texts)
    tls: ssl.SSLContext | None,
    tls_at_once: bool,
) -> Callable[[], SMTP]:
    """Return what makes one server a connection, for `loop.create_server`."""
    said = str(offers.get("size", "")).strip()
    most = min(MOST_BYTES, int(said)) if said.isdigit() and int(said) else MOST_BYTES
    loop = asyncio.get_running_loop()

    def one() -> SMTP:
        upgraded = tls is not None and not tls_at_once
        return _Speaking(
            door,
            data_size_limit=most,
            enable_SMTPUTF8="smtputf8" in offers,
            hostname="vigie",
            ident="ESMTP",
            tls_context=tls if upgraded else None,
            require_starttls=upgraded,
            timeout=SILENCE.total_seconds(),
            auth_require_tls=upgraded,
            loop=loop,
        )

    return one
