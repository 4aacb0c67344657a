"""Whose orders a machine obeys: keys and passkeys pinned at enrolment, and what changes them.

The console names them once, when it admits the machine. From then on only an order signed by a
pinned key adds one or takes one away.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from vigie.agent.enrolment import Enrolment
from vigie.domain.response import Outcome
from vigie.tools import keys
from vigie.tools.passkeys import Assertion, NotAsserted, counted, readable
from vigie.wire import orders
from vigie.wire.passkeys import AssertedOrder, Passkey, challenge, name_of
from vigie.wire.reports import SignedOrder

MOST = 16  # of each kind: a practice has a few caretakers, each with a key and a spare

Untrusted = SignedOrder | AssertedOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class Allegiance:
    """Whose orders this machine obeys, and under which two pseudonyms it is addressed."""

    practice: str
    machine: str
    caretakers: Collection[str] = ()
    passkeys: Collection[Passkey] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """Who sealed an order. `counter` is a passkey's own count of signatures, 0 where it has none.

    `credential` is empty for a key.
    """

    credential: str = ""
    counter: int = 0


class NotSealed(Exception):
    """The order is not sealed by anybody this machine obeys; the text is a slug."""


def seal_of(untrusted: Untrusted, allegiance: Allegiance) -> Seal:
    """Return who sealed an order. Raise NotSealed with `forged` or `stranger`."""
    if isinstance(untrusted, SignedOrder):
        known = untrusted.key in allegiance.caretakers
        body = untrusted.body.encode()
        if not known or not keys.verified(untrusted.key, body, untrusted.signature):
            raise NotSealed("forged")
        return Seal()
    passkey = next((p for p in allegiance.passkeys if p.credential == untrusted.credential), None)
    if passkey is None:
        raise NotSealed("stranger")
    said = Assertion(
        authenticator=untrusted.authenticator,
        client=untrusted.client,
        signature=untrusted.signature,
    )
    try:
        counter = counted(
            said,
            public=passkey.public,
            site=passkey.site,
            origin=passkey.origin,
            challenge=challenge(untrusted.body),
        )
    except NotAsserted as why:
        raise NotSealed("forged") from why
    return Seal(credential=passkey.credential, counter=counter)


class CannotTrust(Exception):
    """A change of who is obeyed that cannot be made; an expected failure."""


@dataclass(frozen=True, slots=True)
class Signers:
    """The pinned keys of one machine, as its enrolment keeps them."""

    enrolment: Enrolment

    def allegiance(self) -> Allegiance:
        """Return whose orders are obeyed at this moment: nobody's, where that cannot be read."""
        agreed = self.enrolment.membership()
        if agreed is None or not agreed.approved:
            return Allegiance(practice="", machine="")
        return Allegiance(
            practice=agreed.practice,
            machine=agreed.machine,
            caretakers=agreed.caretakers,
            passkeys=agreed.passkeys,
        )

    def change(self, wish: orders.Wish) -> tuple[Outcome, ...]:
        """Obey one more, or one less. Said twice, it is done once. Raise CannotTrust."""
        now = self.allegiance()
        caretakers = dict.fromkeys(now.caretakers)
        passkeys: Mapping[str, Passkey] = {p.credential: p for p in now.passkeys}
        match wish:
            case orders.TrustKey(key=key):
                caretakers[key] = None
            case orders.TrustPasskey(passkey=passkey):
                if not readable(passkey.public):
                    raise CannotTrust("a passkey of a kind that is not known here")
                passkeys = {**passkeys, passkey.credential: passkey}
            case orders.Distrust(signer=name):
                caretakers = {key: None for key in caretakers if name_of(key) != name}
                passkeys = {c: p for c, p in passkeys.items() if name_of(c) != name}
        if not caretakers:
            # Only a key may ever name another signer: without one, this could not be put right.
            raise CannotTrust("the last key cannot be taken away")
        if max(len(caretakers), len(passkeys)) > MOST:
            raise CannotTrust("so many are obeyed already")
        self.enrolment.pin(tuple(caretakers), tuple(passkeys.values()))
        return ()
