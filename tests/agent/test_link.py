import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from small_console import MACHINE, Console
from wire_items import a_heartbeat, a_report

from vigie.agent import link as link_module
from vigie.agent.link import BadAddress, Link, LinkTrouble, Refused, checked_address
from vigie.agent.spool import Spool
from vigie.tools import keys
from vigie.wire import envelope, reports


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    spool = Spool(tmp_path / "spool.db")
    yield spool
    spool.close()


@pytest.fixture
def link(console: Console, machine_key: Ed25519PrivateKey) -> Iterator[Link]:
    console.public = keys.public_text(machine_key)
    link = Link(console.address, machine_key, authority=console.authority)
    yield link
    link.close()


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://vigie.example", "https://vigie.example"),
        ("https://vigie.example:8443/", "https://vigie.example:8443"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
        ("http://127.8.9.1", "http://127.8.9.1"),
        ("http://[::1]:8000", "http://[::1]:8000"),
    ],
)
def test_https_is_spoken_everywhere_and_plain_http_on_loopback_alone(
    address: str, origin: str
) -> None:
    assert checked_address(address) == origin


@pytest.mark.parametrize(
    "address",
    [
        "http://vigie.example",
        "http://localhost:8000",
        "http://127.0.0.1.vigie.example",
        "http://192.168.1.2",
        "http://0.0.0.0",
        "http://[::]",
        "https://",
        "https://somebody:secret@vigie.example",
        "https://vigie.example/path",
        "https://vigie.example?x=1",
        "https://vigie.example:port",
        "ftp://vigie.example",
        "file:///etc/passwd",
        "vigie.example",
        "",
    ],
)
def test_any_other_address_is_refused(address: str) -> None:
    with pytest.raises(BadAddress):
        checked_address(address)


@given(st.text(max_size=60))
def test_an_accepted_address_is_https_or_loopback(address: str) -> None:
    try:
        origin = checked_address(address)
    except BadAddress:
        return
    assert origin.startswith(("https://", "http://127.", "http://[::1]"))


def test_no_option_anywhere_skips_the_check_of_a_certificate(
    console: Console, machine_key: Ed25519PrivateKey
) -> None:
    link = Link(console.address, machine_key)  # the system's authorities do not know this one
    with pytest.raises(LinkTrouble, match=r"(?i)certificate"):
        link.post(envelope.REPORTS, b"{}", machine=MACHINE)
    context = link._pool.connection_pool_kw["ssl_context"]
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    link.close()


def test_a_certificate_for_another_name_is_refused(
    console: Console, machine_key: Ed25519PrivateKey
) -> None:
    other = console.address.replace("127.0.0.1", "127.0.0.2")
    link = Link(other, machine_key, authority=console.authority)
    with pytest.raises(LinkTrouble):
        link.post(envelope.REPORTS, b"{}", machine=MACHINE)
    link.close()


def test_what_waits_is_sent_signed_and_leaves_the_spool(
    console: Console, link: Link, spool: Spool
) -> None:
    items = [a_report() for _ in range(3)]
    spool.add(*items)
    receipts = link.exchange(spool, machine=MACHINE)
    assert console.kept == items
    assert len(receipts) == 1
    assert spool.waiting() == 0


def test_an_empty_spool_sends_a_sign_of_life(console: Console, link: Link, spool: Spool) -> None:
    assert len(link.exchange(spool, machine=MACHINE)) == 1
    assert console.sizes == [0]


def test_each_request_has_an_id_of_its_own(console: Console, link: Link, spool: Spool) -> None:
    for _ in range(3):
        link.exchange(spool, machine=MACHINE)
    assert len({headers[envelope.ID] for headers in console.headers}) == 3


def test_a_week_away_is_drained_once_each_in_batches_of_five_hundred(
    console: Console, link: Link, spool: Spool
) -> None:
    items = [a_report() for _ in range(1_800)]
    spool.add(*items)
    while spool.waiting():
        link.exchange(spool, machine=MACHINE)
    assert console.kept == items
    assert max(console.sizes) == reports.MOST_ITEMS


def test_a_batch_that_is_too_large_is_halved_until_it_passes(
    console: Console, link: Link, spool: Spool
) -> None:
    items = [a_report() for _ in range(100)]
    spool.add(*items)
    console.refuse = lambda _path, body: 413 if len(body) > 4_000 else None
    while spool.waiting():
        link.exchange(spool, machine=MACHINE)
    assert sorted(item.id for item in console.kept) == sorted(item.id for item in items)
    assert spool.set_aside() == 0


