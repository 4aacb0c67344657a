"""What stands at which post on this machine: the one place that asks which system it runs on."""

import logging
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from vigie.agent.duties import Routine
from vigie.agent.loop import Agent, Parts
from vigie.agent.orders import Fulfil
from vigie.agent.pane.said import words as pane_words
from vigie.domain.finding import Gravity
from vigie.domain.practice import Reader
from vigie.guards import built
from vigie.phrasebook import Unspeakable, say
from vigie.responders import Responder
from vigie.responders.ask import Ask
from vigie.responders.isolate import Isolate
from vigie.responders.tell import Said, Tell, Voice
from vigie.sensors import Sensor
from vigie.tools.desktop import Desktop, desktop
from vigie.tools.firewall import Firewall, FirewallFailed, Peer
from vigie.tools.firewall.netsh import Netsh
from vigie.tools.firewall.nftables import Nftables
from vigie.tools.firewall.pf import Pf
from vigie.tools.notices import Notices
from vigie.tools.service import Service
from vigie.tools.service.launchd import Launchd
from vigie.tools.service.systemd import Systemd, tell
from vigie.tools.service.windows import TaskScheduler
from vigie.watch.calendar import consulting
from vigie.wire.orders import Wish

log = logging.getLogger(__name__)

DESKTOP = "desktop"  # among what does not see: nobody was shown what had to be
# What may be on a screen that others see too: no name, address or file of anybody outside.
_OPEN = ("caretaker", "machine", "time")
_HTTPS = 443
_HTTP = 80


def service(folder: Path) -> Service:
    """Return this system's way to keep the agent running; `folder` is the agent's own."""
    if sys.platform == "win32":
        return TaskScheduler(folder / "task.xml")
    if sys.platform == "darwin":
        return Launchd()
    return Systemd()


def firewall(folder: Path) -> Firewall:
    """Return this system's firewall; `folder` is the agent's own."""
    if sys.platform == "win32":
        return Netsh(folder / "firewall.wfw")
    if sys.platform == "darwin":
        return Pf()
    return Nftables()


def parts(  # noqa: PLR0913  (every kind of part an agent has)
    agent: Agent,
    *,
    sensors: Sequence[Sensor] = (),
    responders: Iterable[Responder] = (),
    routines: Sequence[Routine] = (),
    fulfil: Mapping[type[Wish], Fulfil] | None = None,
    peers: Callable[[], Sequence[Peer]] = tuple,
) -> Parts:
    """Return the parts of this machine's agent: those given, and ISOLATE, TELL and ASK.

    `peers` names who must stay within reach of an isolated machine besides the console: the places
    of its backups. A machine that was isolated when it stopped is isolated again here.
    """
    hours = agent.settings.practice.hours
    notices = Notices(agent.folder / "notices.db")
    screen = desktop()
    voice = Voice(notices, show=screen.show, consulting=partial(consulting, hours))
    isolate = Isolate(
        firewall(agent.folder), lambda: (*_console(agent), *_outside(agent), *peers())
    )
    words = partial(_said, agent)
    own: list[Responder] = [isolate, Tell(voice, words), Ask(voice, words)]
    every_deed = {r.deed: r for r in (*own, *responders)}
    return Parts(
        sensors=sensors,
        responders=every_deed,
        routines=routines,
        fulfil=fulfil or {},
        at_start=(partial(_resume, agent, isolate),),
        each_minute=(voice.catch_up, lambda _: _unheard(agent, notices, screen)),
        alive=tell,
    )


def _resume(agent: Agent, isolate: Isolate) -> None:
    """Cut off again what was cut off; a firewall that fails is blindness, not an outage."""
    try:
        if isolate.resume(agent.undo):
            log.warning("this machine was isolated before it restarted, and is again")
    except FirewallFailed as failure:
        agent.go_blind("isolate", built(), failure.reason, str(failure))


def _unheard(agent: Agent, notices: Notices, screen: Desktop) -> None:
    """Have it told that notices reach nobody: what is needed is missing, or grave harm waits.

    Everything is in the pane as well; that nobody sits here in the evening is no news.
    """
    if missing := screen.lacks():
        agent.go_blind(DESKTOP, (), "missing_program", missing)
    elif any(notice.grave for notice in notices.unshown()):
        agent.go_blind(DESKTOP, (), "nobody_there")
    else:
        agent.see_again(DESKTOP)


def _console(agent: Agent) -> tuple[Peer, ...]:
    membership = agent.enrolment.membership()
    return (_peer(membership.console),) if membership else ()


def _outside(agent: Agent) -> tuple[Peer, ...]:
    address = agent.settings.console.dead_man
    return (_peer(address),) if address else ()


def _peer(address: str) -> Peer:
    address_parts = urlsplit(address)
    usual = _HTTPS if address_parts.scheme == "https" else _HTTP
    return Peer(address_parts.hostname or "", address_parts.port or usual)


def _said(agent: Agent, report: str) -> Said | None:
    """Return what the report under way says to the people at this machine, the gravest first."""
    verdict = agent.under_way.get(report)
    if verdict is None:
        return None
    finding = max(verdict.findings, key=lambda f: f.gravity.rank)
    practice = agent.settings.practice
    clues = {
        "caretaker": practice.caretaker,
        "machine": agent.settings.machine.name,
        "time": _local(verdict.at),
        **finding.clues,
    }
    tell = partial(
        say,
        verdict.danger,
        finding.fact,
        reader=Reader.SECRETARY,
        language=practice.language,
        numbers=finding.numbers,
    )
    try:
        sentence = tell(clues=clues)
    except (Unspeakable, KeyError):  # a sentence that lacks a word is not shown half empty
        log.exception("no sentence for %s/%s", verdict.danger, finding.fact)
        return None
    try:
        screen = tell(clues={name: clues[name] for name in _OPEN}).text
    except (Unspeakable, KeyError):
        screen = pane_words(practice.language)["screen"]["waits"]
    grave = verdict.gravity is Gravity.ALARM
    return Said(text=sentence.text, button=sentence.button, grave=grave, screen=screen)


def _local(at: datetime) -> str:
    return at.astimezone().strftime("%H:%M")
