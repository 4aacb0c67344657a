import smtplib
from datetime import timedelta
from pathlib import Path

import pytest
from mail_desk import ME, YOU, Post, hand_in, letter
from provider import observing, until

from vigie.sensors import SensorBlind
from vigie.sensors.outbox.leaving import KIND, Event, State


def test_a_clean_message_is_sent_on_at_once_and_byte_for_byte(post: Post) -> None:
    post.open()
    content = letter(1, 100_000)
    assert hand_in(post, content) == {}
    assert until(lambda: post.provider.taken)
    (taken,) = post.provider.taken
    assert (taken.sender, taken.recipients, taken.content) == (ME, (YOU,), content)
    assert until(lambda: post.states() == [State.SENT])
    assert until(lambda: not list((post.place / "held").glob("*.held")))


def test_the_same_message_handed_in_twice_leaves_once(post: Post) -> None:
    post.open()
    for _ in range(3):
        hand_in(post, letter(1))
    hand_in(post, letter(2))
    assert until(lambda: len(post.provider.taken) == 2)
    assert until(lambda: post.states() == [State.SENT] * 2)
    assert sorted(t.content for t in post.provider.taken) == sorted([letter(1), letter(2)])


def test_a_cancelled_message_handed_in_again_is_one_new_message(post: Post) -> None:
    post.hold = lambda _held, _content: True
    post.open()
    hand_in(post, letter(1))
    assert until(lambda: post.states() == [State.ASKED])
    post.store.move(post.store.items(KIND)[0].id, [State.ASKED], State.CANCELLED)
    for _ in range(3):  # the mail program did not hear our answer
        hand_in(post, letter(1))
    assert until(lambda: sorted(post.states()) == [State.ASKED, State.CANCELLED])


def test_a_held_message_waits_and_leaves_when_a_person_says_so(post: Post) -> None:
    post.hold = lambda _held, content: b"<7@" in content
    post.open()
    hand_in(post, letter(7))
    hand_in(post, letter(8))
    assert until(lambda: sorted(post.states()) == [State.ASKED, State.SENT])
    assert [t.content for t in post.provider.taken] == [letter(8)]
    (held,) = post.store.items(KIND, [State.ASKED])
    assert post.store.content(held.id) == letter(7)
    post.store.move(held.id, [State.ASKED], State.QUEUED, due=post.clock())
    assert until(lambda: len(post.provider.taken) == 2)
    assert post.provider.taken[1].content == letter(7)


def test_a_held_message_expires_into_a_reminder(post: Post) -> None:
    post.hold = lambda _held, _content: True
    post.open()
    hand_in(post, letter(1))
    assert until(lambda: post.states() == [State.ASKED])
    assert post.news == []
    for day in range(1, 4):
        post.ahead += (post.store.items(KIND)[0].due or post.clock()) - post.clock()
        assert until(lambda wanted=day: len(post.news) == wanted)  # type: ignore[misc]
    assert {event for event, _ in post.news} == {Event.REMINDER}
    assert post.states() == [State.ASKED]


def test_only_whom_the_provider_lets_in_is_let_in(signed_post: Post) -> None:
    post = signed_post
    post.open()
    with pytest.raises(smtplib.SMTPSenderRefused, match="530"):
        hand_in(post, letter(1))
    with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        hand_in(post, letter(1), login=ME, password="wrong")
    assert refused.value.smtp_code == 535
    hand_in(post, letter(1), login=ME, password="correct horse")
    assert until(lambda: post.states() == [State.SENT])
    sealed = b"".join(p.read_bytes() for p in (post.place / "outbox").rglob("*") if p.is_file())
    assert b"correct horse" not in sealed


def test_a_token_is_passed_on(signed_post: Post) -> None:
    post = signed_post
    post.provider.accounts[ME] = token = "t" * 2_000
    post.open()
    with smtplib.SMTP("127.0.0.1", post.port, timeout=20) as client:
        client.ehlo()
        said = f"user={ME}\1auth=Bearer {token}\1\1"
        assert client.auth("XOAUTH2", lambda _=None: said)[0] == 235
        client.sendmail(ME, [YOU], letter(1))
    assert until(lambda: post.states() == [State.SENT])


