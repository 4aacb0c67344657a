"""The judge of documents as an agent has it: with the caretaker's rules, and a second opinion.

Rules lie in `rules/` of Vigie's home. What keeps a judge from using what the practice has (rules
that cannot be understood, a ClamAV daemon that has fallen silent) is blindness, and reported; files
are judged by what is left.
"""

import logging
from pathlib import Path

from vigie.agent.loop import Agent
from vigie.domain.danger import Danger
from vigie.readers.document.rules import RulesWrong, compile_folder
from vigie.routines.documents.checking import DocumentChecker
from vigie.tools import clamd

log = logging.getLogger(__name__)

RULES = "rules"  # in Vigie's home
_BLINDS = (Danger.TROJAN_DOCUMENT, Danger.STRAY_USB_KEY)
_SCANNER, _READING = "second_opinion", "document_rules"


def document_checker(agent: Agent, home: Path) -> DocumentChecker:
    """Return a checker of files for one of the agent's watches; whoever asks for it closes it."""

    def heard(answered: bool) -> None:  # noqa: FBT001  (a callback of one truth)
        if answered:
            agent.see_again(_SCANNER)
        else:
            agent.go_blind(_SCANNER, _BLINDS, "died", "clamd does not answer")

    return DocumentChecker(
        machine=agent.machine,
        rules=rules_at_hand(agent, home),
        scanner=clamd.found(),
        heard=heard,
    )


def rules_at_hand(agent: Agent, home: Path) -> Path | None:
    """Return the folder of rules where there is one that can be understood."""
    folder = home / RULES
    if not folder.is_dir():
        return None
    try:
        compile_folder(folder)
    except (RulesWrong, OSError) as wrong:
        agent.go_blind(_READING, _BLINDS, "died", str(wrong))
        return None
    agent.see_again(_READING)
    return folder
