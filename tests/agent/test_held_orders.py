"""Orders about held things, at a real agent: a letter, a message about to leave, a file.

Dovecot, a small provider and fanotify are the world; what the orders name is a report.
"""

import shutil
import smtplib
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from provider import SmallProvider, free_port, small_provider, until

from vigie.agent.assembly import assembled
from vigie.agent.file_shelf import KEPT_FOR
from vigie.agent.file_shelf import KIND as FILE
from vigie.agent.loop import Agent, Parts
from vigie.agent.mail_watch import HELD
from vigie.agent.orders import Taken
from vigie.agent.settings import parse
from vigie.domain.response import Deed, Result
from vigie.sensors.arrivals.asked import AskedArrivals
from vigie.sensors.inbox.shelf import ASIDE
from vigie.sensors.inbox.shelf import KIND as LETTER
from vigie.tools import dovecot
from vigie.tools.held import HeldStore
from vigie.tools.imap import Mailbox, Server
from vigie.tools.smtp import Credentials, Security
from vigie.wire.orders import DestroyHeld, ReleaseHeld, Wish

LURE = (
    'From: "Assurance Maladie" <service@ameli-remboursement.example>\r\n'
    "To: dr@cabinet.example\r\nSubject: Votre carte Vitale expire\r\n"
    "Message-ID: <lure@x.example>\r\nMIME-Version: 1.0\r\n"
    "Content-Type: text/html; charset=utf-8\r\n\r\n"
    "<p>Cher client, votre carte Vitale expire aujourd’hui. Confirmez vos coordonnées bancaires"
    " sous 24 heures pour recevoir votre remboursement de 387,95 €.</p>"
    '<a href="http://ameli-remboursement.example/login">https://www.ameli.fr</a>\r\n'
).encode()
LEAK = (
    "From: Dr Martin <dr@cabinet.example>\r\nTo: jean.dupont1971@gmail.com\r\n"
    "Subject: Compte rendu de Mme Claire Bernard\r\nMessage-ID: <leak@cabinet.example>\r\n"
    "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "Cher confrère,\r\nCompte rendu de Mme Claire Bernard, née le 12/03/1961, NIR"
    " 2 61 03 75 116 001 45. Diagnostic : diabète de type 2, HbA1c 8,1 %.\r\n"
).encode()
HARM = b'CreateObject("WScript.Shell").Run "notepad.exe"\r\n'

pytestmark = pytest.mark.kernel


@dataclass
class Practice:
    """A machine with a mailbox, a relay and a folder in which files arrive."""

    home: Path
    imap: int
    provider: SmallProvider
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        (self.home / "password").write_text("pw\n")
        self.folder = self.home / "Downloads"
        self.folder.mkdir()

    @contextmanager
    def running(self) -> Iterator["Practice"]:
        settings = parse(
            '[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n[usb]\nwatch = false\n'
            f'[arrivals]\nfolders = ["{self.folder}"]\n[mail]\ncalibration_days = 0\n'
            f'[[mailbox]]\nhost = "127.0.0.1"\nport = {self.imap}\nsecurity = "none"\n'
            f'login = "dr"\npassword_file = "{self.home}/password"\n'
            f'[relay]\nprovider = "127.0.0.1"\nprovider_port = {self.provider.port}\n'
            f'provider_security = "none"\nport = {self.port}\n[power]\nafter_closing = "leave"\n'
        )
        self.agent = Agent(settings, self.home)
        self.parts: Parts = assembled(self.agent, self.home)
        thread = threading.Thread(target=self.agent.run, args=(self.parts,))
        thread.start()
        (sensor,) = (s for s in self.parts.sensors if isinstance(s, AskedArrivals))
        assert until(lambda: sensor._places)
        try:
            yield self
        finally:
            self.agent.stop()
            thread.join()

    def ordered(self, wish: Wish) -> set[tuple[str, Result]]:
        """Have the agent fulfil an order that was taken; return how it went."""
        taken = Taken(sequence=1, at=datetime.now(UTC), wish=wish)
        return {(o.reason, o.result) for o in self.parts.fulfil[type(wish)](taken)}

    def report(self) -> str:
        """Return the report under which something is held."""
        assert until(lambda: [u for u in self.agent.undo.pending() if u.deed is Deed.HOLD])
        (report,) = {u.report for u in self.agent.undo.pending() if u.deed is Deed.HOLD}
        return report

    def states(self, kind: str) -> list[str]:
        with closing(HeldStore(self.home / HELD)) as store:
            return [held.state for held in store.items(kind)]

    def held_bytes(self, kind: str) -> list[bytes]:
        with closing(HeldStore(self.home / HELD)) as store:
            return [store.content(held.id) for held in store.items(kind)]

    def letters(self, folder: str = "INBOX") -> list[bytes]:
        with closing(self.box()) as box:
            box.make(box.named(ASIDE))
            box.select(folder)
            return [letter.content for letter in box.fetch(box.after(0))]

    def box(self) -> Mailbox:
        server = Server(host="127.0.0.1", port=self.imap, security=Security.NONE)
        return Mailbox(server, Credentials(mechanism="PLAIN", login="dr", secret="pw"))

    def lure(self) -> str:
        with closing(self.box()) as box:
            box.put("INBOX", LURE, (), None)
        assert until(lambda: self.letters(ASIDE) == [LURE])
        assert until(lambda: self.states(LETTER) == ["held"])
        return self.report()

    def leak(self) -> str:
        def once() -> bool:
            try:
                with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as client:
                    client.sendmail("dr@cabinet.example", ["jean.dupont1971@gmail.com"], LEAK)
            except ConnectionRefusedError:
                return False
            return True

        assert until(once)
        assert until(lambda: self.states("leaving") == ["asked"])
        return self.report()

    def harm(self) -> tuple[str, Path]:
        path = self.folder / "Facture.pdf.vbs"
        subprocess.run(["tee", path], input=HARM, capture_output=True, check=True)
        assert until(lambda: not path.exists())
        assert until(lambda: self.states(FILE) == ["held"])
        return self.report(), path


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Practice]:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
    place = Path(tempfile.mkdtemp(prefix="vigie-imap-"))
    place.chmod(0o755)
    try:
        with (
            dovecot.running(place / "d", {"dr": "pw"}) as server,
            small_provider(tmp_path / "taken") as provider,
            Practice(home, server.port, provider).running() as practice,
        ):
            yield practice
    finally:
        shutil.rmtree(place)


