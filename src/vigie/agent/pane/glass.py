"""The glass pane: what this machine watches, what it has said of itself, and to whom."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec

from vigie.agent.pane import said
from vigie.agent.settings import Settings
from vigie.agent.spool import Sent
from vigie.domain.practice import Language
from vigie.wire import reports


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the watch: what it watches, in words; `sees` whether it does at this moment."""

    text: str
    sees: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """One item that left or waits. `exact` is what travels, byte for byte."""

    text: str
    at: datetime | None
    exact: str


# Which sensors and duties people know under one name; the order is that of the page.
_PARTS = {
    "documents": ("disk",),
    "mailboxes": ("inbox",),
    "relay": ("outbox",),
    "arrivals": ("arrivals",),
    "usb": ("usb",),
    "photos": ("photos",),
    "texts": ("texts",),
    "network": ("network",),
    "power": ("ups", "integrity"),
    "backup": ("backup", "restore"),
    "updates": ("software", "update"),
    "passwords": ("notes", "accounts"),
    "machine": ("surveillance",),
}


def watched(
    settings: Settings, watching: Collection[str], blind: Collection[str], language: Language
) -> list[Part]:
    """Return what this machine watches: the sensors and duties at work, and which are blind."""
    words: Mapping[str, str] = said.words(language)["parts"]
    folders = ", ".join(str(folder) for folder in settings.watch.folders)
    return [
        Part(
            words[name].format(what=folders, count=len(settings.mailbox)),
            sees=not any(each.startswith(sensors) for each in blind),
        )
        for name, sensors in _PARTS.items()
        if any(each.startswith(sensors) for each in watching)
        and (folders or name != "documents")  # a sensor without a folder watches nothing
    ]


def told(sent: Sequence[Sent], waiting: Sequence[bytes], language: Language) -> list[Told]:
    """Return what waits, then what has left, each in words and as it travels."""
    rows: list[tuple[bytes, datetime | None]] = [(body, None) for body in waiting]
    rows += [(each.body, each.at) for each in sent]
    return [_one(body, at, language) for body, at in rows]


def _one(body: bytes, at: datetime | None, language: Language) -> Told:
    try:
        text = said.item(reports.decode_item(body), language)
    except msgspec.MsgspecError:  # a word of an older version of ours
        text = ""
    return Told(text, at, body.decode("utf-8", "replace"))
