"""The agent looks for notes and at accounts by itself; what travels is a number."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from vigie.agent import password_watch
from vigie.agent.assembly import assembled
from vigie.agent.loop import Agent
from vigie.agent.settings import parse
from vigie.sensors.accounts.linux import Linux

SECRET = "Soleil2024!"


@contextmanager
def running(home: Path, folder: Path) -> Iterator[Agent]:
    text = (
        '[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n'
        f'[passwords]\ndesks = false\nfolders = ["{folder}"]\nleft = ["marie"]\n'
    )
    agent = Agent(parse(text), home)
    thread = threading.Thread(target=agent.run, args=(assembled(agent, home),))
    thread.start()
    try:
        yield agent
    finally:
        agent.stop()
        thread.join()


def until(what: str, home: Path) -> bytes:
    """Return what the spool has on the disk once it says `what`."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        kept = b"".join(f.read_bytes() for f in (home / "agent").glob("spool.db*"))
        if what.encode() in kept:
            return kept
        time.sleep(0.1)
    pytest.fail(f"nobody said {what}")


def test_a_shared_note_is_reported_without_a_word_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(password_watch, "FIRST", timedelta(0))
    folder, home = tmp_path / "cabinet", tmp_path / "home"
    folder.mkdir()
    home.mkdir()
    (folder / "mdp.txt").write_text(f"Doctolib\nMot de passe : {SECRET}\n")
    with running(home, folder):
        kept = until("passwords_in_shared_note", home)
    for word in (SECRET, "mdp.txt", "Doctolib"):
        assert word.encode() not in kept


def test_accounts_are_reported_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    etc = tmp_path / "machine" / "etc"
    etc.mkdir(parents=True)
    (etc / "passwd").write_text("marie:x:1001:1001::/home/marie:/bin/bash\n")
    (etc / "group").write_text("marie:x:1001:\n")
    (etc / "shadow").write_text("marie::20000:0:99999:7:::\n")
    monkeypatch.setattr(password_watch, "FIRST", timedelta(0))
    monkeypatch.setattr(password_watch, "system", lambda: Linux(tmp_path / "machine"))
    home = tmp_path / "home"
    home.mkdir()
    with running(home, tmp_path):
        kept = until("account_without_password", home)
    assert b"account_of_leaver" in kept
    assert b"marie" not in kept


def test_what_is_watched_is_looked_through_as_shared(tmp_path: Path) -> None:
    settings = parse(
        '[practice]\nname = "C"\ncaretaker = "K"\n'
        f'[watch]\nfolders = ["{tmp_path}/a"]\n[passwords]\nfolders = ["{tmp_path}/b"]\n'
    )
    found = password_watch.places(settings, Linux(tmp_path))
    assert [(p.folder.name, p.shared) for p in found] == [("a", True), ("b", True)]
