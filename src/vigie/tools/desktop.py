"""The desktop's own notices, by `notify-send` where it is installed."""

import shutil
import subprocess
from datetime import timedelta

LIMIT = timedelta(seconds=5)  # a desktop that does not answer must not hold up a deed


def show(text: str, *, grave: bool) -> bool:
    """Put a sentence before the eyes of whoever sits here; return whether it could be shown.

    It never vanishes by itself.
    """
    program = shutil.which("notify-send")
    if program is None:
        return False
    urgency = "critical" if grave else "normal"
    try:
        done = subprocess.run(
            [program, "--app-name=Vigie", f"--urgency={urgency}", "--expire-time=0", "Vigie", text],
            capture_output=True,
            check=False,
            timeout=LIMIT.total_seconds(),
        )
    except (subprocess.TimeoutExpired, OSError):
        return False
    return done.returncode == 0
