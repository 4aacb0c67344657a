"""A full disk: what cannot be kept is refused for now, what was sent is not sent again."""

import smtplib
from contextlib import ExitStack
from pathlib import Path

import pytest
from mail_desk import Post, letter
from provider import small_provider, until
from small_disk import fill, small_disk

from vigie.sensors.outbox.leaving import State


@pytest.mark.kernel
def test_a_message_there_is_no_room_for_is_refused_and_one_that_left_stays_sent(
    tmp_path: Path,
) -> None:
    with small_disk(tmp_path / "disk", "4m") as disk, ExitStack() as stack:
        provider = stack.enter_context(small_provider(tmp_path / "taken"))
        post = Post(disk, provider, stack)
        ballast: list[Path] = []

        def fills(_provider: object, _envelope: object) -> None:
            if not ballast:
                ballast.append(fill(disk))

        provider.behave = fills
        post.open()
        with smtplib.SMTP("127.0.0.1", post.port, timeout=20) as client:
            client.sendmail("dr@cabinet.example", ["a@b.example"], letter(1))
            assert until(lambda: provider.taken)
            with pytest.raises(smtplib.SMTPDataError) as refused:
                client.sendmail("dr@cabinet.example", ["a@b.example"], letter(2, 100_000))
            assert refused.value.smtp_code == 452
        ballast[0].unlink()
        assert until(lambda: post.states() == [State.SENT])
        with smtplib.SMTP("127.0.0.1", post.port, timeout=20) as client:
            client.sendmail("dr@cabinet.example", ["a@b.example"], letter(2, 100_000))
        assert until(lambda: post.states() == [State.SENT] * 2)
        assert [t.content for t in provider.taken] == [letter(1), letter(2, 100_000)]
