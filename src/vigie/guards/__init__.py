"""The guards: one folder per danger, and the folder's name is the registration."""

import importlib
import pkgutil
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from vigie.domain.danger import Danger
from vigie.domain.guard import Guard, Scene


@cache
def built() -> tuple[Danger, ...]:
    """Return the dangers that have a guard, in the order people read them.

    Raise ValueError for a folder that is not named after one of the eleven dangers.
    """
    folders = {module.name for module in pkgutil.iter_modules(__path__) if module.ispkg}
    if strangers := folders - set(Danger):
        raise ValueError(f"not one of the eleven dangers: {', '.join(sorted(strangers))}")
    return tuple(danger for danger in Danger if danger.value in folders)


def guards() -> Mapping[Danger, Guard[Any]]:
    """Return every guard, found by its folder."""
    return {danger: _module(danger, "guard").GUARD for danger in built()}


def scenes(danger: Danger) -> Sequence[Scene[Any]]:
    """Return the little plays of one danger."""
    plays: Sequence[Scene[Any]] = _module(danger, "scenes").SCENES
    return plays


def _module(danger: Danger, name: str) -> Any:  # noqa: ANN401  (a module found by its name)
    return importlib.import_module(f"{__name__}.{danger.value}.{name}")
