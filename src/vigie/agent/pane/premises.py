"""What the pages of the pane work with, put together by the agent."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vigie.agent.pane.doubts import Doubts
from vigie.agent.pane.questions import Questions
from vigie.agent.pane.settling import Settling
from vigie.agent.settings import Settings
from vigie.agent.spool import Spool
from vigie.domain.practice import Language
from vigie.tools.notices import Notices


@dataclass(frozen=True, slots=True, kw_only=True)
class Premises:
    """Everything one pane shows or does.

    `watching` names the sensors and duties at work, `blind` those that do not see. `console` is
    the address of the console, empty where there is none; `reached` says whether it answered the
    last time.
    """

    home: Path
    settings: Settings
    doubts: Doubts
    questions: Questions
    settling: Settling
    notices: Notices
    spool: Spool
    watching: Callable[[], Collection[str]]
    blind: Callable[[], Sequence[str]]
    console: Callable[[], str]
    reached: Callable[[], bool]

    @property
    def language(self) -> Language:
        """Return the language people read here."""
        return self.settings.practice.language

    @property
    def caretaker(self) -> str:
        """Return the first name of whoever looks after this practice."""
        return self.settings.practice.caretaker

    @staticmethod
    def now() -> datetime:
        """Return the time."""
        return datetime.now(UTC)
