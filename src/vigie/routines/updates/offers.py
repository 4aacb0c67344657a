"""What is offered today, unit by unit, and whether it may be installed at all."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from vigie.routines.updates.application import SYSTEM, Application
from vigie.routines.updates.register import Register
from vigie.tools.packages import Change, Packages


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What one unit could be brought to. `refused` is the slug of why it is not."""

    unit: str
    changes: tuple[Change, ...] = ()
    refused: str = ""
    said: str = ""


def release_better(packages: Packages, register: Register) -> None:
    """Let go of held packages for which another version is offered than the one that failed."""
    held = register.held().versions
    better = [name for name, version in held.items() if packages.offered(name) != version]
    if better:
        packages.release(better)
        kept = {name: version for name, version in held.items() if name not in better}
        register.hold(versions=kept)


def offers(
    packages: Packages, applications: Sequence[Application], *, system: bool = True
) -> tuple[Offer, ...]:
    """Simulate each application, then (if `system`) everything else; return what is offered.

    An update that would take a package away is refused: somebody may need it.
    """
    found = [_offer(packages, app.name, app.packages) for app in applications]
    if system:
        found.append(_rest(packages, applications, found))
    return tuple(offer for offer in found if offer.changes or offer.refused)


def _rest(packages: Packages, applications: Sequence[Application], found: Sequence[Offer]) -> Offer:
    rest = _offer(packages, SYSTEM, ())
    own = {name for app in applications for name in app.packages}
    own |= {change.package for offer in found for change in offer.changes}
    others = tuple(change for change in rest.changes if change.package not in own)
    return replace(rest, changes=others, refused=rest.refused if others else "")


def _offer(packages: Packages, unit: str, names: Sequence[str]) -> Offer:
    simulated = packages.simulate(names)
    if simulated.trouble:
        return Offer(unit=unit, refused=simulated.trouble, said=simulated.said)
    if simulated.removals:
        return Offer(
            unit=unit,
            changes=simulated.changes,
            refused="would_remove",
            said=", ".join(simulated.removals),
        )
    return Offer(unit=unit, changes=simulated.changes)
