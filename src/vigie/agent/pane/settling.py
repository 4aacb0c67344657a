"""What waits for somebody at this machine: held mail, new keys, a machine about to rest."""

import json
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie.agent import held_mail
from vigie.agent.evening import STATE, put_off
from vigie.agent.mail_watch import HELD
from vigie.agent.pane.judging import Judges
from vigie.agent.settings import Settings
from vigie.domain.evidence.usb import Device, Standing
from vigie.sensors.inbox import shelf
from vigie.sensors.outbox import leaving
from vigie.sensors.outbox.readdressing import BadAddress
from vigie.tools.held import Held, HeldStore, NoRoom, Spoilt
from vigie.tools.usb.register import FILE, Register

_RECENT = timedelta(days=7)  # a key nobody decided about within a week was not wanted
_STORAGE, _INPUT, _WIRELESS = 0x08, 0x03, 0xE0  # USB's classes
_REST = 4  # o'clock: a machine kept on rests with the next evening
_STATES = {
    leaving.State.UNSURE.value: "unsure",
    leaving.State.RETURNED.value: "returned",
    shelf.State.HELD.value: "in_mailbox",
    shelf.State.GONE.value: "was_deleted",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One held message as people here see it. `state` names a word, `leaves`: it is about to go."""

    name: str
    leaves: bool
    at: datetime
    state: str = ""
    subject: str = ""
    sender: str = ""
    recipients: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """One key nobody has decided about."""

    number: int
    title: str
    seen: datetime


class Settling:
    """What waits at one machine; `home` is Vigie's."""

    def __init__(self, home: Path, settings: Settings, judges: Judges) -> None:
        self._home, self._settings, self._judges = home, settings, judges

    def letters(self) -> list[Letter]:
        """Return the held messages, the oldest first; each is read in a cell."""
        if not (self._home / HELD).is_dir():
            return []
        with closing(HeldStore(self._home / HELD)) as store:
            return [self._letter(store, one) for one in held_mail.waiting(store)]

    def count(self) -> int:
        """Return how many things wait, without reading any."""
        letters = 0
        if (self._home / HELD).is_dir():
            with closing(HeldStore(self._home / HELD)) as store:
                letters = len(held_mail.waiting(store))
        return letters + len(self.keys()) + self.rests()

    def send(self, name: str, instead: Mapping[str, str]) -> str:
        """Let a message leave; return the word that says what came of it."""
        with closing(HeldStore(self._home / HELD)) as store:
            one = store.find(name)
            if one is None or one.kind != leaving.KIND:
                return "gone"
            try:
                left = held_mail.send(store, self._home, one, datetime.now(UTC), instead)
            except BadAddress:
                return "bad_address"
            except held_mail.NotDone:
                return "failed"
            return "sent" if left else "gone"

    def cancel(self, name: str) -> str:
        """Keep a message from leaving; return the word that says what came of it."""
        with closing(HeldStore(self._home / HELD)) as store:
            one = store.find(name)
            held = one is not None and one.kind == leaving.KIND
            return "cancelled" if held and one and held_mail.cancel(store, one) else "gone"

    def release(self, name: str) -> str:
        """Put a letter back; return the word that says what came of it."""
        try:
            return "released" if held_mail.release(self._settings, self._home, name) else "gone"
        except held_mail.NotDone:
            return "failed"

    def keys(self) -> list[Key]:
        """Return the keys that wait: storage alone. What also types is no question for the pane."""
        if not (self._home / FILE).exists():
            return []
        now = datetime.now(UTC)
        with closing(Register(self._home / FILE)) as register:
            return [
                Key(
                    number=known.number,
                    title=known.device.title or known.device.model,
                    seen=known.seen,
                )
                for known in register.known()
                if known.standing is Standing.UNKNOWN
                and now - known.seen < _RECENT
                and _only_stores(known.device)
            ]

    def decide(self, number: int, standing: Standing) -> str:
        """Let a key in once, or never; return the word that says what came of it."""
        if number not in {key.number for key in self.keys()}:
            return "key_gone"
        with closing(Register(self._home / FILE)) as register:
            register.decide(number, standing, datetime.now(UTC))
        return f"key_{standing.value}"

    def rests(self) -> bool:
        """Return whether this machine has said that it is about to rest."""
        with suppress(OSError, ValueError):
            state = json.loads((self._home / "agent" / STATE).read_text("utf-8"))
            return isinstance(state, dict) and bool(state.get("announced"))
        return False

    def stay(self) -> str:
        """Keep the machine on tonight."""
        local = datetime.now(UTC).astimezone()
        morning = local.replace(hour=_REST, minute=0, second=0, microsecond=0)
        put_off(self._home / "agent", morning if morning > local else morning + timedelta(days=1))
        return "stays"

    def _letter(self, store: HeldStore, one: Held) -> Letter:
        leaves = one.kind == leaving.KIND
        asked: Sequence[tuple[str, str]] = one.note.get("asked", ())
        letter = Letter(
            name=one.id,
            leaves=leaves,
            at=one.at,
            state=_STATES.get(str(one.state), ""),
            recipients=leaving.envelope_of(one).recipients if leaves else (),
            asked=tuple(dict.fromkeys(who for who, _ in asked if who)),
        )
        with suppress(NoRoom, Spoilt, OSError):
            message = self._judges.letter(store.content(one.id))
            sender = message.sender.name or message.sender.address
            letter = replace(letter, subject=message.subject, sender=sender)
        return letter


def _only_stores(device: Device) -> bool:
    kinds = {interface.kind for interface in device.interfaces}
    return _STORAGE in kinds and not device.types and not kinds & {_INPUT, _WIRELESS}
