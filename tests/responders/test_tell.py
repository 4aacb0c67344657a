import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.domain.response import Deed, Response, Result
from vigie.responders.ask import Ask
from vigie.responders.tell import Said, Tell, Voice
from vigie.tools.notices import Notices
from vigie.tools.undo import UndoBook

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
TELL = Response(deed=Deed.TELL)


@dataclass
class Room:
    """A machine with someone at it, or not, consulting, or not."""

    notices: Notices
    undo: UndoBook
    desktop: bool = True
    consulting: bool = False
    shown: list[str] = field(default_factory=list)
    words: dict[str, Said] = field(default_factory=dict)

    def show(self, text: str, *, grave: bool) -> bool:
        del grave
        if self.desktop:
            self.shown.append(text)
        return self.desktop

    def voice(self) -> Voice:
        return Voice(self.notices, show=self.show, consulting=lambda _: self.consulting)

    def tell(self, report: str, at: datetime = NOW) -> Result:
        deed = Tell(self.voice(), self.words.get)
        return deed.carry_out(TELL, report=report, at=at, undo=self.undo).result


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    room = Room(Notices(tmp_path / "notices.db"), UndoBook(tmp_path / "undo.db"))
    room.words = {
        "a": Said(text="Un message est arrivé.", button="Voir"),
        "b": Said(text="Un autre message est arrivé."),
        "harm": Said(text="Nous avons isolé ce poste.", grave=True),
    }
    yield room
    room.notices.close()
    room.undo.close()


def test_a_sentence_is_kept_for_the_pane_and_shown_once(room: Room) -> None:
    assert [room.tell("a"), room.tell("a")] == [Result.DONE, Result.NOT_NEEDED]
    assert room.shown == ["Un message est arrivé."]
    assert [notice.button for notice in room.notices.open()] == ["Voir"]


def test_the_second_sentence_of_the_week_waits_for_the_next(room: Room) -> None:
    room.tell("a")
    room.tell("b")
    assert len(room.shown) == 1
    assert room.voice().catch_up(NOW + timedelta(days=3)) == 0
    assert room.voice().catch_up(NOW + timedelta(days=8)) == 1
    assert len(room.shown) == 2


def test_a_consultation_is_left_in_peace_and_hears_it_afterwards(room: Room) -> None:
    room.consulting = True
    room.tell("a")
    assert room.shown == []
    room.consulting = False
    room.voice().catch_up(NOW + timedelta(hours=2))
    assert room.shown == ["Un message est arrivé."]


def test_harm_is_shown_at_once_whatever_was_said_this_week(room: Room) -> None:
    room.tell("a")
    room.consulting = True
    room.tell("harm")
    assert room.shown[-1] == "Nous avons isolé ce poste."
    assert room.notices.interruptions(NOW, NOW) == 2


def test_without_a_desktop_everything_is_kept_and_nobody_counted_as_interrupted(
    room: Room,
) -> None:
    room.desktop = False
    assert room.tell("harm") is Result.DONE
    assert len(room.notices.open()) == 1
    assert room.notices.interruptions(NOW, NOW) == 0


def test_taking_it_back_closes_the_notice(room: Room) -> None:
    room.tell("a")
    (row,) = room.undo.pending("a")
    outcome = Tell(room.voice(), room.words.get).take_back(row.target, row.note, at=NOW)
    assert outcome.result is Result.UNDONE
    assert room.notices.open() == ()


def test_a_report_without_a_sentence_is_a_failed_deed(room: Room) -> None:
    assert room.tell("unknown") is Result.FAILED


def test_a_question_is_kept_as_one(room: Room) -> None:
    ask = Ask(room.voice(), room.words.get)
    outcome = ask.carry_out(Response(deed=Deed.ASK), report="a", at=NOW, undo=room.undo)
    assert (outcome.deed, outcome.result) == (Deed.ASK, Result.DONE)
    assert [notice.deed for notice in room.notices.open()] == ["ASK"]
    assert [row.deed for row in room.undo.pending("a")] == [Deed.ASK]


def test_a_screen_shows_less_than_the_pane_where_others_see_it(room: Room) -> None:
    room.words["a"] = Said(text="Il s’agit de quelqu’un.", screen="Ouvrez Vigie.")
    room.tell("a")
    assert room.shown == ["Ouvrez Vigie."]
    assert [notice.text for notice in room.notices.open()] == ["Il s’agit de quelqu’un."]


def test_two_voices_at_once_say_it_once(room: Room) -> None:
    """The agent and its pane have a voice each, in threads of their own."""

    def slowly(text: str, *, grave: bool) -> bool:
        time.sleep(0.2)
        return room.show(text, grave=grave)

    for report in ("a", "harm"):
        said = room.words[report]
        room.notices.keep(
            report=report, deed="TELL", text=said.text, button="", grave=said.grave, at=NOW
        )
    voices = [Voice(room.notices, show=slowly, consulting=lambda _: False) for _ in range(2)]
    threads = [threading.Thread(target=voice.catch_up, args=(NOW,)) for voice in voices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert room.shown == ["Nous avons isolé ce poste."]
    assert room.notices.interruptions(NOW, NOW) == 1
