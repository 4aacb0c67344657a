"""The desktop's own notices: a sentence before the eyes of each person who sits at this machine."""

import sys
from typing import Protocol

from vigie.tools.desktop.linux import Linux
from vigie.tools.desktop.macos import MacOs
from vigie.tools.desktop.windows import Windows


class Desktop(Protocol):
    """The screens of this machine, each in one person's session."""

    def show(self, text: str, *, grave: bool) -> bool:
        """Put a sentence before each person's eyes; return whether at least one could see it.

        It appears once a person, never on a locked screen, and does not vanish by itself.
        """

    def lacks(self) -> str:
        """Return the program without which nobody who sits here sees anything, "" for none."""


def desktop() -> Desktop:
    """Return this system's notices."""
    if sys.platform == "win32":
        return Windows()
    if sys.platform == "darwin":
        return MacOs()
    return Linux()
