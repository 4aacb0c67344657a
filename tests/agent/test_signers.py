from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from authenticator import Authenticator
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from small_console import MACHINE, PRACTICE

from vigie.agent.enrolment import Enrolment, Membership
from vigie.agent.orders import Orders, Taken
from vigie.agent.signers import MOST, CannotTrust, Signers
from vigie.domain.danger import Danger
from vigie.domain.verdict import Report
from vigie.phrasebook import vocabulary
from vigie.tools import keys
from vigie.wire import orders
from vigie.wire.orders import (
    BackUpNow,
    Distrust,
    Order,
    Pause,
    TrustKey,
    TrustPasskey,
    UndoDeeds,
    Wish,
)
from vigie.wire.passkeys import AssertedOrder, name_of
from vigie.wire.reports import SignedOrder

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
CARETAKER = Ed25519PrivateKey.generate()


def body(sequence: int = 1, wish: Wish | None = None, **changed: object) -> str:
    said = {"practice": PRACTICE, "machine": MACHINE, "expires": NOON + timedelta(hours=1)}
    whole = Order(sequence=sequence, wish=wish or BackUpNow(), **{**said, **changed})  # type: ignore[arg-type]
    return orders.encode(whole).decode()


def by_key(said: str, key: Ed25519PrivateKey = CARETAKER) -> SignedOrder:
    signature = keys.sign(key, said.encode())
    return SignedOrder(body=said, key=keys.public_text(key), signature=signature)


@dataclass
class Machine:
    """A machine that has pinned one key and one passkey."""

    enrolment: Enrolment
    karim: Authenticator = field(default_factory=Authenticator)
    done: list[Taken] = field(default_factory=list)
    said: list[Report] = field(default_factory=list)

    def __post_init__(self) -> None:
        agreed = Membership(console="", machine=MACHINE, practice=PRACTICE, approved=True)
        self.enrolment._file.write_bytes(msgspec.json.encode(agreed))
        self.enrolment.pin((keys.public_text(CARETAKER),), (self.karim.passkey,))
        self.signers = Signers(self.enrolment)
        self.open()

    def open(self) -> None:
        def fulfil(taken: Taken) -> tuple[()]:
            self.done.append(taken)
            return ()

        def trust(taken: Taken) -> tuple[()]:
            self.signers.change(taken.wish)
            return ()

        changes = dict.fromkeys((TrustKey, TrustPasskey, Distrust), trust)
        self.orders = Orders(
            self.enrolment._file.with_name("orders.db"),
            allegiance=self.signers.allegiance,
            fulfil={BackUpNow: fulfil, Pause: fulfil, UndoDeeds: fulfil, **changes},
            tell=self.said.append,
            clock=lambda: NOON,
        )

    def hears(self, *given: SignedOrder | AssertedOrder) -> str:
        """Return what the machine says of the last order: a reason, or how it went."""
        self.orders.take(given)
        self.orders.carry_out()
        fact = self.said[-1].facts[0]
        reasons = [name for name in fact.numbers if name != "sequence"]
        return reasons[0] if reasons else fact.fact


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(Enrolment(tmp_path / "agent"))
    yield machine
    machine.orders.close()


@pytest.mark.parametrize("kind", ["ES256", "EdDSA", "RS256"])
def test_an_order_that_a_pinned_passkey_has_signed_is_done_once(
    machine: Machine, kind: str
) -> None:
    machine.karim = Authenticator(kind=kind)
    machine.enrolment.pin((keys.public_text(CARETAKER),), (machine.karim.passkey,))
    assert machine.hears(machine.karim.sign(body(7))) == "order_done"
    assert [taken.sequence for taken in machine.done] == [7]


def test_a_forged_order_is_refused(machine: Machine) -> None:
    stolen = machine.karim.credential
    assert machine.hears(Authenticator().sign(body(), credential=stolen)) == "forged"
    assert machine.done == []


def test_an_order_of_a_passkey_that_nobody_pinned_is_refused(machine: Machine) -> None:
    assert machine.hears(Authenticator().sign(body())) == "stranger"
    assert machine.done == []


def test_an_altered_order_is_refused(machine: Machine) -> None:
    signed = machine.karim.sign(body(1))
    altered = AssertedOrder(**{**_parts(signed), "body": body(2)})
    assert machine.hears(altered) == "forged"
    assert machine.done == []


def test_a_replayed_order_is_refused_in_this_life_and_the_next(machine: Machine) -> None:
    signed = machine.karim.sign(body(3))
    assert machine.hears(signed) == "order_done"
    assert machine.hears(signed) == "replayed"
    machine.orders.close()
    machine.open()
    assert machine.orders.take([signed]) == 0
    assert len(machine.done) == 1


def test_an_expired_order_is_refused(machine: Machine) -> None:
    assert machine.hears(machine.karim.sign(body(expires=NOON))) == "expired"
    assert machine.done == []


