"""The glass pane: what this machine watches, what it has said of itself, and to whom."""

from collections.abc import Mapping, Sequence
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


def watched(settings: Settings, blind: Sequence[str], language: Language) -> list[Part]:
    """Return what this machine watches, by its settings, and what of it is blind."""
    words: Mapping[str, str] = said.words(language)["parts"]
    folders = ", ".join(str(folder) for folder in settings.watch.folders)
    every = (
        (bool(settings.watch.folders), "documents", ("disk", "watch")),
        (bool(settings.mailbox), "mailboxes", ("inbox",)),
        (bool(settings.relay.provider), "relay", ("outbox",)),
        (settings.usb.watch, "usb", ("usb",)),
        (settings.arrivals.watch, "arrivals", ("arrivals",)),
        (settings.photos.folder is not None, "photos", ("photos",)),
        (settings.texts.folder is not None, "texts", ("texts",)),
        (True, "network", ("network",)),
        (True, "power", ("ups", "power")),
        (bool(settings.backup), "backup", ("backup",)),
        (True, "passwords", ("notes", "accounts", "passwords")),
        (True, "machine", ("machine",)),
    )
    return [
        Part(
            words[name].format(what=folders, count=len(settings.mailbox)),
            sees=not any(each.startswith(sensors) for each in blind),
        )
        for there, name, sensors in every
        if there
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
