"""Linux: a systemd unit, as hardened as fanotify, mounts and nftables allow."""

import os
import socket
from pathlib import Path

from vigie.tools.service import Charge, ask, put_back, write_with_undo

NAME = "vigie-agent.service"
UNITS = Path("/etc/systemd/system")
WATCHDOG_SECONDS = 60  # the agent shows a sign of life every five seconds

# What the agent needs root for, and nothing else: fanotify and read-only mounts (SYS_ADMIN), the
# firewall (NET_ADMIN), stopping a process (KILL), looking at it (SYS_PTRACE), and bringing files
# back with their owners and modes (CHOWN, DAC_*, FOWNER, FSETID, SETFCAP). The sandbox of the
# readers drops to nobody (SETUID, SETGID, SYS_CHROOT, SETPCAP). LINUX_IMMUTABLE guards the vault.
_CAPABILITIES = (
    "CAP_SYS_ADMIN CAP_NET_ADMIN CAP_KILL CAP_SYS_PTRACE CAP_CHOWN CAP_DAC_OVERRIDE"
    " CAP_DAC_READ_SEARCH CAP_FOWNER CAP_FSETID CAP_SETFCAP CAP_SETUID CAP_SETGID CAP_SYS_CHROOT"
    " CAP_SETPCAP CAP_SYS_NICE CAP_SYS_RESOURCE CAP_LINUX_IMMUTABLE"
)

_UNIT = """\
[Unit]
Description=Vigie, the lookout of a medical practice
After=local-fs.target network.target
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
Environment=VIGIE_HOME={home} PYTHONUNBUFFERED=1
Restart=always
RestartSec=2
WatchdogSec={watchdog}
TimeoutStopSec=30
MemoryHigh={high}
MemoryMax={most}
TasksMax=512
LimitNOFILE=65536
OOMScoreAdjust=-500
UMask=0077

# No Protect…, Private… or …Paths option: each gives the service its own view of the mounts, and
# a folder put read-only in there would stay writable for everybody else.
CapabilityBoundingSet={capabilities}
NoNewPrivileges=yes
KeyringMode=private
LockPersonality=yes
RestrictRealtime=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=~@clock @cpu-emulation @module @obsolete @raw-io @reboot @swap

[Install]
WantedBy=multi-user.target
"""


class Systemd:
    """The service of Linux, described in `units`."""

    def __init__(self, units: Path = UNITS) -> None:
        self.file = units / NAME

    def text(self, charge: Charge) -> str:
        """Return the unit. Above nine tenths of its memory the agent is slowed, not stopped."""
        return _UNIT.format(
            command=" ".join(_quoted(word) for word in charge.command),
            home=_quoted(str(charge.home)),
            watchdog=WATCHDOG_SECONDS,
            high=charge.memory * 9 // 10,
            most=charge.memory,
            capabilities=_CAPABILITIES,
        )

    def install(self, charge: Charge) -> None:
        """Write the unit, enable and start it."""
        write_with_undo(self.file, self.text(charge).encode(), _former(charge))
        ask(["systemctl", "daemon-reload"])
        ask(["systemctl", "enable", NAME])
        ask(["systemctl", "restart", NAME])

    def remove(self, charge: Charge) -> None:
        """Stop and disable the unit, and put back what was there before."""
        if self.file.exists():
            ask(["systemctl", "disable", "--now", NAME])
        put_back(self.file, _former(charge))
        ask(["systemctl", "daemon-reload"])


def tell(state: str) -> None:
    """Tell systemd how the service is (`READY=1`, `WATCHDOG=1`, `STOPPING=1`), if it listens.

    The protocol is that of sd_notify(3).
    """
    name = os.environ.get("NOTIFY_SOCKET")
    if not name:
        return
    address = "\0" + name[1:] if name.startswith("@") else name
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as way:
        way.settimeout(1)
        try:
            way.sendto(state.encode(), address)
        except OSError:  # a supervisor that does not listen is no reason to stop watching
            return


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped}"' if any(c in word for c in " \"'\\;") else escaped


def _former(charge: Charge) -> Path:
    return charge.home / "agent" / "service.before"
