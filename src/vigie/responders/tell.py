"""TELL: one sentence for the people at this machine, kept, and shown at a moment that suits."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.tools.notices import Notices
from vigie.tools.undo import UndoBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a report says to a person. `grave`: harm is under way, and may interrupt.

    `screen` is what everybody at the machine may read of it, where that is less than `text`.
    """

    text: str
    button: str = ""
    grave: bool = False
    screen: str = ""


class Show(Protocol):
    """A way to put a sentence before someone's eyes, such as the desktop's notices."""

    def __call__(self, text: str, *, grave: bool) -> bool:
        """Return whether it could be shown."""


Words = Callable[[str], Said | None]

# Voices speak from several threads, and showing takes a while: nobody is told the same twice.
_SPEAKING = threading.Lock()


class Voice:
    """What the machine says, and when: within the week's budget, and not during consultations."""

    def __init__(
        self,
        notices: Notices,
        *,
        show: Show,
        consulting: Callable[[datetime], bool],
    ) -> None:
        self._notices = notices
        self._show = show
        self._consulting = consulting

    def say(self, deed: Deed, report: str, said: Said, at: datetime) -> bool:
        """Keep a sentence for the pane and show it if this is the moment; return if it is new."""
        new = self._notices.keep(
            report=report,
            deed=deed.value,
            text=said.text,
            button=said.button,
            grave=said.grave,
            at=at,
            screen=said.screen,
        )
        self.catch_up(at)
        return new

    def catch_up(self, now: datetime) -> int:
        """Show what has waited for a calmer moment; return how many notices were shown."""
        with _SPEAKING:
            return self._catch_up(now)

    def _catch_up(self, now: datetime) -> int:
        shown = 0
        for notice in self._notices.unshown():
            consulting = self._consulting(now)
            if not self._notices.may_interrupt(notice, now, consulting=consulting):
                continue
            if not self._show(notice.screen or notice.text, grave=notice.grave):
                break  # there is no desktop: what is kept waits in the pane, nobody was disturbed
            self._notices.show(notice, now)
            shown += 1
        return shown

    def settle(self, report: str, at: datetime) -> int:
        """Close what was said about a report."""
        return self._notices.settle(report, at)


class Tell:
    """The deed. `words` gives the sentence of the report under way."""

    deed = Deed.TELL

    def __init__(self, voice: Voice, words: Words) -> None:
        self._voice = voice
        self._words = words

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Keep the sentence; whether anybody was interrupted is the voice's own matter."""
        said = self._words(report)
        if said is None:
            return Outcome(deed=self.deed, result=Result.FAILED, at=at, reason="nothing_kept")
        undo.register(report=report, deed=self.deed, target=response.target, note=report)
        new = self._voice.say(self.deed, report, said, at)
        return Outcome(deed=self.deed, result=Result.DONE if new else Result.NOT_NEEDED, at=at)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Close the notice: a person has settled the matter."""
        del target
        self._voice.settle(note, at)
        return Outcome(deed=self.deed, result=Result.UNDONE, at=at)
