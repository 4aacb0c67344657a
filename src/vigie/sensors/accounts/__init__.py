"""The accounts of a machine: who may open a session, with what, and who really does.

One module per system behind `System`; Windows and macOS are written against the documented
interfaces of their own programs and have *not yet run*.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from vigie.domain.evidence.passwords import Account
from vigie.knowledge.passwords.labels import flat

# Names of a place or a task. Whoever uses such an account is nobody in particular.
_GENERIC_NAMES = """
accueil secretariat secretaire secretaires cabinet poste bureau medecin medecins docteur docteurs
infirmier infirmiere infirmieres kine remplacant remplacante stagiaire stagiaires interne invite
guest user utilisateur utilisateurs users client salle consultation soins labo radio echo pc
ordinateur ordi portable reception empfang praxis arzt benutzer gast office desk front general
commun tous public partage temp test demo ide
"""
_GENERIC = frozenset(_GENERIC_NAMES.split())
RECENT = 30  # days in which somebody's habits show


class System(Protocol):
    """What one system tells about its accounts."""

    def accounts(self, now: datetime, left: Collection[str]) -> Sequence[Account]:
        """Return the accounts that can open a session; `left` names people who are gone.

        Raise SensorBlind where the system does not tell.
        """

    def homes(self) -> Sequence[Path]:
        """Return the folders in which people keep what is theirs."""


def generic(name: str) -> bool:
    """Return whether an account is named after a place or a task: « accueil2 », « poste-1 »."""
    words = flat(name).rstrip("0123456789").replace("-", " ").replace("_", " ").split()
    return bool(words) and words[0].rstrip(".") in _GENERIC
