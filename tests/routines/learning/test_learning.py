"""Learning from real mailboxes: Maildir, mbox, a folder of files, and an account at a Dovecot."""

import mailbox
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from imapclient import IMAPClient

from vigie.domain.evidence.mail import Mailbox
from vigie.readers.mail.reader import MailReader
from vigie.routines.learning import folders
from vigie.routines.learning.imap import Account, Imap
from vigie.routines.learning.learning import Learned, learn
from vigie.routines.learning.letters import NotReadable
from vigie.tools import dovecot
from vigie.tools.contacts import Contacts

DOCTOR = "dr.aubry@cabinet.example"
PAUL = "paul.durand@clinique.example"
LATELY = datetime.now(UTC) - timedelta(days=30)


def out(number: int, to: str = PAUL, text: str = "Cher Paul,\n\nVoici.") -> bytes:
    date = f"{LATELY + timedelta(minutes=number):%a, %d %b %Y %H:%M:%S +0000}"
    return (
        f"From: Dr Aubry <{DOCTOR}>\r\nTo: {to}\r\nDate: {date}\r\nSubject: {number}\r\n"
        f"Message-ID: <{number}@cabinet.example>\r\n\r\n{text}\r\n"
    ).encode()


def come(number: int, writer: str = PAUL) -> bytes:
    return (
        f"From: Paul <{writer}>\r\nTo: {DOCTOR}\r\nDate: {LATELY:%a, %d %b %Y %H:%M:%S +0000}\r\n"
        f"Message-ID: <{number}@clinique.example>\r\n\r\nBonjour\r\n"
    ).encode()


@pytest.fixture(scope="module")
def reader() -> Iterator[MailReader]:
    with MailReader() as opened:
        yield opened


@pytest.fixture
def contacts(tmp_path: Path) -> Iterator[Contacts]:
    with Contacts(tmp_path / "contacts.sqlite") as opened:
        yield opened


def maildir(place: Path, sent: int, received: int = 2) -> Path:
    box = mailbox.Maildir(place, create=True)
    for number in range(received):
        box.add(come(number))
    gone = box.add_folder("Envoyés")
    for number in range(sent):
        gone.add(out(number))
    return place


def test_a_maildir_shows_whose_it_is_and_who_is_written_to(
    tmp_path: Path, contacts: Contacts, reader: MailReader
) -> None:
    learned = learn(folders.opened(maildir(tmp_path / "m", 5)), contacts, reader)
    paul = contacts.acquaintance(Mailbox(PAUL))
    assert (learned.messages, learned.new, learned.unread) == (7, 7, 0)
    assert [box.address for box in contacts.staff()] == [DOCTOR]
    assert (paul.sent, paul.received, paul.salutations) == (5, 2, ("paul",))


def test_a_second_run_reads_only_what_is_new(
    tmp_path: Path, contacts: Contacts, reader: MailReader
) -> None:
    place = maildir(tmp_path / "m", 5)
    learn(folders.opened(place), contacts, reader)
    mailbox.Maildir(place).get_folder("Envoyés").add(out(77))
    again = learn(folders.opened(place), contacts, reader)
    assert (again.messages, again.new) == (1, 1)
    assert contacts.acquaintance(Mailbox(PAUL)).sent == 6


def test_a_read_message_that_gets_a_flag_is_not_read_again(
    tmp_path: Path, contacts: Contacts, reader: MailReader
) -> None:
    place = maildir(tmp_path / "m", 3)
    learn(folders.opened(place), contacts, reader)
    for file in list((place / "new").iterdir()):
        file.rename(place / "cur" / f"{file.name.partition(':')[0]}:2,S")
    again = learn(folders.opened(place), contacts, reader)
    assert again.new == 0
    assert contacts.acquaintance(Mailbox(PAUL)).received == 2


def test_an_mbox_goes_on_after_the_message_read_last(
    tmp_path: Path, contacts: Contacts, reader: MailReader
) -> None:
    box = mailbox.mbox(tmp_path / "Sent")
    for number in range(4):
        box.add(out(number))
    box.flush()
    assert learn(folders.opened(tmp_path / "Sent"), contacts, reader).new == 4
    box.add(out(9))
    box.flush()
    again = learn(folders.opened(tmp_path / "Sent"), contacts, reader)
    assert (again.messages, again.new) == (1, 1)
    box.remove(0)
    box.flush()
    box.add(out(10))
    box.flush()
    box.close()
    # Another file now: it is read from its start, and nothing is counted twice.
    assert learn(folders.opened(tmp_path / "Sent"), contacts, reader).new == 1
    assert contacts.acquaintance(Mailbox(PAUL)).sent == 6


