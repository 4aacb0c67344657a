"""Letters: the beginnings of messages, taken one after the other from where they lie."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from vigie.tools.contacts import Direction

# What a message teaches stands in its head and its first lines; an attachment is left where it is.
BEGINNING = 64 * 1024
SENT_FOLDERS = ("sent", "envoy", "gesendet", "inviat", "verzonden")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """The beginning of one message, its bytes untrusted.

    `place` names one file that need not be read again; `position` says how far the mailbox it
    came from was read with it. One of the two is empty.
    """

    untrusted: bytes
    came_at: datetime | None = None
    direction: Direction | None = None
    place: str = ""
    mailbox: str = ""
    position: str = ""


class Source(Protocol):
    """Where letters come from."""

    def count(self) -> int:
        """Return about how many letters there are, 0 where nobody knows."""

    def letters(
        self, known: Callable[[str], bool], position: Callable[[str], str]
    ) -> Iterator[Letter]:
        """Yield the letters not read yet: neither `known` by place nor before a `position`."""


class NotReadable(Exception):
    """A mailbox cannot be read. The text is a sentence that says what to do."""


def sent_folder(name: str) -> Direction | None:
    """Return SENT for a folder that is named so in one of five languages, else None."""
    plain = name.casefold().replace(" ", "_")
    return Direction.SENT if any(word in plain for word in SENT_FOLDERS) else None
