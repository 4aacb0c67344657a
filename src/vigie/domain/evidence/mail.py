"""Mail: what a message says of itself, and what the practice knew of the people in it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vigie.domain.evidence import Evidence
from vigie.domain.evidence.documents import Sight
from vigie.domain.evidence.structure import Kind


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One person or service in a message: the name it shows, and its address in lower case."""

    address: str
    name: str = ""

    @property
    def local(self) -> str:
        """Return what stands before the last @."""
        return self.address.rpartition("@")[0]

    @property
    def domain(self) -> str:
        """Return what stands behind the last @, an empty text where there is none."""
        return self.address.rpartition("@")[2] if "@" in self.address else ""


class Source(StrEnum):
    """Where a link was found."""

    TEXT = "text"
    HTML = "html"
    FORM = "form"
    ATTACHMENT = "attachment"
    CODE = "code"  # a QR code or another barcode


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link. `shown` is the text people see, empty where the address itself is what they see."""

    target: str
    shown: str = ""
    source: Source = Source.HTML


class Inside(StrEnum):
    """What an attachment can do, or hides, besides being read."""

    SCRIPT = "script"
    MACRO = "macro"
    EXECUTABLE = "executable"
    DISK_IMAGE = "disk_image"
    SHORTCUT = "shortcut"
    PROFILE = "profile"  # an Apple configuration profile
    NOTEBOOK = "notebook"  # OneNote: carries files that open at a click
    HTML_SCRIPT = "html_script"
    PASSWORD_FORM = "password_form"  # noqa: S105  (a kind of form, not a secret)
    OTHER_NAME = "other_name"  # its name says another kind than its bytes
    HIDDEN_NAME = "hidden_name"  # a double ending, or letters that turn the name round
    KNOWN_BAD = "known_bad"  # these very bytes were judged bad before, here or elsewhere
    UNREADABLE = "unreadable"  # the reader gave no answer: never taken for harmless


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One attached file. `entries` are the names in an archive, `inside` what it could do.

    `size` is in bytes, `digest` the SHA-256 of the decoded bytes in hexadecimal. `sealed`: it
    asks for a password. `text` is what the reader could read in it, for the names in it. `sights`
    are what it would do when it is opened, to any depth.
    """

    name: str
    kind: Kind
    size: int
    digest: str
    sealed: bool = False
    inside: frozenset[Inside] = frozenset()
    entries: tuple[str, ...] = ()
    text: str = ""
    sights: tuple[Sight, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """One Authentication-Results header: who checked, and what it found.

    Results are the words of RFC 8601 (`pass`, `fail`, `none`, …), empty where not checked.
    `signers` are the domains whose DKIM signature passed; `envelope` the domain SPF was for.
    """

    checker: str
    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    signers: tuple[str, ...] = ()
    envelope: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a message is laid out. `html`: it has an HTML part; `images` counts its pictures.

    `words` counts the words people see. `hidden` counts invisible characters inside words, in
    subject, names and text. `password_form`: the message itself asks for a password.
    """

    html: bool = False
    images: int = 0
    words: int = 0
    hidden: int = 0
    password_form: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What the bytes of one message say. All of it is a claim of whoever wrote it.

    `digest` is the SHA-256 of the bytes, `identity` the Message-ID (empty where there is none).
    `text` is what people read, plain or taken from the HTML. `authentications` stand as in the
    header: the topmost, written by the last server, first. `judged_spam` is the provider's own
    verdict, None where it says nothing. `defects` are slugs for what the parser found wrong;
    `reader_…` among them: there was no full answer, what stands here is what was still found.
    `program` is what the message says it was written or sent with. `hops` are the hosts that say
    they passed it on, the last one first.
    """

    digest: str
    size: int
    sender: Mailbox
    identity: str = ""
    date: datetime | None = None
    subject: str = ""
    text: str = ""
    reply_to: tuple[Mailbox, ...] = ()
    return_path: str = ""
    to: tuple[Mailbox, ...] = ()
    cc: tuple[Mailbox, ...] = ()
    links: tuple[Link, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    authentications: tuple[Authentication, ...] = ()
    judged_spam: bool | None = None
    from_list: bool = False
    answers: str = ""  # the Message-ID it replies to
    defects: tuple[str, ...] = ()
    layout: Layout = Layout()
    program: str = ""
    hops: tuple[str, ...] = ()
    bcc: tuple[Mailbox, ...] = ()  # only where its writer's program has not taken it away yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A body or a brand that is imitated: how it is called, and the domains it writes from.

    `names` are in lower case without accents, `alone` those that are ordinary words as well and
    count only where nothing else is said. `domains` are registered domains; a subdomain of
    one is the body's own as well. `official`: public bodies, health and money: what imitates one
    is graver than what imitates a shop.
    """

    title: str
    names: tuple[str, ...]
    domains: frozenset[str]
    official: bool = False
    alone: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Acquaintance:
    """What the practice knew of one address before this message: counts of 13 months.

    `salutations` are the names it was greeted by. `authenticated` counts messages of theirs that
    passed DMARC, or SPF or DKIM for their own domain. `together` is with how many of the other
    recipients of this message it was written to before. `settled` are facts about this address
    that a person was asked about and answered: they are not asked again. `entrusted` counts
    messages to it that held data of a patient. `greeted` counts messages to it alone that began
    with a greeting, `greeted_alike` those of them that began with the one of this message.
    """

    box: Mailbox
    received: int = 0
    sent: int = 0
    authenticated: int = 0
    first: datetime | None = None
    last: datetime | None = None
    salutations: tuple[str, ...] = ()
    together: int = 0
    settled: frozenset[str] = frozenset()
    entrusted: int = 0
    greeted: int = 0
    greeted_alike: int = 0

    @property
    def known(self) -> bool:
        """Return whether anything ever went between this address and the practice."""
        return self.received + self.sent > 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """The people around the practice, as far as one message concerns them.

    `own` are the practice's own domains, `staff` its people, `similar` the known contacts whose
    name or address comes near one in the message. `provider` is the name under which the
    practice's mail provider writes Authentication-Results, empty until it was learned. `patients`
    are names of patients found in the message, with the attachment (or an empty text) they
    stand in. `bodies` are those the caretaker added to the ones that are known everywhere.
    `familiar` are domains at which the practice writes to several people, often. `talking` are
    the few people with whom a message of the same subject was exchanged lately.
    """

    own: frozenset[str] = frozenset()
    staff: tuple[Mailbox, ...] = ()
    similar: tuple[Acquaintance, ...] = ()
    provider: str = ""
    patients: tuple[tuple[str, str], ...] = ()
    bodies: tuple[Body, ...] = ()
    familiar: frozenset[str] = frozenset()
    talking: tuple[Mailbox, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailArrived(Evidence):
    """A message came in. `place` is where it lies (a mailbox and its UID, a file): local.

    `reported` are the registered domains of its sender or its links that a caretaker judged bad,
    here or at another practice.
    `mailbox` is a slug for the mailbox it came into: the same letter in two of them is two.
    """

    message: Message
    writer: Acquaintance
    circle: Circle = Circle()
    place: str = ""
    reported: frozenset[str] = frozenset()
    mailbox: str = ""

    @property
    def key(self) -> str:
        """Return what a deed is done to: this letter, in this mailbox."""
        return f"{self.mailbox}/{self.message.digest}" if self.mailbox else self.message.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class MailLeaving(Evidence):
    """A message is about to leave; it is kept, and waits.

    `recipients` are the addresses of the envelope (To, Cc and Bcc alike), each with what was
    known of it. `to_impersonator`: it replies to a message that was judged an imitation.
    `place` names the held item.
    """

    message: Message
    recipients: tuple[Acquaintance, ...]
    circle: Circle = Circle()
    to_impersonator: bool = False
    place: str = ""
