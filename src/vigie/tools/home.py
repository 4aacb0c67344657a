"""Where Vigie keeps its state: `$VIGIE_HOME`, or the system's own place for it."""

import os
from pathlib import Path


def home() -> Path:
    """Return Vigie's state folder, made with mode 0700 if it is not there.

    `$VIGIE_HOME`, else `/var/lib/vigie` as root, else `~/.local/state/vigie`.
    """
    if named := os.environ.get("VIGIE_HOME"):
        folder = Path(named)
    elif hasattr(os, "geteuid") and os.geteuid() == 0:
        folder = Path("/var/lib/vigie")
    else:
        folder = Path.home() / ".local" / "state" / "vigie"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
