"""The pane of a machine, put together: what it shows, whom it asks, where it answers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import msgspec

from vigie.agent.loop import Agent
from vigie.agent.pane import said
from vigie.agent.pane import secret as tokens
from vigie.agent.pane.doubts import Doubts
from vigie.agent.pane.judging import Judges, Seen
from vigie.agent.pane.premises import Premises
from vigie.agent.pane.questions import FILE, Questions
from vigie.agent.pane.serving import Pane
from vigie.agent.pane.settling import Settling
from vigie.agent.pane.way_in import Place
from vigie.domain.finding import Gravity
from vigie.domain.response import Deed
from vigie.responders.tell import Said, Voice
from vigie.tools.desktop import desktop
from vigie.tools.kept_file import keep
from vigie.tools.notices import Notices
from vigie.watch.calendar import consulting
from vigie.wire.advice import AdviceWord, Kind

SECRET = "pane.secret"  # noqa: S105  (a file's name, in the agent's own folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneWatch:
    """What the agent needs of it."""

    start: Callable[[], object]
    close: Callable[[], None]


def pane_watch(agent: Agent, home: Path) -> PaneWatch | None:
    """Return the pane of this machine; None where the settings keep it closed."""
    keys = agent.settings.pane
    if not keys.open:
        return None
    judges = Judges(home, agent.machine, agent.known_bad)
    notices = Notices(agent.folder / "notices.db")
    hours = agent.settings.practice.hours
    voice = Voice(notices, show=desktop().show, consulting=partial(consulting, hours))
    questions = Questions(agent.folder / FILE, lambda word: agent.outbox.keep(word, first=True))

    def red(seen: Seen) -> None:
        """Have a file that was shown here and judged red refused everywhere."""
        if seen.kind is Kind.FILE and seen.light is Gravity.ALARM:
            for digest in seen.digests:
                agent.call_bad(digest, seen.danger)

    def advised(answers: Sequence[AdviceWord]) -> None:
        """Write the answers down, and say that they came."""
        now = datetime.now(UTC)
        words = said.words(agent.settings.practice.language)["advice"]
        for one in questions.answered(answers, now):
            text = words["answers"][one.advice.value if one.advice else "will_call"]
            text = text.format(caretaker=agent.settings.practice.caretaker)
            voice.say(Deed.TELL, one.id, Said(text=text, button=words["title"]), now)

    agent.console.advised = advised
    premises = Premises(
        home=home,
        settings=agent.settings,
        doubts=Doubts(judges, red),
        questions=questions,
        settling=Settling(home, agent.settings, judges),
        notices=notices,
        spool=agent.spool,
        watching=lambda: agent.watching,
        blind=agent.blind,
        console=lambda: _console(agent),
        reached=lambda: agent.console.reached,
    )
    pane = Pane(premises, Place.of(home, keys.group), port=keys.port, secret=_secret(agent.folder))

    def close() -> None:
        pane.close()
        premises.doubts.close()
        questions.close()
        notices.close()

    return PaneWatch(start=pane.start, close=close)


def _console(agent: Agent) -> str:
    membership = agent.enrolment.membership()
    return membership.console if membership else ""


class _Kept(msgspec.Struct):
    """The secret as it is kept from one start to the next."""

    secret: str


def _secret(folder: Path) -> str:
    """Return this machine's secret, made at the first start: open pages outlive a restart."""
    file = folder / SECRET
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Kept).secret
    except (OSError, msgspec.MsgspecError):
        made = tokens.new()
        keep(file, msgspec.json.encode(_Kept(made)))
        return made
