import email
import email.policy
import shutil
from pathlib import Path

import pytest
from mail_room import MailRoom, letter
from provider import observing, until

from vigie.sensors import SensorBlind
from vigie.sensors.inbox.shelf import ASIDE, KIND, State
from vigie.sensors.inbox.watching import WARNED, Inbox
from vigie.tools.imap import Mailbox
from vigie.tools.smtp import NoAnswer

LURE, GREETING = letter(1, "Remboursement"), letter(2)


def put_back(room: MailRoom) -> None:
    (held,) = room.store.items(KIND)
    inbox = room.inbox()
    box = inbox.open()
    assert inbox.shelf.put_back(box, held.id)
    box.close()


def test_a_letter_that_comes_in_is_put_aside_and_an_ordinary_one_stays(room: MailRoom) -> None:
    room.watch()
    room.put(GREETING)
    room.put(LURE)
    assert until(lambda: room.contents(ASIDE) == [LURE])
    assert until(lambda: room.states() == [State.HELD])
    assert room.contents() == [GREETING]
    assert room.store.content(room.store.items(KIND)[0].id) == LURE


def test_a_server_that_does_not_speak_by_itself_is_asked(
    room: MailRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Mailbox, "can_idle", False)
    room.watch(poll=0.2)
    room.put(LURE)
    assert until(lambda: room.contents(ASIDE) == [LURE])


def test_a_month_of_letters_is_caught_up_with_and_judged_once(room: MailRoom) -> None:
    letters = [letter(n, "Remboursement" if n % 10 == 3 else "Bonjour") for n in range(60)]
    for one in letters:
        room.put(one)
    stop = room.watch()
    assert until(lambda: room.progress and room.progress[-1] == (60, 60))
    stop.set()
    room.watch()
    room.put(letter(100))
    assert until(lambda: len(room.judged) >= 61)
    assert sorted(room.judged) == sorted([*letters, letter(100)])
    assert len(room.contents(ASIDE)) == 6
    assert len(room.contents()) == 55


def test_a_held_message_comes_back_byte_for_byte_and_is_not_held_again(room: MailRoom) -> None:
    room.watch()
    room.put(LURE)
    assert until(lambda: room.states() == [State.HELD])
    put_back(room)
    assert room.contents() == [LURE]
    assert room.contents(ASIDE) == []
    room.put(letter(3))
    assert until(lambda: letter(3) in room.judged)
    assert room.contents() == [LURE, letter(3)]
    assert room.judged.count(LURE) == 1


def test_what_a_person_drags_back_stays_there(room: MailRoom) -> None:
    room.watch()
    room.put(LURE)
    assert until(lambda: room.states() == [State.HELD])
    box = room.box()
    box.select(box.named(ASIDE))
    box.move(box.after(0)[0], "INBOX")
    box.close()
    room.put(letter(3))
    assert until(lambda: letter(3) in room.judged)
    assert sorted(room.contents()) == sorted([LURE, letter(3)])


def test_a_letter_deleted_by_a_person_can_still_come_back(room: MailRoom) -> None:
    room.watch()
    room.put(LURE)
    assert until(lambda: room.states() == [State.HELD])
    remove(room, ASIDE)
    assert room.contents(ASIDE) == []
    put_back(room)
    assert room.contents() == [LURE]


def remove(room: MailRoom, folder: str) -> None:
    box = room.box()
    box.select(folder)
    for uid in box.after(0):
        box.drop(uid)
    box.close()


def test_a_letter_deleted_while_it_is_judged_is_gone_and_our_copy_stays(room: MailRoom) -> None:
    room.before_moving = lambda: remove(room, "INBOX")
    room.watch()
    room.put(LURE)
    assert until(lambda: room.states() == [State.GONE])
    assert room.store.content(room.store.items(KIND)[0].id) == LURE


def test_a_server_that_restarts_is_found_again(room: MailRoom) -> None:
    room.watch()
    room.put(GREETING)
    assert until(lambda: room.judged == [GREETING])
    room.server.restart()
    room.put(LURE)
    assert until(lambda: room.states() == [State.HELD], 40)
    assert room.judged == [GREETING, LURE]


def test_renumbered_letters_are_not_judged_again(room: MailRoom) -> None:
    room.watch()
    for one in (GREETING, LURE, letter(3)):
        room.put(one)
    assert until(lambda: len(room.judged) == 3)
    assert until(lambda: room.states() == [State.HELD])
    room.stack.close()  # whoever is still signed in would write the old numbers down again
    first = _validity(room)
    # A session that has not quite ended writes the old numbers down again.
    assert until(lambda: _renumbered(room) != first)
    room.watch()
    room.put(letter(4))
    assert until(lambda: letter(4) in room.judged)
    assert sorted(room.judged) == sorted([GREETING, LURE, letter(3), letter(4)])


def _renumbered(room: MailRoom) -> int:
    """Have Dovecot count anew: it keeps the numbers in files. Return the folder's UIDVALIDITY."""
    maildir = room.server.place / "mail" / room.login / "Maildir"
    for file in maildir.glob("dovecot*"):
        file.unlink() if file.is_file() else shutil.rmtree(file)
    (maildir / "dovecot-uidvalidity").write_text("")
    return _validity(room)