def test_loose_files_are_read_too(tmp_path: Path, contacts: Contacts, reader: MailReader) -> None:
    for number in range(3):
        (tmp_path / f"{number}.eml").write_bytes(out(number, f"p{number}@x.example"))
    (tmp_path / "notes.txt").write_text("no mail")
    assert learn(folders.opened(tmp_path), contacts, reader).new == 3


def test_an_attachment_is_left_where_it_is(
    tmp_path: Path, contacts: Contacts, reader: MailReader
) -> None:
    big = out(1).replace(b"Voici.", b"A" * 76 + b"\r\n") + b"B" * 30_000_000
    (tmp_path / "big.eml").write_bytes(big)
    contacts.employ([Mailbox(DOCTOR)])
    learned = learn(folders.opened(tmp_path), contacts, reader)
    assert learned.new == 1
    assert contacts.acquaintance(Mailbox(PAUL)).salutations == ("paul",)


def test_hostile_bytes_teach_nothing_and_stop_nothing(
    tmp_path: Path, contacts: Contacts, reader: MailReader
) -> None:
    for number, untrusted in enumerate((b"", b"\0" * 5000, b"From: \xff\xfe<@>\r\n\r\n", b"a" * 9)):
        (tmp_path / f"bad{number}.eml").write_bytes(untrusted)
    for number in range(6):
        (tmp_path / f"good{number}.eml").write_bytes(out(number, f"p{number}@x.example"))
    learned = learn(folders.opened(tmp_path), contacts, reader)
    assert (learned.new, learned.unread) == (6, 4)


def test_a_message_under_our_name_that_fails_its_proof_makes_nobody_known(
    tmp_path: Path, contacts: Contacts, reader: MailReader
) -> None:
    forged = (
        b"Received: from bad.example by mx.provider.example; Mon, 2 Nov 2026 10:00:00 +0000\r\n"
        b"Authentication-Results: mx.provider.example; spf=fail; dkim=none; dmarc=fail\r\n"
        + out(1, to=f"{DOCTOR}, voleur@bad.example")
    )
    (tmp_path / "forged.eml").write_bytes(forged)
    contacts.employ([Mailbox(DOCTOR)])
    learn(folders.opened(tmp_path), contacts, reader)
    assert not contacts.acquaintance(Mailbox("voleur@bad.example")).known


def test_a_mailbox_that_does_not_show_whose_it_is_asks(
    tmp_path: Path, contacts: Contacts, reader: MailReader
) -> None:
    for number in range(5):
        (tmp_path / f"{number}.eml").write_bytes(
            f"From: a{number}@x.example\r\nTo: b{number}@y.example\r\n\r\nHi\r\n".encode()
        )
    with pytest.raises(NotReadable, match="--own"):
        learn(folders.opened(tmp_path), contacts, reader)


def test_a_path_without_mail_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.docx").write_bytes(b"PK")
    for path in (tmp_path / "letter.docx", tmp_path / "gone"):
        with pytest.raises(NotReadable):
            folders.opened(path)


RUN = """
import sys
from pathlib import Path
from vigie.readers.mail.reader import MailReader
from vigie.routines.learning import folders
from vigie.routines.learning.learning import learn
from vigie.tools.contacts import Contacts
with Contacts(sys.argv[2]) as contacts, MailReader() as reader:
    learn(folders.opened(Path(sys.argv[1])), contacts, reader,
          progress=lambda done, total: print(done, flush=True))
"""


def test_a_run_killed_on_its_way_is_finished_by_the_next(
    tmp_path: Path, reader: MailReader
) -> None:
    place, store = maildir(tmp_path / "m", 900), tmp_path / "contacts.sqlite"
    arguments = [sys.executable, "-c", RUN, str(place), str(store)]
    kills = 0
    for _ in range(3):
        run = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "src"}
        )
        assert run.stdout is not None
        run.stdout.readline()
        run.send_signal(signal.SIGKILL)
        kills += run.wait() == -signal.SIGKILL
        run.stdout.close()
    with Contacts(store) as contacts:
        learn(folders.opened(place), contacts, reader)
        assert contacts.acquaintance(Mailbox(PAUL)).sent == 900
    assert kills > 0


