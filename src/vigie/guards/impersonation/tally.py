"""The points: what each signal weighs, and what they add up to."""

from collections.abc import Iterable
from importlib import resources
from tomllib import loads

from vigie.guards.impersonation import attached, identity, links, proof, request
from vigie.guards.impersonation.view import Signal, View

TABLE = loads((resources.files("vigie.guards.impersonation") / "weights.toml").read_text("utf-8"))
POINTS: dict[str, int] = {**TABLE["fitted"], **TABLE["set"]}
WARN: int = TABLE["tiers"]["warn"]
HOLD: int = TABLE["tiers"]["hold"]

_LAYERS = (identity.signals, proof.signals, links.signals, request.signals, attached.signals)


def signals(view: View) -> list[Signal]:
    """Return all that does not match, each signal once, the weightiest first.

    Soft signals do not count where the writer is known and proven, nor where a body that is known
    writes from its own domain and its provider says so.
    """
    found: dict[str, Signal] = {}
    for layer in _LAYERS:
        for signal in layer(view):
            found.setdefault(signal.name, signal)
    trusted = view.acquainted or (view.owner is not None and view.proven)
    kept = [signal for signal in found.values() if signal.hard or not trusted]
    return sorted(kept, key=lambda signal: POINTS.get(signal.name, 0), reverse=True)


def total(found: Iterable[Signal]) -> int:
    """Return what some signals add up to, in tenths of a point."""
    return sum(POINTS.get(signal.name, 0) for signal in found)
