"""What a matter lets a caretaker ask its machine for: the order's page, with all of it filled in.

The pages of orders stand above the desk and know nothing of it, nor the desk of them: what passes
between them is an address.
"""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from vigie.console.alerts.models import Alert, Kind
from vigie.console.intake.models import Report
from vigie.domain.danger import Danger
from vigie.domain.response import Deed, Result

_CHOSEN = {"chosen": "1", "lasts": "1d"}


def asks(alert: Alert, report: Report | None) -> list[Mapping[str, str]]:
    """Return what may be asked for, each as `said` and `address`, the likeliest first.

    `report` is the one by which the machine last told this matter.
    """
    machine = alert.machine
    if machine is None:
        return []
    return [
        {"said": said, "address": _address(alert, {"machine": machine.pseudonym, **choice})}
        for said, choice in _choices(alert, report)
    ]


def _choices(alert: Alert, report: Report | None) -> list[tuple[str, dict[str, str]]]:
    match alert.kind:
        case Kind.NO_SNAPSHOT:
            return [(_("Ask for a backup now"), {"verb": "back_up", **_CHOSEN})]
        case Kind.PROOF_FAILED | Kind.PROOF_EXPIRED:
            again = {"verb": "rehearse", "dangers": alert.danger, **_CHOSEN}
            return [(_("Ask for this proof again"), again)]
        case Kind.REPORT if report is not None:
            return _about(alert, report)
    return []


def _about(alert: Alert, report: Report) -> list[tuple[str, dict[str, str]]]:
    if any(o["deed"] == Deed.HOLD and o["result"] == Result.DONE for o in report.outcomes):
        of = {"report": report.item, **_CHOSEN}
        return [
            (_("Give it back"), {"verb": "release", **of}),
            (_("Do away with it"), {"verb": "destroy", **of}),
        ]
    if alert.danger == Danger.STRAY_USB_KEY and (key := alert.numbers.get("key")):
        # Not yet chosen: whether it comes in once, always or never is the person's answer.
        return [(_("Answer about this key"), {"verb": "allow_key", "key": str(key), "lasts": "1d"})]
    if alert.danger == Danger.OPEN_PRINTER:
        return [(_("Ask the machine to look again"), {"verb": "scan", **_CHOSEN})]
    return []


def _address(alert: Alert, said: Mapping[str, str]) -> str:
    return f"{reverse('order_prepare', args=[alert.practice.pseudonym])}?{urlencode(said)}"
