"""The practice's mail provider, as a submission server: one signed-in line, one message at a time.

smtplib, with its last step taken apart: what makes a message binding is the line with the lone
dot, and whoever delivers must be able to write down that it is about to be sent.
"""

import base64
import contextlib
import re
import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

PATIENCE = timedelta(seconds=60)  # for each answer of the provider
LAST_ANSWER = timedelta(minutes=5)  # it may filter a message before it answers
_TEMPORARY = range(400, 500)
_OK, _GO_ON = 250, 354
_NOT_STUFFED = re.compile(rb"(?m)^\.")


class Security(StrEnum):
    """How the line is encrypted. There is no setting that skips the check of a certificate."""

    TLS = "tls"
    STARTTLS = "starttls"
    NONE = "none"  # for a server on this very machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A submission server. `authority` is a file with the one authority to trust for it."""

    host: str
    port: int
    security: Security = Security.TLS
    authority: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What someone signs in with: `secret` is a password, or for XOAUTH2 an access token."""

    mechanism: str
    login: str
    secret: str = field(repr=False)


class NoAnswer(Exception):
    """The provider cannot be reached, or fell silent; a later try may succeed."""


class Unsure(Exception):
    """The line broke after the last line was sent: the provider has the message, or has it not."""


class Refused(Exception):
    """The provider answered with a refusal."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(f"{code} {text}")
        self.code, self.text = code, text

    @property
    def for_now(self) -> bool:
        """Return whether a later try may succeed."""
        return self.code in _TEMPORARY


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What the provider took: for whom, and whom it refused with which answer."""

    taken: tuple[str, ...]
    refused: Mapping[str, Refused]


class Line:
    """One open line to a provider. Raise NoAnswer when there is none."""

    def __init__(self, provider: Provider, patience: timedelta = PATIENCE) -> None:
        self._patience = patience.total_seconds()
        try:
            self._smtp = _opened(provider, self._patience)
        except smtplib.SMTPResponseException as trouble:
            raise NoAnswer(_text(trouble.smtp_error)) from trouble
        except (smtplib.SMTPException, OSError) as trouble:
            raise NoAnswer(str(trouble)) from trouble

    @property
    def offers(self) -> Mapping[str, str]:
        """Return what the provider says it can do, by lower-case keyword."""
        return dict(self._smtp.esmtp_features)

    def sign_in(self, credentials: Credentials) -> None:
        """Sign in. Raise Refused where the provider does not let them in, or NoAnswer."""
        try:
            code, text = self._answer_to(credentials)
        except (smtplib.SMTPException, OSError) as trouble:
            raise NoAnswer(str(trouble)) from trouble
        if code != 235:  # noqa: PLR2004  (RFC 4954: signed in)
            raise Refused(code, _text(text))

    def _answer_to(self, credentials: Credentials) -> tuple[int, bytes]:
        login, secret = credentials.login, credentials.secret
        offered = self.offers.get("auth", "").upper().split()
        if credentials.mechanism == "XOAUTH2":
            code, text = self._command("AUTH", "XOAUTH2", _b64(xoauth2(login, secret)))
            if code == 334:  # noqa: PLR2004  (the reason of a refusal: an empty line ends it)
                code, text = self._command("")
            return code, text
        if "PLAIN" in offered or "LOGIN" not in offered:
            return self._command("AUTH", "PLAIN", _b64(f"\0{login}\0{secret}"))
        code, text = self._command("AUTH", "LOGIN", _b64(login))
        return self._command(_b64(secret)) if code == 334 else (code, text)  # noqa: PLR2004

    def deliver(  # noqa: PLR0913  (a message, and who is told on the way)
        self,
        sender: str,
        recipients: Sequence[str],
        content: bytes,
        *,
        options: Sequence[str] = (),
        binding: Callable[[Sequence[str]], None] = lambda _: None,
        last_line: Callable[[], None] = lambda: None,
    ) -> Delivery:
        """Hand one message over.

        `binding` is called with the recipients the provider takes before the message is sent to
        it, `last_line` right before the line that makes it binding. Raise Refused when nobody is
        taken, NoAnswer when the line breaks before that line, and Unsure when it breaks after it.
        """
        try:
            taken, refused = self._envelope(sender, recipients, content, options)
            binding(taken)
            self._say("DATA", _GO_ON)
            self._smtp.send(_stuffed(content))
            self._smtp.sock.settimeout(LAST_ANSWER.total_seconds())  # type: ignore[union-attr]  # it is open
        except smtplib.SMTPResponseException as trouble:  # 421 closes the line
            raise Refused(trouble.smtp_code, _text(trouble.smtp_error)) from trouble
        except (smtplib.SMTPException, OSError) as trouble:
            raise NoAnswer(str(trouble)) from trouble
        last_line()
        try:
            self._smtp.send(b".\r\n")
            code, text = self._smtp.getreply()
            self._smtp.sock.settimeout(self._patience)  # type: ignore[union-attr]  # it is open
        except (smtplib.SMTPException, OSError) as trouble:
            raise Unsure(str(trouble)) from trouble
        if code != _OK:
            raise Refused(code, _text(text))
        return Delivery(taken=tuple(taken), refused=refused)

    def _envelope(
        self, sender: str, recipients: Sequence[str], content: bytes, options: Sequence[str]
    ) -> tuple[list[str], dict[str, Refused]]:
        wanted = [o for o in options if o.partition("=")[0].lower() in {"body", "smtputf8"}]
        if "size" in self.offers:
            wanted.append(f"SIZE={len(content)}")
        if "SMTPUTF8" in wanted:
            self._smtp.command_encoding = "utf-8"
        pipelined = "pipelining" in self.offers
        lines = [f"MAIL FROM:<{sender}>{''.join(f' {o}' for o in wanted)}"]
        lines += [f"RCPT TO:<{recipient}>" for recipient in recipients]
        first, *others = self._answers(lines, pipelined=pipelined)
        self._smtp.command_encoding = "ascii"
        if first[0] != _OK:
            self._reset()
            raise Refused(first[0], _text(first[1]))
        taken = [r for r, (code, _) in zip(recipients, others, strict=True) if code in (250, 251)]
        refused = {
            r: Refused(code, _text(text))
            for r, (code, text) in zip(recipients, others, strict=True)
            if code not in (250, 251)
        }
        if not taken:
            self._reset()
            # Whoever may be taken later keeps the message waiting.
            raise next((r for r in refused.values() if r.for_now), next(iter(refused.values())))
        return taken, refused

    def _answers(self, lines: Sequence[str], *, pipelined: bool) -> list[tuple[int, bytes]]:
        """Say the lines, all at once where the provider likes it; return its answers."""
        if not pipelined:
            answers = [self._smtp.docmd(lines[0])]
            if answers[0][0] != _OK:
                return answers
            return answers + [self._smtp.docmd(line) for line in lines[1:]]
        self._smtp.send("".join(f"{line}\r\n" for line in lines))
        return [self._smtp.getreply() for _ in lines]

    def _say(self, command: str, wished: int) -> None:
        code, text = self._smtp.docmd(command)
        if code != wished:
            raise smtplib.SMTPResponseException(code, text)

    def _reset(self) -> None:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self._smtp.rset()

    def _command(self, *words: str) -> tuple[int, bytes]:
        return self._smtp.docmd(" ".join(words))

    @property
    def alive(self) -> bool:
        """Return whether the provider has not hung up, as far as can be seen from here."""
        if self._smtp.sock is None:
            return False
        try:
            self._smtp.sock.settimeout(0.0)
            return not self._peek()
        except (BlockingIOError, ssl.SSLWantReadError):
            return True
        except OSError:
            return False
        finally:
            if self._smtp.sock is not None:
                self._smtp.sock.settimeout(self._patience)

    def _peek(self) -> bool:
        """Return whether something waits to be read: between two messages, that is a goodbye."""
        sock: Any = self._smtp.sock
        if isinstance(sock, ssl.SSLSocket):
            return sock.pending() > 0 or bool(sock.recv(1)) or True
        return bool(sock.recv(1, socket.MSG_PEEK)) or True

    def close(self) -> None:
        """Say goodbye."""
        with contextlib.suppress(smtplib.SMTPException, OSError):
            self._smtp.quit()
        self._smtp.close()


def xoauth2(login: str, token: str) -> str:
    """Return what XOAUTH2 says at first, as Google and Microsoft document it."""
    return f"user={login}\x01auth=Bearer {token}\x01\x01"


def _opened(provider: Provider, patience: float) -> smtplib.SMTP:
    trust = None
    if provider.security is not Security.NONE:
        trust = ssl.create_default_context(
            cafile=str(provider.authority) if provider.authority else None
        )
    if provider.security is Security.TLS:
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(
            provider.host, provider.port, "localhost", timeout=patience, context=trust
        )
    else:
        smtp = smtplib.SMTP(provider.host, provider.port, "localhost", timeout=patience)
    try:
        if smtp.sock is not None:
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        smtp.ehlo_or_helo_if_needed()
        if provider.security is Security.STARTTLS:
            smtp.starttls(context=trust)
            smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _stuffed(content: bytes) -> bytes:
    """Return the content as it is sent: dots doubled, a line end at its end."""
    stuffed = _NOT_STUFFED.sub(b"..", content)
    return stuffed if stuffed.endswith(b"\r\n") else stuffed + b"\r\n"


def _b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _text(said: object) -> str:
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