def _validity(room: MailRoom) -> int:
    box = room.box()
    validity, _ = box.select("INBOX")
    box.close()
    return validity


def test_a_warned_letter_bears_a_keyword(room: MailRoom) -> None:
    room.watch()
    odd = letter(5, "Curieux")
    room.put(odd)
    assert until(lambda: WARNED in room.letters()[0].flags)
    assert room.contents() == [odd]


def test_where_the_practice_wants_it_a_warned_letter_is_shown_with_the_warning_above(
    room: MailRoom,
) -> None:
    room.watch(banner=True)
    odd = letter(5, "Curieux")
    room.put(odd)
    assert until(lambda: room.contents(ASIDE) == [odd])
    (copy,) = room.letters()
    assert WARNED in copy.flags
    shown = email.message_from_bytes(copy.content, policy=email.policy.default)
    assert shown["subject"] == "Curieux"
    warning, own = shown.iter_parts()
    assert "Cette adresse est nouvelle." in warning.get_content()
    assert own.get_content().startswith("Curieux, lettre 5.")
    room.put(letter(6))
    assert until(lambda: letter(6) in room.judged)
    assert len(room.judged) == 2


@pytest.mark.parametrize("step", ["make", "move", "after_move"])
def test_an_interruption_between_two_steps_loses_and_doubles_nothing(
    room: MailRoom, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    broken: list[int] = []
    whole = getattr(Mailbox, step.removeprefix("after_"))

    def breaks(box: Mailbox, *given: object) -> object:
        if broken:
            return whole(box, *given)
        broken.append(1)
        if step == "after_move":
            whole(box, *given)
        raise NoAnswer("cut")

    monkeypatch.setattr(Mailbox, step.removeprefix("after_"), breaks)
    room.watch()
    room.put(LURE)
    assert until(lambda: room.states() == [State.HELD])
    assert broken
    assert room.contents(ASIDE) == [LURE]
    assert room.contents() == []


def test_a_server_that_cannot_move_copies_and_removes(
    room: MailRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = Mailbox.move

    def without_move(box: Mailbox, uid: int, folder: str) -> int | None:
        has = box._imap.has_capability
        monkeypatch.setattr(box._imap, "has_capability", lambda c: c != "MOVE" and has(c))
        return whole(box, uid, folder)

    monkeypatch.setattr(Mailbox, "move", without_move)
    room.watch()
    room.put(LURE)
    assert until(lambda: room.states() == [State.HELD])
    assert (room.contents(), room.contents(ASIDE)) == ([], [LURE])


def test_a_wrong_password_is_blindness(room: MailRoom, tmp_path: Path) -> None:
    del tmp_path
    room.login = "nobody"
    inbox: Inbox = room.inbox()
    with pytest.raises(SensorBlind, match=r"(?i)auth"), observing(inbox):
        until(lambda: False, 4)


def put_aside(room: MailRoom) -> str:
    room.watch()
    room.put(LURE)
    assert until(lambda: room.states() == [State.HELD])
    (held,) = room.store.items(KIND)
    return held.id


def test_a_disarmed_copy_stands_in_the_place_of_what_is_held_and_is_not_judged(
    room: MailRoom,
) -> None:
    safe = letter(1, "Copie")
    room.disarmed = lambda content: safe if content == LURE else None
    name = put_aside(room)
    assert room.inbox().show_copy(name)
    assert room.contents() == [safe]
    assert room.contents(ASIDE) == [LURE]
    assert not room.inbox().show_copy(name)
    room.put(GREETING)
    assert until(lambda: GREETING in room.judged)
    assert room.contents() == [safe, GREETING]
    assert safe not in room.judged


def test_the_copy_goes_when_the_message_comes_back(room: MailRoom) -> None:
    safe = letter(1, "Copie")
    room.disarmed = lambda _: safe
    name = put_aside(room)
    room.inbox().show_copy(name)
    put_back(room)
    assert room.contents() == [LURE]
    assert room.contents(ASIDE) == []


def test_a_copy_that_was_interrupted_is_shown_once(
    room: MailRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    room.disarmed = lambda _: letter(1, "Copie")
    name = put_aside(room)
    really = Mailbox.put

    def put_and_break(self: Mailbox, *of: object) -> None:
        really(self, *of)  # type: ignore[arg-type]  # handed on
        raise NoAnswer("cut")

    monkeypatch.setattr(Mailbox, "put", put_and_break)
    with pytest.raises(NoAnswer):
        room.inbox().show_copy(name)
    monkeypatch.setattr(Mailbox, "put", really)
    assert room.inbox().shelf.wanted_copies() == (name,)
    room.watch()
    assert until(lambda: room.inbox().shelf.wanted_copies() == ())
    assert room.contents() == [letter(1, "Copie")]


def test_where_there_is_to_be_no_copy_nothing_stands_in_its_place(room: MailRoom) -> None:
    name = put_aside(room)
    assert not room.inbox().show_copy(name)
    assert room.contents() == []
    assert room.inbox().shelf.wanted_copies() == ()
