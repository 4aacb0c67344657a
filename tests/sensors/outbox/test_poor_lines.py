"""What may happen to the line to the provider: nothing is lost, and nothing leaves twice."""

from datetime import timedelta
from functools import partial

import pytest
from mail_desk import Post, hand_in, letter
from poor_line import WITHIN, Trouble, poor_line
from provider import until

from vigie.sensors.outbox import lines
from vigie.sensors.outbox.leaving import KIND, Event, State
from vigie.tools import smtp

SHORT = timedelta(seconds=1)
LARGE = letter(1, 20_000_000)  # more than the system takes in for somebody who does not read


@pytest.fixture
def hurried_post(post: Post, monkeypatch: pytest.MonkeyPatch) -> Post:
    monkeypatch.setattr(lines, "Line", partial(smtp.Line, patience=SHORT))
    monkeypatch.setattr(smtp, "LAST_ANSWER", SHORT)
    return post


def sent_in_the_end(post: Post) -> bool:
    """Let nobody wait for the back-off; return whether the message has left."""
    (held,) = post.store.items(KIND)
    post.ahead += max((held.due or post.clock()) - post.clock(), timedelta(0))
    return held.state == State.SENT


@pytest.mark.parametrize("trouble", WITHIN)
def test_a_line_that_breaks_before_the_last_dot_is_tried_again(
    hurried_post: Post, trouble: Trouble
) -> None:
    post = hurried_post
    with poor_line(post.provider.port, trouble, trouble) as line:
        post.reached_at = line.port
        post.open()
        hand_in(post, LARGE)
        assert until(lambda: sent_in_the_end(post), 60)
        assert line.met >= len(line.troubles)
        assert [taken.content for taken in post.provider.taken] == [LARGE]
        post.stack.close()


def test_a_provider_that_never_says_a_word_is_tried_again(hurried_post: Post) -> None:
    post = hurried_post
    silence = [Trouble.SILENT_AT_ONCE] * 3
    with poor_line(post.provider.port, None, *silence) as line:
        post.reached_at = line.port
        post.open()  # over the good line: what the provider offers is known from here on
        post.provider.stop()
        post.provider.start()
        hand_in(post, letter(1))
        assert until(lambda: sent_in_the_end(post), 60)
        assert line.met > len(silence)
        assert [taken.content for taken in post.provider.taken] == [letter(1)]
        post.stack.close()


@pytest.mark.parametrize("trouble", [Trouble.CUT_AFTER, Trouble.SILENT_AFTER])
def test_after_the_last_dot_a_broken_line_is_asked_about_and_nothing_is_sent_again(
    hurried_post: Post, trouble: Trouble
) -> None:
    post = hurried_post
    with poor_line(post.provider.port, trouble) as line:
        post.reached_at = line.port
        post.open()
        hand_in(post, letter(1))
        assert until(lambda: post.states() == [State.UNSURE])
        post.ahead += timedelta(hours=1)
        assert until(lambda: post.provider.taken)
        assert not until(lambda: len(post.provider.taken) > 1 or line.met > 1, 3)
        assert {event for event, _ in post.news} == {Event.UNSURE, Event.REMINDER}
        assert post.store.content(post.store.items(KIND)[0].id) == letter(1)
        post.stack.close()
