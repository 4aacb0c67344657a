"""Orders: the closed, typed list of what a caretaker may ask of a machine.

There is no order to run something, to switch a protection off for longer than an hour, to delete
a backup or to shorten its keeping.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from vigie.domain.danger import Danger
from vigie.wire.passkeys import Passkey
from vigie.wire.words import Digest, Id, Key, Pseudonym


class _Order(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="order"):
    """Something a caretaker may ask for."""


class Rehearse(_Order, frozen=True, kw_only=True, tag="rehearse"):
    """Play the rehearsal of these dangers (all, if none is named)."""

    dangers: Annotated[tuple[Danger, ...], Meta(max_length=11)] = ()


class BackUpNow(_Order, frozen=True, kw_only=True, tag="back_up_now"):
    """Make a backup outside its calendar."""


class ProveRestore(_Order, frozen=True, kw_only=True, tag="prove_restore"):
    """Restore a sample and prove it."""


class UndoDeeds(_Order, frozen=True, kw_only=True, tag="undo_deeds"):
    """Take back everything done about one report: free processes, folder and network."""

    report: Id


class Pause(_Order, frozen=True, kw_only=True, tag="pause"):
    """Pause the watch for one danger, for at most an hour."""

    danger: Danger
    minutes: Annotated[int, Meta(ge=1, le=60)]


class Leave(StrEnum):
    """What a caretaker answers about a device."""

    ONCE = "once"
    ALWAYS = "always"
    NEVER = "never"


DeviceNumber = Annotated[int, Meta(ge=1, lt=2**40, description="a device, by its digest's bits")]


class AllowKey(_Order, frozen=True, kw_only=True, tag="allow_key"):
    """Let a USB device in once or always, or never again; `key` is the number its report gave."""

    key: DeviceNumber
    leave: Leave


class ForgetKey(_Order, frozen=True, kw_only=True, tag="forget_key"):
    """Forget what was decided about a USB device: it is a stranger again."""

    key: DeviceNumber


class UpdateTonight(_Order, frozen=True, kw_only=True, tag="update_tonight"):
    """Install one update, known by its number, on the next evening outside consultations."""

    update: Annotated[int, Meta(ge=1, le=2**53)]


class PostponeUpdates(_Order, frozen=True, kw_only=True, tag="postpone_updates"):
    """Let all updates wait so many days."""

    days: Annotated[int, Meta(ge=1, le=14)]


class RollBackUpdate(_Order, frozen=True, kw_only=True, tag="roll_back_update"):
    """Go back from one update that was kept, with what was written since."""

    update: Annotated[int, Meta(ge=1, le=2**53)]


class ReleaseHeld(_Order, frozen=True, kw_only=True, tag="release_held"):
    """Give back, byte for byte, what was put aside under one report."""

    report: Id


class DestroyHeld(_Order, frozen=True, kw_only=True, tag="destroy_held"):
    """Never give back by itself what was put aside under one report; it goes on its date."""

    report: Id


class ScanNetwork(_Order, frozen=True, kw_only=True, tag="scan_network"):
    """Look for open devices on the practice's network, outside the calendar."""


class TrustPasskey(_Order, frozen=True, kw_only=True, tag="trust_passkey"):
    """Obey this passkey too."""

    passkey: Passkey


class TrustKey(_Order, frozen=True, kw_only=True, tag="trust_key"):
    """Obey this Ed25519 key too."""

    key: Key


class Distrust(_Order, frozen=True, kw_only=True, tag="distrust"):
    """Obey a key or passkey no more; it is named by `passkeys.name_of`."""

    signer: Digest


Wish = (
    Rehearse
    | BackUpNow
    | ProveRestore
    | UndoDeeds
    | Pause
    | AllowKey
    | ForgetKey
    | UpdateTonight
    | PostponeUpdates
    | RollBackUpdate
    | ReleaseHeld
    | DestroyHeld
    | ScanNetwork
    | TrustPasskey
    | TrustKey
    | Distrust
)

# A passkey signs on a page that the console has made, and no authenticator shows what it signs.
# What lifts a protection, or changes who is obeyed, asks for a key that no page can reach.
BY_KEY_ALONE = (Pause, UndoDeeds, TrustPasskey, TrustKey, Distrust)


class Order(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One wish, addressed and dated. `sequence` only grows: a replay is refused."""

    practice: Pseudonym
    machine: Pseudonym
    sequence: Annotated[int, Meta(ge=1)]
    expires: Annotated[datetime, Meta(tz=True)]
    wish: Wish


encode = msgspec.json.Encoder(order="deterministic").encode
decode = msgspec.json.Decoder(Order).decode
