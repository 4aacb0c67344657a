"""What a caretaker may ask for in a browser, and what has to be said with each."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from vigie.domain.danger import Danger
from vigie.wire import orders as wire

Particulars = Mapping[str, Any]


class Verb(StrEnum):
    """One thing to ask for. Whatever is not here asks for a key file, or does not exist."""

    BACK_UP = "back_up"
    PROVE = "prove"
    REHEARSE = "rehearse"
    SCAN = "scan"
    RELEASE = "release"
    DESTROY = "destroy"
    ALLOW_KEY = "allow_key"
    FORGET_KEY = "forget_key"
    UPDATE = "update"
    POSTPONE = "postpone"
    ROLL_BACK = "roll_back"


NAMES = {
    Verb.BACK_UP: _("Back up now"),
    Verb.PROVE: _("Prove a restore"),
    Verb.REHEARSE: _("Play the incidents"),
    Verb.SCAN: _("Look for open devices on the network"),
    Verb.RELEASE: _("Give back something that was put aside"),
    Verb.DESTROY: _("Do away with something that was put aside"),
    Verb.ALLOW_KEY: _("Answer about a USB key"),
    Verb.FORGET_KEY: _("Forget a USB key"),
    Verb.UPDATE: _("Install an update tonight"),
    Verb.POSTPONE: _("Let updates wait"),
    Verb.ROLL_BACK: _("Go back from an update"),
}
# What has to be chosen with each; a verb that is not here needs nothing more.
ASKS: Mapping[Verb, tuple[str, ...]] = {
    Verb.REHEARSE: ("dangers",),
    Verb.RELEASE: ("report",),
    Verb.DESTROY: ("report",),
    Verb.ALLOW_KEY: ("key", "leave"),
    Verb.FORGET_KEY: ("key",),
    Verb.UPDATE: ("update",),
    Verb.POSTPONE: ("days",),
    Verb.ROLL_BACK: ("update",),
}
_WISHES: Mapping[Verb, Callable[[Particulars], wire.Wish]] = {
    Verb.BACK_UP: lambda _: wire.BackUpNow(),
    Verb.PROVE: lambda _: wire.ProveRestore(),
    Verb.REHEARSE: lambda it: wire.Rehearse(dangers=tuple(Danger(d) for d in it["dangers"])),
    Verb.SCAN: lambda _: wire.ScanNetwork(),
    Verb.RELEASE: lambda it: wire.ReleaseHeld(report=it["report"]),
    Verb.DESTROY: lambda it: wire.DestroyHeld(report=it["report"]),
    Verb.ALLOW_KEY: lambda it: wire.AllowKey(key=int(it["key"]), leave=wire.Leave(it["leave"])),
    Verb.FORGET_KEY: lambda it: wire.ForgetKey(key=int(it["key"])),
    Verb.UPDATE: lambda it: wire.UpdateTonight(update=int(it["update"])),
    Verb.POSTPONE: lambda it: wire.PostponeUpdates(days=it["days"]),
    Verb.ROLL_BACK: lambda it: wire.RollBackUpdate(update=int(it["update"])),
}


def wish(verb: Verb, particulars: Particulars) -> wire.Wish:
    """Return the wish that a verb and what was chosen with it make."""
    return _WISHES[verb](particulars)
