import base64
import email
import email.policy
import io
import shutil
import smtplib
import tempfile
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from made_office import office
from provider import SmallProvider, free_port, small_provider, until

from vigie.agent.assembly import assembled
from vigie.agent.loop import Agent
from vigie.agent.mail_watch import CONTACTS
from vigie.agent.settings import parse
from vigie.cli.mail import command
from vigie.sensors.inbox.shelf import ASIDE
from vigie.tools import dovecot
from vigie.tools.contacts import Contacts
from vigie.tools.imap import Mailbox, Server
from vigie.tools.smtp import Credentials, Security

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
CLEAN = (
    b"From: Dr Martin <dr@cabinet.example>\r\nTo: papeterie@fournisseur.example\r\n"
    b"Subject: Commande\r\nMessage-ID: <clean@cabinet.example>\r\n\r\n"
    b"Bonjour, merci de livrer deux ramettes.\r\n"
)


def with_attachment(name: str, content: bytes, kind: str = "application/octet-stream") -> bytes:
    return (
        'From: "Labo Rhone" <labo@biorhone.example>\r\nTo: dr@cabinet.example\r\n'
        "Subject: Facture du mois\r\nMessage-ID: <facture@biorhone.example>\r\n"
        'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nBonjour, voici la facture.\r\n"
        f'--b\r\nContent-Type: {kind}; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
        f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
        f"{base64.encodebytes(content).decode().replace(chr(10), chr(13) + chr(10))}\r\n"
        '--b\r\nContent-Type: text/plain; name="note.txt"\r\n'
        'Content-Disposition: attachment; filename="note.txt"\r\n\r\nRien de plus.\r\n--b--\r\n'
    ).encode()