@pytest.mark.parametrize("status", [400, 409, 413, 422])
def test_one_item_that_the_console_cannot_take_holds_up_nobody(
    console: Console, link: Link, spool: Spool, status: int
) -> None:
    items = [a_report() for _ in range(64)]
    poison = items[37].id.encode()
    spool.add(*items)
    console.refuse = lambda _path, body: status if poison in body else None
    while spool.waiting():
        link.exchange(spool, machine=MACHINE)
    assert len(console.kept) == 63
    assert spool.set_aside() == 1


def test_items_are_not_blamed_when_even_an_empty_batch_is_refused(
    console: Console, link: Link, spool: Spool
) -> None:
    spool.add(*(a_report() for _ in range(9)))
    console.refuse = lambda _path, _body: 422
    with pytest.raises(Refused):
        link.exchange(spool, machine=MACHINE)
    assert (spool.waiting(), spool.set_aside()) == (9, 0)
    console.refuse = lambda _path, _body: None
    link.exchange(spool, machine=MACHINE)


@pytest.mark.parametrize("status", [301, 302, 307, 401, 403, 404, 429, 500, 503])
def test_an_answer_about_the_machine_or_the_console_touches_no_item(
    console: Console, link: Link, spool: Spool, status: int
) -> None:
    spool.add(*(a_report() for _ in range(9)))
    console.refuse = lambda _path, _body: status
    with pytest.raises(Refused) as refused:
        link.exchange(spool, machine=MACHINE)
    assert refused.value.status == status
    assert (spool.waiting(), spool.set_aside(), len(console.headers)) == (9, 0, 1)
    console.refuse = lambda _path, _body: None
    link.exchange(spool, machine=MACHINE)
    assert spool.waiting() == 0


def test_what_a_receipt_passes_over_is_sent_again(
    console: Console, link: Link, spool: Spool
) -> None:
    items = [a_report(), a_report()]
    spool.add(*items)
    console.pass_over = frozenset({items[0].id})
    link.exchange(spool, machine=MACHINE)
    assert spool.waiting() == 1
    console.pass_over = frozenset()
    link.exchange(spool, machine=MACHINE)
    assert {item.id for item in console.kept} == {item.id for item in items}


@pytest.mark.parametrize(
    "answer",
    [b"", b"[]", b'{"kept": 3}', b"\xff", b'{"version":1,"kept":[],"run":"rm"}', b"{" * 100_000],
)
def test_an_answer_that_is_no_receipt_loses_nothing(
    console: Console, link: Link, spool: Spool, answer: bytes
) -> None:
    spool.add(a_report())
    console.raw_answer = answer
    with pytest.raises(LinkTrouble):
        link.exchange(spool, machine=MACHINE)
    assert len(spool.lease()) == 1


def test_an_answer_without_end_is_not_read_to_its_end(console: Console, link: Link) -> None:
    console.raw_answer = b"x" * (link_module.LARGEST_ANSWER + 1)
    with pytest.raises(LinkTrouble, match="larger"):
        link.post(envelope.REPORTS, b'{"items":[]}', machine=MACHINE)


def test_a_console_that_is_not_there_is_a_trouble_that_passes(
    machine_key: Ed25519PrivateKey, spool: Spool
) -> None:
    link = Link("http://127.0.0.1:9", machine_key)
    spool.add(a_heartbeat())
    with pytest.raises(LinkTrouble, match="reached"):
        link.exchange(spool, machine=MACHINE)
    assert len(spool.lease()) == 1
    link.close()


@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(days=-1), timedelta(hours=2)])
def test_a_machine_whose_clock_is_wrong_still_reaches_its_console_and_knows_it(
    console: Console, machine_key: Ed25519PrivateKey, spool: Spool, off: timedelta
) -> None:
    console.public = keys.public_text(machine_key)
    link = Link(
        console.address,
        machine_key,
        authority=console.authority,
        clock=lambda: datetime.now(UTC) + off,
    )
    spool.add(a_report())
    link.exchange(spool, machine=MACHINE)
    assert abs(link.skew + off) < timedelta(minutes=2)
    assert len(console.kept) == 1
    link.close()
