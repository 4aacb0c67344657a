"""Passwords in the agent: the notes that hold some, and the accounts that need none."""

import sys
from collections.abc import Sequence

from vigie.agent.loop import Agent
from vigie.agent.settings import Settings
from vigie.readers.notes.reader import looking
from vigie.sensors import Sensor
from vigie.sensors.accounts import System
from vigie.sensors.accounts.linux import Linux
from vigie.sensors.accounts.macos import MacOS
from vigie.sensors.accounts.watching import Accounts
from vigie.sensors.accounts.windows import Windows
from vigie.sensors.notes.places import Place, desks
from vigie.sensors.notes.watching import Notes

NOTES, ACCOUNTS = "notes.db", "accounts.json"  # in the agent's own folder


def system() -> System:
    """Return how this system tells about its accounts."""
    if sys.platform == "win32":
        return Windows()
    if sys.platform == "darwin":
        return MacOS()
    return Linux()


def places(settings: Settings, this: System) -> Sequence[Place]:
    """Return where notes are looked for: what the practice shares, and people's own desks."""
    shared = dict.fromkeys((*settings.watch.folders, *settings.passwords.folders))
    return [
        *(Place(folder=folder, shared=True) for folder in shared),
        *(desks(this.homes()) if settings.passwords.desks else ()),
    ]


def password_watch(agent: Agent) -> tuple[Sensor, ...]:
    """Return the sensors of the exposed password for one machine."""
    settings, this = agent.settings, system()
    return (
        Notes(lambda: places(settings, this), agent.folder / NOTES, looking, machine=agent.machine),
        Accounts(
            this,
            agent.folder / ACCOUNTS,
            machine=agent.machine,
            left=settings.passwords.left,
        ),
    )
