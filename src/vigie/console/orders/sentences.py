"""An order in a plain sentence, and what became of it."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from vigie.console.desk import words
from vigie.wire import orders as wire

_LEAVES = {
    wire.Leave.ONCE: gettext_noop("“%(machine)s” will let in this USB key once."),
    wire.Leave.ALWAYS: gettext_noop("“%(machine)s” will always let in this USB key."),
    wire.Leave.NEVER: gettext_noop("“%(machine)s” will never let in this USB key."),
}
_PLAIN = {
    wire.BackUpNow: gettext_noop("“%(machine)s” will back up now."),
    wire.ProveRestore: gettext_noop("“%(machine)s” will restore a sample and prove that it opens."),
    wire.ScanNetwork: gettext_noop(
        "“%(machine)s” will look for open printers and devices on the practice’s network."
    ),
    wire.UndoDeeds: gettext_noop("“%(machine)s” will take back all that was done about a report."),
    wire.ReleaseHeld: gettext_noop(
        "“%(machine)s” will give back, as it came, what was put aside under one report; "
        "a message kept from leaving will leave."
    ),
    wire.DestroyHeld: gettext_noop(
        "“%(machine)s” will never give back what was put aside under one report; "
        "our copy goes on its date, not before."
    ),
    wire.ForgetKey: gettext_noop("“%(machine)s” will forget this USB key: it is a stranger again."),
    wire.UpdateTonight: gettext_noop(
        "“%(machine)s” will install this update on the next evening, outside consultations."
    ),
    wire.RollBackUpdate: gettext_noop(
        "“%(machine)s” will go back from this update and keep what was written since."
    ),
    wire.TrustKey: gettext_noop("“%(machine)s” will obey one more key."),
    wire.TrustPasskey: gettext_noop("“%(machine)s” will obey one more passkey."),
    wire.Distrust: gettext_noop("“%(machine)s” will no longer obey one key."),
}
REASONS = {
    "forged": gettext_noop("its signature is not that of somebody whom the machine obeys"),
    "stranger": gettext_noop("the machine does not know this passkey yet"),
    "unreadable": gettext_noop("the machine’s version does not know this order"),
    "misaddressed": gettext_noop("it is addressed to another machine"),
    "expired": gettext_noop("it came too late"),
    "replayed": gettext_noop("the machine had taken a later one"),
    "not_wired": gettext_noop("nothing on this machine can do it"),
    "cloned": gettext_noop("the passkey’s count went back: somebody may have a copy of it"),
    "key_needed": gettext_noop("it asks for a key file, not for a passkey"),
}
STATES = {
    "waiting": gettext_noop("Waiting"),
    "taken": gettext_noop("Taken"),
    "done": gettext_noop("Done"),
    "failed": gettext_noop("Not done"),
    "refused": gettext_noop("Refused"),
    "expired": gettext_noop("Expired"),
}
# Class of the sign beside each word; the word says it alone.
SIGNS = {
    "waiting": "to_watch",
    "taken": "to_watch",
    "done": "proven",
    "failed": "to_do",
    "refused": "to_do",
    "expired": "blind",
}


def said(wish: wire.Wish, machine: str) -> str:
    """Return what an order will do, and where."""
    about = {"machine": machine}
    match wish:
        case wire.AllowKey(leave=leave):
            return _(_LEAVES[leave]) % about
        case wire.PostponeUpdates(days=n):
            return ngettext(
                "“%(machine)s” will let all updates wait for %(n)d day.",
                "“%(machine)s” will let all updates wait for %(n)d days.",
                n,
            ) % {**about, "n": n}
        case wire.Pause(danger=danger, minutes=n):
            return _("“%(machine)s” will only report, for %(n)d minutes: %(incident)s.") % {
                **about,
                "n": n,
                "incident": words.incident(danger.value),
            }
        case wire.Rehearse(dangers=dangers) if dangers:
            named = " · ".join(words.incident(danger.value) for danger in dangers)
            return _("“%(machine)s” will play: %(incidents)s.") % {**about, "incidents": named}
        case wire.Rehearse():
            return _("“%(machine)s” will play the eleven incidents.") % about
        case _plain:
            return _(_PLAIN[type(_plain)]) % about


def why(reason: str) -> str:
    """Return why a machine did not obey, as the end of a sentence."""
    return _(REASONS[reason]) if reason in REASONS else ""
