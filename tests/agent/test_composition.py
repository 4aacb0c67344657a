import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.agent import composition
from vigie.agent.composition import parts
from vigie.agent.loop import Agent, Parts
from vigie.agent.pane.said import words as pane_words
from vigie.agent.settings import Settings, parse
from vigie.domain.danger import Danger
from vigie.domain.evidence.blindness import SensorWentBlind
from vigie.domain.finding import Finding, Gravity
from vigie.domain.practice import Language
from vigie.domain.response import Deed, Response
from vigie.domain.verdict import Verdict
from vigie.phrasebook import placeholders, vocabulary, words
from vigie.tools.firewall import FirewallFailed, Opening, Peer
from vigie.tools.notices import Notices

NOW = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)
TOLD = Response(deed=Deed.TELL)


def settings(language: str = "fr", more: str = "") -> Settings:
    return parse(
        f'[practice]\nname = "Cabinet"\ncaretaker = "Karim"\nlanguage = "{language}"\n{more}'
    )


@contextmanager
def running(agent: Agent, chosen: Parts) -> Iterator[None]:
    thread = threading.Thread(target=agent.run, args=(chosen,))
    thread.start()
    try:
        yield
    finally:
        agent.stop()
        thread.join()


def blind() -> SensorWentBlind:
    return SensorWentBlind(
        at=NOW, machine="m" * 16, sensor="disk", blinds=(Danger.RANSOMWARE,), reason="died"
    )


@pytest.mark.parametrize(
    ("language", "start"),
    [("fr", "Une partie de la surveillance"), ("de", "Ein Teil der"), ("en", "Part of the watch")],
)
def test_what_is_told_is_kept_in_the_language_of_the_practice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, start: str
) -> None:
    monkeypatch.setattr(composition, "desktop", Screen)  # the sentence waits for the pane
    agent = Agent(settings(language), tmp_path)
    agent.pauses.decide = lambda _danger, _findings: (TOLD,)  # type: ignore[method-assign]
    begun = threading.Event()
    chosen = parts(agent)
    ready = Parts(responders=chosen.responders, alive=lambda _: begun.set())
    with running(agent, ready):
        assert begun.wait(60)
        agent.see(blind())
    notices = Notices(tmp_path / "agent" / "notices.db")
    assert [notice.text.startswith(start) for notice in notices.open()] == [True]
    notices.close()


def test_a_verdict_without_words_is_not_shown_half_empty(tmp_path: Path) -> None:
    agent = Agent(settings(), tmp_path)
    finding = Finding(gravity=Gravity.ALARM, fact="never_heard_of")
    agent.under_way["r"] = Verdict(
        danger=Danger.RANSOMWARE, at=NOW, machine="m" * 16, findings=(finding,)
    )
    assert composition._said(agent, "r") is None
    assert composition._said(agent, "another") is None


def test_an_isolated_machine_keeps_its_console_and_its_dead_mans_switch(tmp_path: Path) -> None:
    agent = Agent(settings(more='[console]\ndead_man = "https://hc.example/ping"\n'), tmp_path)
    assert composition._console(agent) == ()
    assert composition._outside(agent) == (Peer("hc.example", 443),)
    assert composition._peer("http://127.0.0.1:8000") == Peer("127.0.0.1", 8000)


def test_a_firewall_that_fails_at_the_start_is_blindness_and_stops_no_watch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def shut(self, _: Opening) -> None:
            raise FirewallFailed("missing_program", "nft is not installed")

        def reopen(self) -> None:
            raise FirewallFailed("missing_program", "nft is not installed")

        def is_shut(self) -> bool:
            raise FirewallFailed("missing_program", "nft is not installed")

    monkeypatch.setattr(composition, "firewall", lambda _: Broken())
    agent = Agent(settings(), tmp_path)
    agent.undo.register(
        report="r", deed=Deed.ISOLATE, target="", note='{"peers": [], "resolvers": []}'
    )
    with running(agent, parts(agent)):
        deadline = threading.Event()
        while "isolate" not in agent._blind:
            assert not deadline.wait(0.05)
    assert agent._blind.keys() == {"isolate"}