@pytest.mark.parametrize("where", [{"machine": "n" * 16}, {"practice": "q" * 16}])
def test_a_readdressed_order_is_refused(machine: Machine, where: dict[str, str]) -> None:
    assert machine.hears(machine.karim.sign(body(**where))) == "misaddressed"
    assert machine.done == []


def test_an_order_signed_without_recognising_anybody_is_refused(machine: Machine) -> None:
    machine.karim.flags = 0x01
    assert machine.hears(machine.karim.sign(body())) == "forged"


def test_an_order_signed_on_another_page_is_refused(machine: Machine) -> None:
    machine.karim.origin = "https://evil.example"
    assert machine.hears(machine.karim.sign(body())) == "forged"


def test_a_count_that_goes_back_is_somebody_elses_copy_and_is_refused(machine: Machine) -> None:
    machine.karim.counter = 5
    assert machine.hears(machine.karim.sign(body(1))) == "order_done"
    machine.orders.close()
    machine.open()
    machine.karim.counter = 5
    assert machine.hears(machine.karim.sign(body(2))) == "cloned"
    machine.karim.counter = 0
    assert machine.hears(machine.karim.sign(body(3))) == "cloned"
    assert len(machine.done) == 1
    machine.karim.counter = 6
    assert machine.hears(machine.karim.sign(body(4))) == "order_done"


def test_a_passkey_that_keeps_no_count_goes_on_without(machine: Machine) -> None:
    assert machine.hears(machine.karim.sign(body(1))) == "order_done"
    assert machine.hears(machine.karim.sign(body(2))) == "order_done"


@pytest.mark.parametrize(
    "wish",
    [
        Pause(danger=Danger.RANSOMWARE, minutes=60),
        UndoDeeds(report="0" * 32),
        TrustKey(key="A" * 43),
        Distrust(signer="0" * 64),
        TrustPasskey(passkey=Authenticator().passkey),
    ],
)
def test_a_passkey_neither_switches_a_protection_off_nor_says_who_is_obeyed(
    machine: Machine, wish: Wish
) -> None:
    before = machine.signers.allegiance()
    assert machine.hears(machine.karim.sign(body(wish=wish))) == "key_needed"
    assert machine.signers.allegiance() == before


def test_a_new_passkey_is_obeyed_once_a_pinned_key_has_named_it(machine: Machine) -> None:
    anna = Authenticator()
    assert machine.hears(anna.sign(body(1))) == "stranger"
    introduced = body(2, TrustPasskey(passkey=anna.passkey))
    assert machine.hears(by_key(introduced, Ed25519PrivateKey.generate())) == "forged"
    assert machine.hears(by_key(introduced)) == "order_done"
    assert machine.hears(anna.sign(body(3))) == "order_done"
    assert machine.hears(by_key(body(4, Distrust(signer=name_of(anna.credential))))) == "order_done"
    assert machine.orders.take([anna.sign(body(5))]) == 0  # said once a day


def test_a_key_is_rotated_by_the_key_before_it(machine: Machine) -> None:
    new = Ed25519PrivateKey.generate()
    old = name_of(keys.public_text(CARETAKER))
    assert machine.hears(by_key(body(1, TrustKey(key=keys.public_text(new))))) == "order_done"
    assert machine.hears(by_key(body(2, Distrust(signer=old)), new)) == "order_done"
    assert machine.hears(by_key(body(3))) == "forged"
    assert machine.hears(by_key(body(4), new)) == "order_done"


def test_the_last_key_stays_and_so_many_are_enough(machine: Machine) -> None:
    useless = msgspec.structs.replace(Authenticator().passkey, public="AAAA")
    with pytest.raises(CannotTrust):
        machine.signers.change(Distrust(signer=name_of(keys.public_text(CARETAKER))))
    with pytest.raises(CannotTrust):
        machine.signers.change(TrustPasskey(passkey=useless))
    for number in range(MOST - 1):
        machine.signers.change(TrustKey(key=f"{number:043}"))
    with pytest.raises(CannotTrust):
        machine.signers.change(TrustKey(key="B" * 43))
    assert len(machine.signers.allegiance().caretakers) == MOST


def test_a_machine_that_cannot_read_its_enrolment_obeys_nobody(machine: Machine) -> None:
    machine.enrolment._file.write_bytes(b"{")
    assert machine.hears(machine.karim.sign(body())) == "stranger"
    assert machine.done == []


def test_every_reason_is_in_the_closed_vocabulary(machine: Machine) -> None:
    machine.hears(Authenticator().sign(body(1)))
    machine.hears(machine.karim.sign(body(2, Pause(danger=Danger.RANSOMWARE, minutes=1))))
    spoken = vocabulary(Danger.RANSOMWARE).facts
    for report in machine.said:
        for fact in report.facts:
            assert set(fact.numbers) <= spoken[fact.fact]


def _parts(asserted: AssertedOrder) -> dict[str, str]:
    return {name: getattr(asserted, name) for name in asserted.__struct_fields__}
