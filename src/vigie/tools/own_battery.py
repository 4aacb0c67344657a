"""The machine's own battery: a laptop's, or a UPS that the system itself knows by its cable."""

import psutil

from vigie.tools.nut import NutFailed, Said

LOW = 10  # percent: where systems themselves begin to stop


def read() -> Said:
    """Return what the system says of its battery now. Raise NutFailed where it has none."""
    ask = getattr(psutil, "sensors_battery", None)
    found = ask() if ask else None
    if found is None:
        raise NutFailed("no_ups")
    return said_of(percent=found.percent, seconds=found.secsleft, plugged=found.power_plugged)


def said_of(*, percent: float, seconds: int, plugged: bool | None) -> Said:
    """Given what psutil says of a battery, return it in a UPS's words."""
    words = {"OB"} if plugged is False else {"OL"}
    words |= {"LB"} if plugged is False and percent <= LOW else set()
    return Said(
        status=frozenset(words),
        runtime=int(seconds) if seconds > 0 else None,
        charge=round(percent),
    )