@pytest.fixture(scope="module")
def server() -> Iterator[dovecot.Dovecot]:
    if not dovecot.installed():
        pytest.fail("these tests need Dovecot: ./test installs it")
    place = Path(tempfile.mkdtemp(prefix="vigie-learn-"))
    place.chmod(0o755)
    try:
        with dovecot.running(place / "d", {f"dr{n}": "pw" for n in range(4)}) as running:
            yield running
    finally:
        shutil.rmtree(place)


class Box:
    """One account at the server, filled by hand."""

    def __init__(self, server: dovecot.Dovecot, login: str) -> None:
        self.account = Account(host="127.0.0.1", port=server.port, name=login, secure=False)
        self.hand = IMAPClient("127.0.0.1", server.port, ssl=False)
        self.hand.login(login, "pw")

    def put(self, folder: str, untrusted: bytes) -> None:
        if not self.hand.folder_exists(folder):
            self.hand.create_folder(folder)
        self.hand.append(folder, untrusted, msg_time=LATELY)

    def learn(self, contacts: Contacts, reader: MailReader) -> Learned:
        source = Imap(self.account, "pw")
        try:
            return learn(source, contacts, reader)
        finally:
            source.close()


def test_an_account_is_learned_folder_by_folder_and_only_once(
    server: dovecot.Dovecot, contacts: Contacts, reader: MailReader
) -> None:
    box = Box(server, "dr0")
    for number in range(120):
        box.put("Sent", out(number))
    box.put("INBOX", come(1))
    first = box.learn(contacts, reader)
    assert (first.messages, first.new) == (121, 121)
    assert contacts.acquaintance(Mailbox(PAUL)).sent == 120
    assert box.learn(contacts, reader).messages == 0
    box.put("Sent", out(500))
    assert box.learn(contacts, reader).new == 1
    assert box.hand.select_folder("INBOX", readonly=True)[b"RECENT"] >= 0
    assert box.hand.search("SEEN") == []  # nothing was marked as read
    box.hand.logout()


def test_a_folder_with_another_validity_is_read_again_and_counted_once(
    server: dovecot.Dovecot, contacts: Contacts, reader: MailReader
) -> None:
    box = Box(server, "dr1")
    for number in range(10):
        box.put("Sent", out(number))
    box.learn(contacts, reader)
    box.hand.delete_folder("Sent")
    time.sleep(1.1)  # Dovecot takes the second for the validity
    for number in range(12):
        box.put("Sent", out(number))
    again = box.learn(contacts, reader)
    assert (again.messages, again.new) == (12, 2)
    box.hand.logout()


def test_a_wrong_password_is_one_sentence(server: dovecot.Dovecot) -> None:
    account = Account(host="127.0.0.1", port=server.port, name="dr2", secure=False)
    with pytest.raises(NotReadable, match="mot de passe"):
        Imap(account, "wrong")


def test_a_server_that_goes_away_leaves_what_was_learned(
    server: dovecot.Dovecot, contacts: Contacts, reader: MailReader
) -> None:
    box = Box(server, "dr3")
    for number in range(300):
        box.put("Sent", out(number))
    source = Imap(box.account, "pw")
    stopped = False

    def stop(_done: int, _total: int) -> None:
        nonlocal stopped
        if not stopped:
            source._client._imap.sock.shutdown(socket.SHUT_RDWR)
            server.stop()
            stopped = True

    with pytest.raises(NotReadable, match="reprendra"):
        learn(source, contacts, reader, progress=stop)
    server.start()
    source.close()
    box.hand.shutdown()
    box = Box(server, "dr3")
    assert 0 < contacts.acquaintance(Mailbox(PAUL)).sent < 300
    box.learn(contacts, reader)
    assert contacts.acquaintance(Mailbox(PAUL)).sent == 300
    box.hand.logout()


@pytest.mark.parametrize("address", ["imaps://host", "http://a@host", "imap://", "imaps:///x"])
def test_an_address_of_another_form_is_refused(address: str) -> None:
    with pytest.raises(NotReadable, match="imaps://"):
        Account.of(address)


def test_an_address_says_who_where_and_how() -> None:
    account = Account.of("imaps://accueil%40cabinet.example@ssl0.example")
    assert (account.name, account.port, account.secure) == ("accueil@cabinet.example", 993, True)
