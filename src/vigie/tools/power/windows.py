"""Windows: shutdown.exe, powercfg and the service manager. Not yet run on Windows."""

import subprocess
from collections.abc import Sequence
from datetime import datetime, timedelta

from vigie.tools.power import PowerFailed

LIMIT = 60.0
SERVICES = ("postgresql", "MariaDB", "MySQL", "FirebirdServerDefaultInstance", "MSSQLSERVER")


class WindowsPower:
    """The machine this runs on."""

    def stop_databases(self) -> Sequence[str]:
        """Stop the database services that run."""
        stopped = []
        for service in SERVICES:
            try:
                _run(["net", "stop", service])
            except PowerFailed:
                continue  # not installed, or not running
            stopped.append(service)
        return stopped

    def shut_down(self, *, polite: bool) -> None:
        """Shut down; a polite one lets programs refuse."""
        _run(["shutdown", "/s", "/t", "0", *([] if polite else ["/f"])])

    def sleep(self) -> None:
        """Suspend."""
        _run(["rundll32", "powrprof.dll,SetSuspendState", "0,1,0"])

    def wake_at(self, moment: datetime) -> bool:
        """Have a scheduled task wake the machine."""
        task = (
            f"$t=New-ScheduledTaskTrigger -Once -At '{moment.astimezone():%Y-%m-%dT%H:%M:%S}';"
            "$s=New-ScheduledTaskSettingsSet -WakeToRun;"
            "$a=New-ScheduledTaskAction -Execute cmd.exe -Argument '/c exit';"
            "Register-ScheduledTask -Force -TaskName 'Vigie wake'"
            " -Trigger $t -Settings $s -Action $a"
        )
        try:
            _run(["powershell", "-NoProfile", "-NonInteractive", "-Command", task])
        except PowerFailed:
            return False
        return True

    def inhibitors(self) -> Sequence[str]:
        """Return who asks Windows not to sleep (`powercfg /requests`)."""
        return requests_in(_run(["powercfg", "/requests"]))

    def idle(self) -> timedelta | None:
        """Return None: a service does not see the last input of the session at the screen."""
        return None

    def somebodys_desk(self) -> bool:
        """Return True: practices run Windows on desks; a server is told apart in agent.toml."""
        return True


def requests_in(raw: str) -> Sequence[str]:
    """Given what `powercfg /requests` says, return who asks for it."""
    lines = [line.strip() for line in raw.splitlines()]
    return [line for line in lines if line.startswith("[")]


def _run(argv: Sequence[str]) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise PowerFailed("missing_program", str(failure)) from failure
    if done.returncode:
        raise PowerFailed("no_permission", (done.stderr or done.stdout).strip()[:300])
    return done.stdout
