"""Enrolment: a one-use code and a key made on the machine, then the caretaker's approval."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from vigie.wire.passkeys import Passkey
from vigie.wire.words import Key, Pseudonym

Code = Annotated[str, Meta(pattern=r"^[A-HJ-NP-Z2-9]{4}(-[A-HJ-NP-Z2-9]{4}){3}$")]
Fingerprint = Annotated[str, Meta(pattern=r"^[0-9a-f]{4}( [0-9a-f]{4}){7}$")]
System = Annotated[str, Meta(pattern=r"^(linux|windows|macos)$")]


class Application(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A machine asks to join: it sends its public key and the code, signed with that key."""

    code: Code
    key: Key
    system: System


class Admission(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The console's answer. Until `approved`, nothing else is taken from the machine.

    `caretakers` are the public keys the agent pins, `passkeys` the caretakers' passkeys: only
    their orders are obeyed.
    """

    machine: Pseudonym
    practice: Pseudonym
    fingerprint: Fingerprint
    approved: bool
    caretakers: Annotated[tuple[Key, ...], Meta(max_length=16)] = ()
    passkeys: Annotated[tuple[Passkey, ...], Meta(max_length=16)] = ()


decode_application = msgspec.json.Decoder(Application).decode
decode_admission = msgspec.json.Decoder(Admission).decode
