"""Little plays about a practice's network: the printer at the reception, the box, the NAS."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from vigie.domain.evidence.printers import (
    Answer,
    DataAged,
    Device,
    DeviceGone,
    DeviceSeen,
    Door,
    Flaw,
    Kind,
    Tried,
)
from vigie.domain.guard import Scene
from vigie.guards.open_printer.guard import Seen

NIGHT = datetime(2026, 11, 24, 2, 30, tzinfo=UTC)


def device(*tried: Tried, pages: int | None = None) -> Device:
    """Return the printer at the reception, with these doors."""
    return Device(
        address="192.168.1.20",
        network="192.168.1.0/24",
        mac="00:80:77:01:02:03",
        name="Accueil",
        maker="Brother",
        kind=Kind.PRINTER,
        tried=tried,
        pages=pages,
        pages_after=pages,
    )


def door(door_: Door, answer: Answer = Answer.OPEN, port: int = 80, about: str = "") -> Tried:
    """Return one door and its answer."""
    return Tried(door=door_, answer=answer, port=port, about=about)


def seen(  # noqa: PLR0913  (what a sight is made of)
    device_: Device,
    *,
    before: Device | None = None,
    first: bool = False,
    closed: bool = False,
    flaws: tuple[Flaw, ...] = (),
    days: int = 0,
) -> DeviceSeen:
    """Return a sight of a device."""
    return DeviceSeen(
        at=NIGHT + timedelta(days=days),
        machine="accueil",
        device=device_,
        called="L’imprimante Brother « Accueil »",
        before=before,
        first=first,
        closed=closed,
        flaws=flaws,
    )


def _scene(title: str, seen_: Sequence[Seen], *facts: str) -> Scene[Seen]:
    return Scene(title=title, seen=seen_, facts=frozenset(facts))


IPP = door(Door.IPP, port=631, about="/ipp/print")
MAPPING = replace(
    door(Door.MAPPING, port=9100, about="TCP 9100 → 192.168.1.20:9100"),
    numbers={"outside": 9100, "inside": 9100},
)

SCENES = (
    _scene("prints_for_anybody", [seen(device(IPP), first=True)], "prints_for_anybody"),
    _scene(
        "says_none_and_refuses",
        [seen(device(door(Door.IPP, Answer.REFUSES, 631)), first=True)],
    ),
    _scene(
        "raw_and_lpd",
        [seen(device(door(Door.RAW, port=9100), door(Door.LPD, port=515)), first=True)],
        "raw_printing_open",
        "lpd_open",
    ),
    _scene(
        "settings_that_only_look_open",
        [seen(device(door(Door.SETTINGS, Answer.UNSURE)), first=True)],
        "settings_to_check",
    ),
    _scene("a_login_page", [seen(device(door(Door.SETTINGS, Answer.ASKS)), first=True)]),
    _scene("from_the_internet", [seen(device(MAPPING), first=True)], "open_to_internet"),
    _scene("new_tonight", [seen(device())], "device_new"),
    _scene(
        "closed_since_yesterday",
        [seen(device(IPP), first=True), seen(device(), before=device(IPP), days=1)],
        "prints_for_anybody",
        "door_closed",
    ),
    _scene(
        "a_job_in_the_night",
        [seen(device(pages=120), before=device(pages=100), closed=True)],
        "printed_while_closed",
    ),
    _scene("jobs_of_the_day", [seen(device(pages=220), before=device(pages=100), closed=False)]),
    _scene(
        "no_longer_supported",
        [
            seen(
                device(),
                before=device(),
                flaws=(Flaw(product="Windows 7", ends="2020-01-14", ended=True),),
            )
        ],
        "support_ended",
    ),
    _scene(
        "flaws_that_are_used",
        [seen(device(), before=device(), flaws=(Flaw(product="Brother MFC", flaws=2),))],
        "flaws_exploited",
    ),
    _scene(
        "unplugged",
        [DeviceGone(at=NIGHT, machine="accueil", device=device(), called="L’imprimante")],
        "device_gone",
    ),
    _scene(
        "data_of_last_year",
        [DataAged(at=NIGHT, machine="accueil", which="kev", days=400)],
        "network_data_old",
    ),
    _scene(
        "data_of_this_week",
        [DataAged(at=NIGHT, machine="accueil", which="kev", days=4)],
    ),
    _scene(
        "no_data",
        [DataAged(at=NIGHT, machine="accueil", which="kev", days=None)],
        "network_data_missing",
    ),
    _scene(
        "an_answer_nobody_can_read",
        [seen(replace(device(), unread=(80,)), first=True)],
        "door_unread",
    ),
    _scene("nothing_open", [seen(device(), first=True)]),
)
