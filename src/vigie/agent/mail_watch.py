"""The mail of a practice, put together: mailboxes, relay, held store, judges and deeds."""

import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from vigie.agent.calibration import Calibration
from vigie.agent.document_checkers import rules_at_hand
from vigie.agent.loop import Agent
from vigie.agent.mail_judges import MailJudges
from vigie.agent.mail_keys import MailboxKeys
from vigie.agent.mail_shelves import InboxShelf, OutboxShelf
from vigie.agent.settings import BadSettings, Settings
from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.response import Deed, Response
from vigie.domain.verdict import Verdict, report
from vigie.readers.mail.reader import MailReader
from vigie.responders import Responder
from vigie.responders.disarm import Disarm
from vigie.responders.hold import Hold
from vigie.responders.release import Release
from vigie.sensors import Sensor, Sink
from vigie.sensors.inbox.ledger import Ledger
from vigie.sensors.inbox.watching import Account, Inbox, Opinion
from vigie.sensors.outbox.leaving import Event, envelope_of
from vigie.sensors.outbox.relay import Opening, Relay
from vigie.tools.contacts import Contacts
from vigie.tools.held import Held, HeldStore
from vigie.tools.imap import Server
from vigie.tools.oauth import Tokens
from vigie.tools.seal import Seal
from vigie.tools.smtp import Credentials, Provider
from vigie.wire.reports import report_word

log = logging.getLogger(__name__)

HELD, CONTACTS = "held", "contacts.sqlite"  # in Vigie's home
LEDGER, OUTBOX = "mailboxes.db", "outbox"  # in the agent's own folder


@dataclass(frozen=True, slots=True, kw_only=True)
class MailWatch:
    """What the agent needs of it. `tell` is to be given TELL once it is made."""

    sensors: tuple[Sensor, ...]
    responders: tuple[Responder, ...]
    shelves: tuple[OutboxShelf | InboxShelf, ...]
    calibration: Calibration
    news: "News"
    close: Callable[[], None]


class News:
    """What the relay has to say besides what guards find: told here, and to the console."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self.tell: Responder | None = None

    def __call__(self, event: Event, held: Held) -> None:
        """Tell the people here about one message, and report it."""
        envelope, at = envelope_of(held), datetime.now(UTC)
        clues = {"subject": held.id, "recipient": ", ".join(envelope.recipients[:3])}
        finding = Finding(gravity=Gravity.CONCERN, fact=event.value, clues=clues)
        name = uuid.uuid4().hex
        verdict = Verdict(
            danger=Danger.MISDIRECTED_MAIL,
            at=at,
            machine=self._agent.machine,
            findings=(finding,),
            responses=(Response(deed=Deed.TELL, target=held.id),),
        )
        self._agent.under_way[name] = verdict
        try:
            response = verdict.responses[0]
            outcomes = (
                (self.tell.carry_out(response, report=name, at=at, undo=self._agent.undo),)
                if self.tell
                else ()
            )
        finally:
            self._agent.under_way.pop(name, None)
        self._agent.outbox.keep(report_word(report(verdict, outcomes, report_id=name)))


def mail_watch(agent: Agent, home: Path) -> MailWatch | None:
    """Return what watches the practice's mail; None where the settings name no mail."""
    settings = agent.settings
    if not settings.mailbox and not settings.relay.provider:
        return None
    store, contacts = HeldStore(home / HELD), Contacts(home / CONTACTS)
    reader = MailReader(rules=rules_at_hand(agent, home))
    ledger = Ledger(agent.folder / LEDGER)
    judges, news = MailJudges(agent, reader, contacts, store), News(agent)
    inboxes = tuple(
        Inbox(
            account,
            store,
            ledger,
            judge=judges.arrive,
            disarm=judges.disarm if keys.disarmed_copy else None,
            progress=partial(_caught_up, account),
        )
        for account, keys in zip(accounts(settings), settings.mailbox, strict=True)
    )
    relays = (_relay(agent, store, judges, news),) if settings.relay.provider else ()
    letters = InboxShelf(judges, inboxes, store)
    shelves = (OutboxShelf(store), letters)

    def close() -> None:
        for part in (judges, reader, ledger, contacts, store):
            part.close()

    return MailWatch(
        sensors=(*inboxes, *relays),
        responders=(Hold(shelves), Release(shelves), Disarm((letters,))),
        shelves=shelves,
        calibration=Calibration(agent.folder, settings.mail.calibration_days),
        news=news,
        close=close,
    )


def accounts(settings: Settings) -> Iterator[Account]:
    """Yield the mailboxes of the settings. Raise BadSettings for one nobody can sign in to."""
    for number, keys in enumerate(settings.mailbox, 1):
        yield Account(
            name=f"inbox_{number}",
            server=Server(
                host=keys.host, port=keys.port, security=keys.security, authority=keys.ca
            ),
            credentials=_credentials(number, keys),
            folder=keys.folder,
            banner=keys.banner,
        )


def tokens_of(keys: MailboxKeys) -> Tokens | None:
    """Return where a mailbox's access tokens come from; None where it has a password."""
    if not (keys.token_address and keys.client and keys.refresh_token_file):
        return None
    return Tokens(
        address=keys.token_address,
        client=keys.client,
        login=keys.login,
        refresh_file=keys.refresh_token_file,
        secret_file=keys.client_secret_file,
        scope=keys.scope,
    )


def _credentials(number: int, keys: MailboxKeys) -> Callable[[], Credentials]:
    if tokens := tokens_of(keys):
        return tokens.credentials
    if keys.password_file is None:
        raise BadSettings(
            f"La boîte aux lettres {number} n’a ni password_file, ni de quoi renouveler un jeton."
        )
    return partial(_with_password, keys.login, keys.password_file)


def _with_password(login: str, file: Path) -> Credentials:
    secret = file.read_text("utf-8").rstrip("\r\n")
    return Credentials(mechanism="PLAIN", login=login, secret=secret)


def _relay(agent: Agent, store: HeldStore, judges: MailJudges, news: News) -> Relay:
    keys = agent.settings.relay
    pair = keys.certificate and keys.certificate_key
    return Relay(
        Opening(
            address=keys.address,
            port=keys.port,
            tls=(keys.certificate, keys.certificate_key)  # type: ignore[arg-type]  # both are there
            if pair
            else None,
            tls_at_once=keys.tls_at_once,
        ),
        Provider(
            host=keys.provider or "",
            port=keys.provider_port,
            security=keys.provider_security,
            authority=keys.provider_ca,
        ),
        store,
        folder=agent.folder / OUTBOX,
        seal=Seal(agent.enrolment.key, "mail"),
        judge=judges.leave,
        news=news,
    )


def _caught_up(account: Account, done: int, most: int) -> None:
    if most > 1 and (done == most or done % 100 == 0):
        log.info("%s: %s of %s letters looked at", account.name, done, most)


@contextmanager
def shelves_at_hand(settings: Settings, home: Path) -> Iterator[tuple[HeldStore, Sequence[Inbox]]]:
    """Open what is held for a person at this machine, whether the agent runs or not."""
    folder = home / "agent"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with closing(HeldStore(home / HELD)) as store, closing(Ledger(folder / LEDGER)) as ledger:
        yield store, [Inbox(a, store, ledger, judge=_nobody) for a in accounts(settings)]


def _nobody(content: bytes, place: str, put_aside: Callable[[], bool], sink: Sink) -> Opinion:
    """Have no opinion: no letter is looked at from the command line."""
    del content, place, put_aside, sink
    return Opinion()
