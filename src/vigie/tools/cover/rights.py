"""Windows and macOS: a folder whose access rights refuse writing. Not yet run.

Windows: `icacls` adds a refusal for Everyone (S-1-1-0) to write, append and delete, inherited by
all that lies within. macOS: `chmod +a` adds the same refusal, recursively. Both leave every other
right alone, so that taking it away puts the folder back as it was. An administrator's program can
lift it again; a person's cannot.
"""

import subprocess
import sys

_PATIENCE = 60  # seconds: recursive on a large folder
_EVERYONE = "*S-1-1-0"
_REFUSED_ON_WINDOWS = "(OI)(CI)(WD,AD,WEA,WA,DE,DC)"
_REFUSED_ON_MACOS = (
    "everyone deny write,append,delete,delete_child,add_file,add_subdirectory,"
    "writeattr,writeextattr"
)


class RightsCover:
    """Covers folders by an added refusal."""

    def __init__(self) -> None:
        self._blocked: set[str] = set()

    @property
    def blocked(self) -> tuple[str, ...]:
        """Return the folders this object has covered."""
        return tuple(sorted(self._blocked))

    def block(self, folder: str) -> None:
        """Refuse writing to everybody. Raise OSError if the system does not agree."""
        if sys.platform == "win32":
            _run(["icacls", folder, "/deny", f"{_EVERYONE}:{_REFUSED_ON_WINDOWS}", "/Q"])
        else:
            _run(["chmod", "-R", "+a", _REFUSED_ON_MACOS, folder])
        self._blocked.add(folder)

    def unblock(self, folder: str) -> None:
        """Take the refusal away again. Raise OSError if the system does not agree."""
        if sys.platform == "win32":
            _run(["icacls", folder, "/remove:d", _EVERYONE, "/Q"])
        else:
            _run(["chmod", "-R", "-a", _REFUSED_ON_MACOS, folder])
        self._blocked.discard(folder)


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=False)
    if done.returncode:
        raise OSError(done.returncode, done.stderr.strip() or command[0])
