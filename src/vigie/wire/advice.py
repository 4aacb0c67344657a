"""A doubt as it travels, and the caretaker's answer: kinds, facts and marks, never the thing.

What a person at a practice doubts stays there. The question says what kind of thing it is, what
the machine found, and by which marks the same thing would be known elsewhere: the digest of a
file, the domain a message came from, the hosts its links lead to.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.wire.words import Digest, Host, Id, Numbers, Slug

MOST_MARKS = 8

_Moment = Annotated[datetime, Meta(tz=True)]


class Kind(StrEnum):
    """What somebody doubts."""

    MAIL = "mail"
    FILE = "file"
    PHOTO = "photo"
    TEXT = "text"


class Advice(StrEnum):
    """All that a caretaker can answer: a closed list, each with its sentence."""

    LEAVE = "leave"  # do not open it, do not answer: it is bad
    ASK_SENDER = "ask_sender"  # telephone the sender, at the number you know
    USE_COPY = "use_copy"  # work with the safe or masked copy
    HARMLESS = "harmless"  # it is what it says it is
    WILL_CALL = "will_call"  # wait, I call you


class _Word(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of the vocabulary: an unknown field is refused, not ignored."""


class DoubtFact(_Word, frozen=True, kw_only=True):
    """What the machine itself found."""

    fact: Slug
    gravity: Gravity
    numbers: Numbers = {}


class QuestionWord(_Word, frozen=True, kw_only=True, tag="question"):
    """Somebody at the practice asks for advice, and was told that an answer comes by `promised`.

    `digests` are those of the file or of what was attached, `sender` and `hosts` registered
    domains. None of them where the thing itself was no mail and no file.
    """

    id: Id
    at: _Moment
    danger: Danger
    kind: Kind
    promised: _Moment
    facts: Annotated[tuple[DoubtFact, ...], Meta(max_length=32)] = ()
    digests: Annotated[tuple[Digest, ...], Meta(max_length=MOST_MARKS)] = ()
    sender: Host | None = None
    hosts: Annotated[tuple[Host, ...], Meta(max_length=MOST_MARKS)] = ()


class AdviceWord(_Word, frozen=True, kw_only=True):
    """The caretaker's answer to one question."""

    question: Id
    advice: Advice
    at: _Moment
