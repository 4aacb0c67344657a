"""The cover: a folder that nobody can write to for a while, where no process can be stopped.

One module per system behind the same three words; BLOCK uses it where the kernel does not ask
Vigie before each open. The composition root picks the one of its system with `of_this_system`.
"""

import sys
from typing import Protocol


class Cover(Protocol):
    """Folders made read-only for everybody. Each call is idempotent and raises OSError."""

    @property
    def blocked(self) -> tuple[str, ...]:
        """Return the folders that are covered now."""

    def block(self, folder: str) -> None:
        """Cover a folder. The undo must have been registered: a cover may outlive its maker."""

    def unblock(self, folder: str) -> None:
        """Take a cover away; nothing happens where there is none of ours."""


def of_this_system() -> Cover:
    """Return the cover this system can give."""
    if sys.platform == "linux":
        from vigie.tools.cover.mounts import MountCover as SystemCover  # noqa: PLC0415
    else:
        from vigie.tools.cover.rights import RightsCover as SystemCover  # noqa: PLC0415
    return SystemCover()