def test_a_letter_comes_back_byte_for_byte_by_an_order_and_only_once(practice: Practice) -> None:
    report = practice.lure()
    assert practice.ordered(ReleaseHeld(report=report)) == {("", Result.UNDONE)}
    assert practice.letters() == [LURE]
    assert practice.letters(ASIDE) == []
    assert practice.ordered(ReleaseHeld(report=report)) == {("", Result.NOT_NEEDED)}
    assert practice.letters() == [LURE]


def test_a_letter_that_was_done_away_with_is_kept_until_its_date_and_can_still_come_back(
    practice: Practice,
) -> None:
    report = practice.lure()
    assert practice.ordered(DestroyHeld(report=report)) == {("", Result.DONE)}
    assert practice.states(LETTER) == ["destroyed"]
    assert practice.letters() == []
    assert practice.held_bytes(LETTER) == [LURE]
    assert practice.ordered(DestroyHeld(report=report)) == {("", Result.NOT_NEEDED)}
    assert practice.ordered(ReleaseHeld(report=report)) == {("", Result.UNDONE)}
    assert practice.letters() == [LURE]


def test_a_message_about_to_leave_leaves_by_an_order_or_never(practice: Practice) -> None:
    report = practice.leak()
    assert practice.ordered(DestroyHeld(report=report)) == {("", Result.DONE)}
    assert practice.states("leaving") == ["cancelled"]
    assert practice.provider.taken == []
    assert practice.ordered(ReleaseHeld(report=report)) == {("", Result.UNDONE)}
    assert until(lambda: [taken.content for taken in practice.provider.taken] == [LEAK])


def test_a_file_that_was_done_away_with_goes_on_its_date_and_not_before(
    practice: Practice,
) -> None:
    report, path = practice.harm()
    assert practice.ordered(DestroyHeld(report=report)) == {("", Result.DONE)}
    (clear,) = (
        call for call in practice.parts.each_minute if getattr(call, "__name__", "") == "clear"
    )
    now = datetime.now(UTC)
    clear(now + KEPT_FOR - timedelta(minutes=5))
    assert practice.held_bytes(FILE) == [HARM]
    clear(now + KEPT_FOR + timedelta(minutes=5))
    assert practice.states(FILE) == []
    assert practice.ordered(ReleaseHeld(report=report)) == {("", Result.NOT_NEEDED)}
    assert not path.exists()


def test_a_file_comes_back_by_an_order_even_after_another_did_away_with_it(
    practice: Practice,
) -> None:
    report, path = practice.harm()
    practice.ordered(DestroyHeld(report=report))
    assert practice.ordered(ReleaseHeld(report=report)) == {("", Result.UNDONE)}
    assert path.read_bytes() == HARM


def test_an_order_about_another_report_touches_nothing(practice: Practice) -> None:
    practice.lure()
    for wish in (ReleaseHeld(report="0" * 32), DestroyHeld(report="0" * 32)):
        assert practice.ordered(wish) == {("", Result.NOT_NEEDED)}
    assert practice.states(LETTER) == ["held"]
    assert practice.letters() == []
