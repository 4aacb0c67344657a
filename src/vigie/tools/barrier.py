"""The barrier: who may open nothing for now, and which folders nobody may write.

One object, written by the deeds FREEZE and BLOCK and read by the gate at each question. It lives
in memory only: when Vigie ends, nobody is held back.
"""

import os
import threading
from collections.abc import Callable


class Barrier:
    """Frozen families and blocked folders. Reading it takes no lock: the gate must not wait."""

    def __init__(self) -> None:
        self._changing = threading.Lock()
        self._told: Callable[[], None] | None = None
        self.frozen: frozenset[str] = frozenset()
        self.blocked: tuple[str, ...] = ()

    def when_changed(self, told: Callable[[], None] | None) -> None:
        """Have `told` called whenever somebody is frozen or let go; None for nobody."""
        self._told = told
        if told:
            told()

    def freeze(self, family: str) -> None:
        """Refuse every open of a protected document by this family."""
        with self._changing:
            self.frozen |= {family}
        if told := self._told:
            told()

    def thaw(self, family: str) -> None:
        """Let this family open documents again."""
        with self._changing:
            self.frozen -= {family}
        if told := self._told:
            told()

    def block(self, folder: str) -> None:
        """Refuse to everyone else to open what lies in this folder for writing."""
        with self._changing:
            self.blocked = tuple(sorted({*self.blocked, folder}))

    def unblock(self, folder: str) -> None:
        """Let this folder be written again."""
        with self._changing:
            self.blocked = tuple(kept for kept in self.blocked if kept != folder)

    def refuses(self, family: str, path: str, *, write: bool) -> bool:
        """Return whether this open must be refused."""
        if family in self.frozen:
            return True
        return write and any(
            path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)
            for folder in self.blocked
        )
