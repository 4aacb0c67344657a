"""One message as the layers look at it: plain texts, hosts and sites, worked out once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from vigie.domain.evidence.mail import (
    Authentication,
    Body,
    Link,
    MailArrived,
    Message,
    Source,
)
from vigie.knowledge import lures
from vigie.knowledge.bodies import REGISTER, Register
from vigie.knowledge.domains import MAIL_SERVICES, WEBMAIL, host_of, site, under
from vigie.knowledge.letters import drawn_together, plain

_LOOKED_AT = 6_000  # characters of the text: what people read before they decide
_MOST_HOSTS = 60
_LABEL = re.compile(r"[-_.]")
_PASSED = frozenset({"pass", "bestguesspass"})
# Places every page points to, whoever wrote it.
_FURNITURE = frozenset(
    {"w3.org", "facebook.com", "twitter.com", "x.com", "instagram.com", "linkedin.com", "youtube.com"}
    | {"schemas.microsoft.com", "fonts.googleapis.com", "aka.ms", "pinterest.com", "tiktok.com"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One thing that does not match. `name` has its points in `weights.toml`.

    `fact` is what it is an instance of; `clues` name the two things. A `hard` signal counts
    whoever writes; a soft one does not where the writer is known and proven.
    """

    name: str
    fact: str
    clues: Mapping[str, str]
    hard: bool = False


class View:
    """What the layers ask of one message."""

    def __init__(self, mail: MailArrived) -> None:
        self.mail = mail
        self.message: Message = mail.message
        self.sender = mail.message.sender
        self.domain = self.sender.domain.strip(".")
        self.site = site(self.domain)
        self.name = drawn_together(plain(self.sender.name))
        self.subject = drawn_together(plain(self.message.subject))

    @cached_property
    def register(self) -> Register:
        """Return the bodies known here: everybody's, and those the caretaker added."""
        added = self.mail.circle.bodies
        return _extended(added) if added else REGISTER

    @cached_property
    def text(self) -> str:
        """Return the beginning of the plain text."""
        return plain(self.message.text[:_LOOKED_AT])

    @cached_property
    def lures(self) -> Mapping[str, str]:
        """Return the kinds of lures in name, subject and text, each with its words."""
        words = [*lures.words_of(self.subject), ".", *lures.words_of(self.text)]
        return lures.found(words)

    @cached_property
    def loud_lures(self) -> Mapping[str, str]:
        """Return the kinds of lures in the two lines people see before they open a message."""
        return lures.found([*lures.words_of(self.name), ".", *lures.words_of(self.subject)])

    @cached_property
    def own(self) -> bool:
        """Return whether the sender uses a domain of the practice itself."""
        return self.site in self.mail.circle.own or self.domain in self.mail.circle.own

    @cached_property
    def owner(self) -> Body | None:
        """Return the body whose own domain the sender's is; a customer's mailbox is not theirs."""
        return None if self.domain in WEBMAIL else self.register.owner(self.domain)

    def belongs(self, body: Body) -> bool:
        """Return whether the sender writes from a body's own domain."""
        return self.domain not in WEBMAIL and under(self.domain, body.domains)

    @cached_property
    def verdict(self) -> Authentication | None:
        """Return what the practice's provider found, None where it wrote nothing.

        Only the topmost header counts; once the provider's name was learned, only if it is theirs.
        """
        if not self.message.authentications:
            return None
        top = self.message.authentications[0]
        provider = self.mail.circle.provider
        return top if not provider or top.checker == provider else None

    @cached_property
    def proven(self) -> bool:
        """Return whether the provider says that the sender's own domain stands behind this."""
        verdict = self.verdict
        if verdict is None or not self.domain:
            return False
        aligned = any(site(signer) == self.site for signer in verdict.signers)
        by_envelope = verdict.spf in _PASSED and site(verdict.envelope) == self.site
        return verdict.dmarc in _PASSED or aligned or by_envelope

    @cached_property
    def acquainted(self) -> bool:
        """Return whether the practice knows the writer, and nothing speaks against its being them."""
        writer = self.mail.writer
        if writer.sent or writer.received >= _OFTEN:
            return self.proven or not writer.authenticated
        return False

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """Return the links that lead to a page, codes to scan apart."""
        links = (link for link in self.message.links if link.source is not Source.CODE)
        return tuple(link for link in links if host_of(link.target))

    @cached_property
    def hosts(self) -> Mapping[str, Link]:
        """Return the hosts that links lead to, without the furniture of every page."""
        found: dict[str, Link] = {}
        for link in self.links:
            host = host_of(link.target)
            if not under(host, _FURNITURE):
                found.setdefault(host, link)
        return dict(list(found.items())[:_MOST_HOSTS])

    @cached_property
    def related(self) -> frozenset[str]:
        """Return the sites that belong to the sender: its own, and those of its body."""
        sites = {self.site, *((d for d in self.owner.domains) if self.owner else ())}
        if self.proven and self.verdict:
            sites |= {site(signer) for signer in self.verdict.signers}
        return frozenset(sites)

    @cached_property
    def strangers(self) -> Mapping[str, Link]:
        """Return the hosts that are neither the sender's nor of a service that sends for others."""
        return {
            host: link
            for host, link in self.hosts.items()
            if not under(host, self.related) and not under(host, MAIL_SERVICES)
        }

    def label_words(self, host: str) -> list[str]:
        """Return the words of a host's name, without its public suffix."""
        return [word for word in _LABEL.split(plain(host)) if word]


_OFTEN = 3  # messages received before a writer is no stranger
_registers: dict[tuple[Body, ...], Register] = {}


def _extended(added: tuple[Body, ...]) -> Register:
    if added not in _registers:
        _registers.clear()
        _registers[added] = Register([*REGISTER.bodies, *added])
    return _registers[added]