@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_no_name_address_or_file_is_on_a_screen_that_others_see(
    tmp_path: Path, language: str
) -> None:
    agent = Agent(settings(language), tmp_path)
    said = {}
    for danger in Danger:
        for fact in vocabulary(danger).facts:
            row = words(danger.value, Language(language)).get(fact, {})
            named = {n for p in row.values() if isinstance(p, dict) for n in _named(p)}
            numbers = dict.fromkeys(vocabulary(danger).facts[fact], 2)
            finding = Finding(
                gravity=Gravity.CONCERN,
                fact=fact,
                numbers=numbers,
                clues=dict.fromkeys(named - {*numbers, *composition._OPEN}, "Odile Marchand"),
            )
            agent.under_way["r"] = Verdict(
                danger=danger, at=NOW, machine="m" * 16, findings=(finding,)
            )
            said[danger, fact] = composition._said(agent, "r")
    spoken = [one for one in said.values() if one]
    assert sum("Odile Marchand" in one.text for one in spoken) > 20
    assert not [one for one in spoken if "Odile Marchand" in one.screen or not one.screen]
    assert sum(one.screen == one.text for one in spoken) > 20
    about = said[Danger.MISDIRECTED_MAIL, "attachment_about_another"]
    assert about is not None
    assert about.screen == pane_words(Language(language))["screen"]["waits"]


def _named(phrase: dict[str, str]) -> frozenset[str]:
    return frozenset().union(*(placeholders(wording) for wording in phrase.values()))


class Screen:
    """The screens of a machine: somebody looks at one, or not, and notices work, or not."""

    def __init__(self) -> None:
        self.watched = False
        self.missing = ""
        self.said: list[str] = []

    def show(self, text: str, *, grave: bool) -> bool:
        del grave
        if self.watched and not self.missing:
            self.said.append(text)
            return True
        return False

    def lacks(self) -> str:
        return self.missing if self.watched else ""


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Screen:
    made = Screen()
    monkeypatch.setattr(composition, "desktop", lambda: made)
    return made


def a_minute(chosen: Parts, at: datetime) -> None:
    for call in chosen.each_minute:
        call(at)


def kept(agent: Agent, *, grave: bool) -> None:
    notices = Notices(agent.folder / "notices.db")
    notices.keep(report="r", deed="TELL", text="Voilà.", button="", grave=grave, at=NOW)
    notices.close()


def test_grave_harm_that_nobody_was_shown_is_told_until_somebody_was(
    tmp_path: Path, screen: Screen
) -> None:
    agent = Agent(settings(), tmp_path)
    chosen = parts(agent)
    kept(agent, grave=True)
    a_minute(chosen, NOW)
    assert agent.blind() == ("desktop",)
    screen.watched = True
    a_minute(chosen, NOW)
    assert (screen.said, agent.blind()) == (["Voilà."], ())
    a_minute(chosen, NOW)
    assert screen.said == ["Voilà."]


def test_a_calm_notice_that_waits_for_somebody_is_no_news(tmp_path: Path, screen: Screen) -> None:
    agent = Agent(settings(), tmp_path)
    chosen = parts(agent)
    kept(agent, grave=False)
    a_minute(chosen, NOW)
    assert (screen.said, agent.blind()) == ([], ())


def test_a_program_that_notices_need_and_that_is_missing_is_told(
    tmp_path: Path, screen: Screen
) -> None:
    agent = Agent(settings(), tmp_path)
    chosen = parts(agent)
    screen.watched, screen.missing = True, "notify-send"
    a_minute(chosen, NOW)
    assert agent.blind() == ("desktop",)
    screen.missing = ""
    a_minute(chosen, NOW)
    assert agent.blind() == ()
