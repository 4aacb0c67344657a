"""The imitation, played for real: a letter comes into a mailbox and is put aside from it.

A Dovecot of our own on loopback, the sensor that watches the practice's mailboxes, the real reader
and guard. Where no Dovecot is installed, the letters are judged as files, and that is said.
"""

import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from vigie.domain.danger import Danger
from vigie.readers.mail.reader import MailReader
from vigie.routines.rehearsals.mail_parts import GREETING, LURE, MACHINE, held
from vigie.routines.rehearsals.rehearsal import Stage, Trial
from vigie.sensors import Sink
from vigie.sensors.inbox.ledger import Ledger
from vigie.sensors.inbox.shelf import ASIDE, KIND
from vigie.sensors.inbox.watching import Account, Inbox, Opinion
from vigie.sensors.people import arrived
from vigie.tools import dovecot
from vigie.tools.contacts import Contacts
from vigie.tools.held import HeldStore
from vigie.tools.imap import Mailbox, Server
from vigie.tools.smtp import Credentials, NoAnswer, Security

LOGIN, SECRET = "rehearsal", "rehearsal"
PATIENCE = 30.0  # seconds for a letter to be put aside, on a busy machine


def play(stage: Stage) -> Iterator[Trial]:
    """Have a lure and a greeting come in; yield how it went."""
    with MailReader() as reader, Contacts(":memory:") as contacts:

        def imitates(content: bytes, place: str = "") -> bool:
            seen = arrived(
                reader.read(content), contacts, at=datetime.now(UTC), machine=MACHINE, place=place
            )
            return held(Danger.IMPERSONATION, [seen])

        try:
            yield _at_a_mailbox(stage.scratch, imitates)
        except (OSError, NoAnswer):  # none is installed, or it does not start here
            right = imitates(LURE) and not imitates(GREETING)
            yield Trial(name="mail_judged_as_files", held=right, numbers={"messages": 2})


def _at_a_mailbox(scratch: Path, imitates: Callable[[bytes, str], bool]) -> Trial:
    if not dovecot.installed():
        raise OSError(dovecot.PROGRAM)
    # Dovecot's account passes through no folder of ours.
    place = Path(tempfile.mkdtemp(prefix="vigie-imap-"))
    place.chmod(0o755)
    try:
        with dovecot.running(place / "d", {LOGIN: SECRET}) as server:
            return _watched(scratch, server.port, imitates)
    finally:
        shutil.rmtree(place)


def _watched(scratch: Path, port: int, imitates: Callable[[bytes, str], bool]) -> Trial:
    def judge(content: bytes, place: str, put_aside: Callable[[], bool], sink: Sink) -> Opinion:
        del sink
        if imitates(content, place):
            put_aside()
        return Opinion()

    account = Account(
        name="rehearsal",
        server=Server(host="127.0.0.1", port=port, security=Security.NONE),
        credentials=lambda: Credentials(mechanism="PLAIN", login=LOGIN, secret=SECRET),
    )
    with closing(HeldStore(scratch / "held")) as store, closing(Ledger(scratch / "l.db")) as ledger:
        inbox, stop = Inbox(account, store, ledger, judge=judge), threading.Event()
        watch = threading.Thread(target=inbox.observe, args=(lambda _: None, stop), daemon=True)
        with closing(inbox.open()) as box:
            box.make(box.named(ASIDE))
            for content in (GREETING, LURE):
                box.put(account.folder, content, (), None)
            began = time.monotonic()
            watch.start()
            aside = _until(lambda: _contents(box, box.named(ASIDE)) == [LURE])
            took = round((time.monotonic() - began) * 1000)
            stays = _contents(box, account.folder) == [GREETING]
            stop.set()
            watch.join(PATIENCE)
            kept = store.items(KIND)
            back = bool(kept) and inbox.shelf.put_back(box, kept[0].id)
            same = sorted(_contents(box, account.folder)) == sorted([GREETING, LURE])
    return Trial(
        name="imitation_set_aside",
        held=aside and stays and back and same,
        numbers={"messages": 2, "milliseconds": took},
    )


def _contents(box: Mailbox, folder: str) -> list[bytes]:
    box.select(folder)
    return [letter.content for letter in box.fetch(box.after(0))]


def _until(what: Callable[[], bool]) -> bool:
    limit = time.monotonic() + PATIENCE
    while time.monotonic() < limit:
        if what():
            return True
        time.sleep(0.05)
    return False