class Practice:
    def __init__(self, home: Path, imap: int, provider: SmallProvider) -> None:
        self.home, self.imap, self.provider, self.port = home, imap, provider, free_port()
        self.two = False
        (home / "password").write_text("pw\n")

    def settings(self, days: int) -> str:
        second = (
            f'[[mailbox]]\nhost = "127.0.0.1"\nport = {self.imap}\nsecurity = "none"\n'
            f'login = "accueil"\npassword_file = "{self.home}/password"\n'
        )
        return (
            f'[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n'
            f"[mail]\ncalibration_days = {days}\n"
            f'[[mailbox]]\nhost = "127.0.0.1"\nport = {self.imap}\nsecurity = "none"\n'
            f'login = "dr"\npassword_file = "{self.home}/password"\n'
            f"{second if self.two else ''}"
            f'[relay]\nprovider = "127.0.0.1"\nprovider_port = {self.provider.port}\n'
            f'provider_security = "none"\nport = {self.port}\n'
        )

    @contextmanager
    def running(self, days: int = 0) -> Iterator[Agent]:
        (self.home / "agent.toml").write_text(self.settings(days))
        agent = Agent(parse(self.settings(days)), self.home)
        thread = threading.Thread(target=agent.run, args=(assembled(agent, self.home),))
        thread.start()
        try:
            yield agent
        finally:
            agent.stop()
            thread.join()

    def hand_in(self, content: bytes, to: str) -> None:
        def once() -> bool:
            try:
                with smtplib.SMTP("127.0.0.1", self.port, timeout=20) as client:
                    client.sendmail("dr@cabinet.example", [to], content)
            except ConnectionRefusedError:
                return False
            return True

        assert until(once)

    def contents(self, folder: str = "INBOX", login: str = "dr") -> list[bytes]:
        with closing(self.box(login)) as box:
            box.make(box.named(ASIDE))
            box.select(folder)
            return [letter.content for letter in box.fetch(box.after(0))]

    def box(self, login: str = "dr") -> Mailbox:
        server = Server(host="127.0.0.1", port=self.imap, security=Security.NONE)
        return Mailbox(server, Credentials(mechanism="PLAIN", login=login, secret="pw"))

    def put(self, content: bytes, login: str = "dr") -> None:
        with closing(self.box(login)) as box:
            box.put("INBOX", content, (), None)


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Practice]:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("VIGIE_HOME", str(home))
    monkeypatch.setenv("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
    place = Path(tempfile.mkdtemp(prefix="vigie-imap-"))
    place.chmod(0o755)
    try:
        with (
            dovecot.running(place / "d", {"dr": "pw", "accueil": "pw"}) as server,
            small_provider(tmp_path / "taken") as provider,
        ):
            yield Practice(home, server.port, provider)
    finally:
        shutil.rmtree(place)


def vigie_mail(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, list(words))
    return done.exit_code, done.output


def held(kind: Callable[[str], bool]) -> list[str]:
    lines = vigie_mail("held")[1].splitlines()
    return [line.split()[0] for line in lines if kind(line)]


def test_an_imitation_is_put_aside_and_comes_back_when_a_person_says_so(
    practice: Practice,
) -> None:
    with practice.running():
        practice.put(LURE)
        assert until(lambda: practice.contents(ASIDE) == [LURE])
        assert until(lambda: held(lambda line: "À vérifier" in line))
        (name,) = held(lambda line: "À vérifier" in line)
        assert vigie_mail("release", name)[0] == 0
        assert practice.contents() == [LURE]
        assert practice.contents(ASIDE) == []
        assert vigie_mail("held")[0] == 0


def test_an_imitation_comes_back_by_the_undo_of_its_report(practice: Practice) -> None:
    with practice.running() as agent:
        practice.put(LURE)
        assert until(lambda: practice.contents(ASIDE) == [LURE])
        (report,) = {u.report for u in agent.undo.pending() if u.deed == "HOLD"}
        outcomes = agent.take_back(report)
        assert ("HOLD", "UNDONE") in {(o.deed.value, o.result.value) for o in outcomes}
        assert practice.contents() == [LURE]


def test_a_leak_is_held_clean_mail_passes_and_a_person_chooses(practice: Practice) -> None:
    with practice.running():
        practice.hand_in(LEAK, "jean.dupont1971@gmail.com")
        practice.hand_in(CLEAN, "papeterie@fournisseur.example")
        assert until(lambda: [t.content for t in practice.provider.taken] == [CLEAN])
        assert until(lambda: held(lambda line: "choix" in line))
        (name,) = held(lambda line: "choix" in line)
        status, said = vigie_mail("send", name, "--instead", "nobody@b.example", "x@y.example")
        assert (status, "nobody@b.example" in said) == (1, True)
        right = "jean.dupont@hin.example"
        assert vigie_mail("send", name, "--instead", "jean.dupont1971@gmail.com", right)[0] == 0
        assert until(lambda: len(practice.provider.taken) == 2)
        sent = practice.provider.taken[1]
        assert sent.recipients == (right,)
        assert sent.content == LEAK.replace(b"jean.dupont1971@gmail.com", right.encode())
        practice.hand_in(LEAK, "jean.dupont1971@gmail.com")
        assert until(lambda: held(lambda line: "choix" in line))
        (name,) = held(lambda line: "choix" in line)
        assert vigie_mail("cancel", name)[0] == 0
        assert until(lambda: vigie_mail("held")[0] == 0), vigie_mail("held")
        assert len(practice.provider.taken) == 2


def test_during_calibration_it_is_written_down_and_nothing_is_done(practice: Practice) -> None:
    with practice.running(days=14):
        practice.put(LURE)
        practice.hand_in(LEAK, "jean.dupont1971@gmail.com")
        assert until(lambda: [t.content for t in practice.provider.taken] == [LEAK])
        would = practice.home / "agent" / "calibration.json"
        assert until(lambda: "imitation_held HOLD" in would.read_text())
        assert "misdirected_mail" in would.read_text()
        assert practice.contents() == [LURE]
        assert practice.contents(ASIDE) == []
        assert vigie_mail("held")[0] == 0


def test_a_dangerous_attachment_is_held_and_a_copy_without_it_can_be_read(
    practice: Practice,
) -> None:
    original = with_attachment("facture.exe", b"MZ" + bytes(2_000))
    with practice.running():
        practice.put(original)
        assert until(lambda: practice.contents(ASIDE) == [original])
        assert until(lambda: len(practice.contents()) == 1, 60)
        copy = email.message_from_bytes(practice.contents()[0], policy=email.policy.default)
        assert copy["Subject"] == "Facture du mois"
        body = copy.get_body()
        assert body is not None
        assert "Bonjour, voici la facture." in body.get_content()
        assert "facture.exe" in body.get_content()
        names = [part.get_filename() for part in copy.iter_attachments()]
        assert names == ["note.txt"]
        assert until(lambda: held(lambda line: "À vérifier" in line))
        (name,) = held(lambda line: "À vérifier" in line)
        assert vigie_mail("release", name)[0] == 0
        assert practice.contents() == [original]
        assert practice.contents(ASIDE) == []


def test_a_form_that_would_fetch_is_held_and_its_safe_copy_can_be_read(practice: Practice) -> None:
    form = office("word", rows=[("attachedTemplate", "https://away.invalid/a.dotm", True)])
    original = with_attachment("formulaire.docx", form)
    with practice.running():
        practice.put(original)
        assert until(lambda: practice.contents(ASIDE) == [original])
        assert until(lambda: len(practice.contents()) == 1, 60)
        copy = email.message_from_bytes(practice.contents()[0], policy=email.policy.default)
        papers = {str(part.get_filename()): part.get_content() for part in copy.iter_attachments()}
        assert sorted(papers) == ["formulaire (copie sûre).docx", "note.txt"]
        safe = papers["formulaire (copie sûre).docx"]
        with zipfile.ZipFile(io.BytesIO(safe)) as archive:
            assert not any(b"away.invalid" in archive.read(name) for name in archive.namelist())
        assert until(lambda: held(lambda line: "À vérifier" in line))
        (name,) = held(lambda line: "À vérifier" in line)
        assert vigie_mail("release", name)[0] == 0
        assert practice.contents() == [original]
        assert practice.contents(ASIDE) == []


def test_two_mailboxes_are_watched_at_once_and_each_gets_its_own_back(practice: Practice) -> None:
    practice.two = True
    with practice.running() as agent:
        practice.put(LURE)
        practice.put(LURE, "accueil")
        practice.put(CLEAN, "accueil")
        assert until(lambda: practice.contents(ASIDE) == [LURE])
        assert until(lambda: practice.contents(ASIDE, "accueil") == [LURE])
        assert practice.contents("INBOX", "accueil") == [CLEAN]
        assert practice.contents() == []
        reports = {u.report for u in agent.undo.pending() if u.deed == "HOLD"}
        for report in reports:
            agent.take_back(report)
        assert until(lambda: practice.contents() == [LURE])
        assert until(lambda: set(practice.contents("INBOX", "accueil")) == {CLEAN, LURE})


def test_mail_that_passes_makes_people_known_and_an_imitation_makes_nobody(
    practice: Practice,
) -> None:
    greeting = CLEAN.replace(b"dr@cabinet", b"favre@clinique").replace(b"<clean@", b"<hello@")
    with practice.running():
        practice.put(LURE)
        practice.put(greeting)
        practice.hand_in(CLEAN, "papeterie@fournisseur.example")
        practice.hand_in(LEAK, "jean.dupont1971@gmail.com")
        assert until(lambda: practice.contents() == [greeting])
        assert until(lambda: [t.content for t in practice.provider.taken] == [CLEAN])
        assert until(lambda: held(lambda line: "choix" in line))
    with Contacts(practice.home / CONTACTS) as contacts:
        known = {k.address: (k.sent, k.received) for k in contacts.everybody()}
    assert known["papeterie@fournisseur.example"][0] == 1
    assert known["favre@clinique.example"] == (0, 1)
    assert "service@ameli-remboursement.example" not in known
    assert "jean.dupont1971@gmail.com" not in known
