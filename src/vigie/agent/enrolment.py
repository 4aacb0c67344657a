"""Enrolment: a key made on this machine, a one-use code, and a caretaker who approves.

The folder `agent` of Vigie's home holds the key and what was agreed, both for their owner alone.
"""

import logging
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from vigie.agent.link import Link, LinkTrouble, checked_address
from vigie.tools import keys
from vigie.tools.kept_file import keep
from vigie.wire import envelope
from vigie.wire.enrolment import Admission, Application, decode_admission
from vigie.wire.passkeys import Passkey

log = logging.getLogger(__name__)

_SYSTEMS = {"linux": "linux", "win32": "windows", "darwin": "macos"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """What was agreed with the console: its address, our two pseudonyms, the pinned keys.

    `caretakers` are public keys, `passkeys` those of passkeys. They are pinned by the first
    approval and no later answer of the console changes them: only enrolling again, by hand and at
    this machine, does, or an order that one of these keys has signed.
    """

    console: str
    machine: str
    practice: str
    approved: bool = False
    caretakers: tuple[str, ...] = ()
    passkeys: tuple[Passkey, ...] = ()
    authority: str = ""


class NotAdmitted(Exception):
    """The console's answer to an enrolment cannot be accepted."""


class Enrolment:
    """The machine's own key and its membership, in `folder`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = folder / "enrolment.json"
        self.key = keys.make(folder / "machine.key")

    @property
    def fingerprint(self) -> str:
        """Return what the caretaker compares with the console before approving."""
        return keys.fingerprint(keys.public_text(self.key))

    def membership(self) -> Membership | None:
        """Return what was agreed, or None while this machine belongs to no practice."""
        if not self._file.exists():
            return None
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Membership)
        except (msgspec.MsgspecError, ValueError):
            log.exception("what was agreed with the console cannot be read: enrol again")
            return None

    def apply(self, code: str, console: str, *, authority: Path | None = None) -> Membership:
        """Ask to join with a one-use code; asking again with the same key changes nothing.

        Raise NotAdmitted for a code that is not one or an answer about another key, LinkTrouble
        when the console does not answer.
        """
        try:
            application = msgspec.convert(
                {
                    "code": code.strip().upper(),
                    "key": keys.public_text(self.key),
                    "system": _SYSTEMS.get(sys.platform, "linux"),
                },
                Application,
            )
        except msgspec.ValidationError as trouble:
            raise NotAdmitted(f"{code} is not an enrolment code") from trouble
        body = msgspec.json.encode(application)
        link = Link(console, self.key, authority=authority)
        try:
            answer = link.post(envelope.ENROL, body, machine=envelope.ENROLLING)
        finally:
            link.close()
        agreed = Membership(
            console=checked_address(console),
            machine="",
            practice="",
            authority=str(authority.resolve()) if authority else "",
        )
        return self._take(agreed, self._read(answer), former=self.membership())

    def poll(self, link: Link) -> Membership:
        """Ask whether the caretaker has approved; pin their keys when they have.

        Raise LinkTrouble when the console does not answer, NotAdmitted for a strange answer.
        """
        agreed = self.membership()
        if agreed is None:
            raise NotAdmitted("this machine has not been enrolled")
        if agreed.approved:
            return agreed
        admission = self._read(link.post(envelope.ADMISSION, b"{}", machine=agreed.machine))
        if admission.machine != agreed.machine or admission.practice != agreed.practice:
            raise NotAdmitted("the console answered about another machine")
        return self._take(agreed, admission, former=agreed)

    def pin(self, caretakers: tuple[str, ...], passkeys: tuple[Passkey, ...]) -> None:
        """Obey these from now on; it is on disk when this returns. Raise NotAdmitted."""
        agreed = self.membership()
        if agreed is None or not agreed.approved:
            raise NotAdmitted("this machine has not been enrolled")
        agreed = replace(agreed, caretakers=caretakers, passkeys=passkeys)
        keep(self._file, msgspec.json.encode(agreed))

    def _read(self, untrusted: bytes) -> Admission:
        try:
            admission = decode_admission(untrusted)
        except (msgspec.MsgspecError, ValueError) as trouble:
            raise LinkTrouble("the console's answer could not be read") from trouble
        if admission.fingerprint != self.fingerprint:
            raise NotAdmitted("the console answered about another key")
        if admission.approved and not admission.caretakers and not admission.passkeys:
            raise NotAdmitted("the console approved without naming a caretaker's key")
        return admission

    def _take(
        self, agreed: Membership, admission: Admission, *, former: Membership | None
    ) -> Membership:
        agreed = replace(agreed, machine=admission.machine, practice=admission.practice)
        same = former is not None and (former.console, former.machine, former.practice) == (
            agreed.console,
            agreed.machine,
            agreed.practice,
        )
        if same and former is not None and former.approved:
            pinned = former.caretakers, former.passkeys
            agreed = replace(agreed, approved=True, caretakers=pinned[0], passkeys=pinned[1])
        elif admission.approved:
            pinned = admission.caretakers, admission.passkeys
            agreed = replace(agreed, approved=True, caretakers=pinned[0], passkeys=pinned[1])
        keep(self._file, msgspec.json.encode(agreed))
        return agreed