def test_while_the_provider_is_away_messages_are_kept_for_those_it_knows(
    signed_post: Post,
) -> None:
    post = signed_post
    post.open()
    hand_in(post, letter(1), login=ME, password="correct horse")
    assert until(lambda: post.states() == [State.SENT])
    post.provider.stop()
    hand_in(post, letter(2), login=ME, password="correct horse")
    with pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        hand_in(post, letter(3), login=ME, password="guess")
    assert refused.value.smtp_code == 454
    assert until(lambda: sorted(post.states()) == [State.QUEUED, State.SENT])
    post.provider.start()
    post.ahead += (post.store.items(KIND, [State.QUEUED])[0].due or post.clock()) - post.clock()
    assert until(lambda: post.states() == [State.SENT] * 2)
    assert [t.content for t in post.provider.taken] == [letter(1), letter(2)]


def test_whom_the_provider_refuses_is_told_to_the_sender_once(post: Post) -> None:
    post.provider.refuse["gone@b.example"] = "550 5.1.1 nobody here"
    post.open()
    hand_in(post, letter(1), "gone@b.example", YOU)
    assert until(lambda: len(post.provider.taken) == 2)
    assert until(lambda: (Event.RETURNED, post.store.items(KIND)[0].id) in post.news)
    mail, notice = post.provider.taken
    assert (mail.recipients, mail.content) == ((YOU,), letter(1))
    assert (notice.recipients, notice.sender) == ((ME,), ME)
    assert b"gone@b.example" in notice.content
    assert b"multipart/report" in notice.content
    assert until(lambda: sorted(post.states()) == [State.RETURNED, State.SENT])


def test_a_message_too_old_to_wait_is_returned_and_stays_kept(post: Post) -> None:
    post.provider.refuse[YOU] = "451 4.2.0 later"
    post.open()
    hand_in(post, letter(1))
    assert until(lambda: post.states() == [State.QUEUED])
    assert until(lambda: post.store.items(KIND)[0].note.get("tries", 0) >= 1)
    post.ahead = timedelta(days=3)
    assert until(lambda: State.RETURNED in post.states())
    (held,) = post.store.items(KIND, [State.RETURNED])
    assert post.store.content(held.id) == letter(1)
    assert until(lambda: len(post.provider.taken) == 1)
    assert b"451 4.2.0 later" in post.provider.taken[0].content


def test_a_provider_that_says_not_now_gets_the_message_later_and_once(
    post: Post,
) -> None:
    turns = iter(["421 4.3.2 closing", "451 4.3.0 not now", None])
    post.provider.behave = lambda _provider, _envelope: next(turns)
    post.open()
    hand_in(post, letter(1))
    for _ in range(2):
        assert until(lambda: post.states() == [State.QUEUED])
        post.ahead += (post.store.items(KIND)[0].due or post.clock()) - post.clock()
    assert until(lambda: post.states() == [State.SENT])
    assert [t.content for t in post.provider.taken] == [letter(1)]


def test_where_nobody_can_know_nothing_is_sent_again_and_a_person_is_asked(post: Post) -> None:
    post.provider.behave = lambda provider, envelope: (provider.take(envelope), "close")[1]
    post.open()
    hand_in(post, letter(1))
    assert until(lambda: post.states() == [State.UNSURE])
    assert [event for event, _ in post.news] == [Event.UNSURE]
    (held,) = post.store.items(KIND)
    assert post.store.content(held.id) == letter(1)
    assert len(post.provider.taken) == 1


def test_beyond_this_machine_the_door_stays_shut_without_a_certificate(post: Post) -> None:
    everywhere = post.relay(address="0.0.0.0")  # noqa: S104
    with pytest.raises(SensorBlind), observing(everywhere):
        until(lambda: False, 1)


def test_what_the_provider_offers_is_offered(post: Post, tmp_path: Path) -> None:
    del tmp_path
    post.open()
    with smtplib.SMTP("127.0.0.1", post.port, timeout=20) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == "50000000"
        assert "smtputf8" in client.esmtp_features
        assert "8bitmime" in client.esmtp_features
        assert "pipelining" not in client.esmtp_features
        assert "auth" not in client.esmtp_features
