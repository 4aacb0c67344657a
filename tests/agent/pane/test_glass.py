"""The glass pane: what really watches, what really left."""

from datetime import UTC, datetime

from pane_room import Room

from vigie.agent.pane import glass, said
from vigie.agent.pane.glass import Part
from vigie.agent.settings import parse
from vigie.domain.practice import Language
from vigie.wire.reports import HeartbeatWord, encode

NOW = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)
BEAT = HeartbeatWord(id="ab" * 16, at=NOW, version="2026.11", waiting=2, blind=("usb",))
SETTINGS = parse('[practice]\nname = "a"\ncaretaker = "K"\n[watch]\nfolders = ["/srv/docs"]\n')


def test_what_is_not_at_work_is_not_said_to_watch() -> None:
    assert glass.watched(SETTINGS, (), (), Language.FR) == []


def test_what_is_blind_is_said_to_be() -> None:
    parts = glass.watched(SETTINGS, ("disk", "usb"), ("usb",), Language.EN)
    assert parts == [Part("Documents: /srv/docs"), Part("USB keys and devices", sees=False)]


def test_every_part_has_its_words() -> None:
    for language in Language:
        assert set(glass._PARTS) == set(said.words(language)["parts"])


def test_what_waits_comes_first_and_each_is_there_to_the_letter(pane: Room) -> None:
    pane.agent.outbox.keep(BEAT)
    spool = pane.agent.spool
    spool.commit(spool.lease(), [BEAT.id])
    later = HeartbeatWord(id="cd" * 16, at=NOW, version="2026.11", waiting=0)
    pane.agent.outbox.keep(later)
    told = glass.told(spool.sent(), spool.next_to_leave(), Language.EN)
    assert [(each.at is None, each.exact) for each in told] == [
        (True, encode(later).decode()),
        (False, encode(BEAT).decode()),
    ]
    assert told[1].text == "Sign of life. Waiting: 2. Blind: usb."
    assert "&#34;heartbeat&#34;" in pane.ask(f"{pane.root}/vitre").body


def test_a_word_of_an_older_version_is_shown_as_it_is() -> None:
    told = glass.told((), (b'{"type":"older"}',), Language.FR)
    assert told[0].exact == '{"type":"older"}'
