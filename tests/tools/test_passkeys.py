import hashlib
import json

import pytest
from authenticator import ORIGIN, PRESENT, SITE, Authenticator, text
from hypothesis import given, settings
from hypothesis import strategies as some

from vigie.tools.passkeys import Assertion, NotAsserted, counted, readable
from vigie.wire.passkeys import AssertedOrder, Passkey, challenge

BODY = '{"order":"back_up_now"}'


def verify(asserted: AssertedOrder, passkey: Passkey, body: str = BODY) -> int:
    said = Assertion(
        authenticator=asserted.authenticator, client=asserted.client, signature=asserted.signature
    )
    return counted(said, public=passkey.public, site=SITE, origin=ORIGIN, challenge=challenge(body))


@pytest.mark.parametrize("kind", ["ES256", "EdDSA", "RS256"])
def test_an_assertion_of_each_kind_of_key_counts_as_the_authenticator_says(kind: str) -> None:
    key = Authenticator(kind=kind, counter=41)
    assert readable(key.passkey.public)
    assert verify(key.sign(BODY), key.passkey) == 41


@pytest.mark.parametrize(
    ("bent", "why"),
    [
        (Authenticator(origin="https://console.example.org.evil.example"), "another page"),
        (Authenticator(origin="http://console.example.org"), "another page"),
        (Authenticator(site="evil.example"), "another site"),
        (Authenticator(flags=PRESENT), "nobody"),
        (Authenticator(flags=0x04), "nobody"),
        (Authenticator(flags=0), "nobody"),
        (Authenticator(type="webauthn.create"), "something else"),
        (Authenticator(more={"challenge": text(bytes(32))}), "something else"),
        (Authenticator(more={"crossOrigin": True}), "another page"),
        (Authenticator(more={"topOrigin": "https://evil.example"}), "another page"),
        (Authenticator(more={"challenge": None}), "something else"),
        (Authenticator(more={"origin": [ORIGIN]}), "another page"),
    ],
)
def test_what_was_signed_for_something_else_is_not_taken(bent: Authenticator, why: str) -> None:
    with pytest.raises(NotAsserted, match=why):
        verify(bent.sign(BODY), bent.passkey)


def test_another_order_another_key_and_a_changed_part_are_not_taken() -> None:
    key, other = Authenticator(), Authenticator()
    good = key.sign(BODY)
    with pytest.raises(NotAsserted):
        verify(good, key.passkey, body=BODY.replace("back", "bock"))
    with pytest.raises(NotAsserted):
        verify(good, other.passkey)
    for name in ("authenticator", "client", "signature"):
        for forged in (
            "AAAA",
            "A",
            "not base64 !",
            text(b"{" * 900),
            getattr(other.sign(BODY), name),
        ):
            if forged != getattr(good, name):
                with pytest.raises(NotAsserted):
                    verify(key.sign(BODY, **{name: forged}), key.passkey)


@pytest.mark.parametrize(
    "public",
    [
        "",
        "AAAA",
        text(b"\xa0"),
        text(b"\xa1\x03\x26"),
        text(b"\xa1\x03\x39\xff\xfe"),
        text(b"\x81" * 1500),
        text(b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" + bytes(32) + b"\x22\x58\x20" + bytes(32)),
    ],
)
def test_what_is_no_key_is_not_readable(public: str) -> None:
    assert not readable(public)
    with pytest.raises(NotAsserted):
        verify(
            Authenticator().sign(BODY),
            Passkey(credential="a", public=public, site=SITE, origin=ORIGIN),
        )


KEY = Authenticator()


def signed_all_the_same(authenticator: bytes, client: bytes) -> AssertedOrder:
    """Return parts that the right key has signed, whatever they are: a stolen or broken one."""
    signature = KEY._sign(authenticator + hashlib.sha256(client).digest())
    return KEY.sign(
        BODY, authenticator=text(authenticator), client=text(client), signature=text(signature)
    )


@settings(max_examples=300, deadline=None)
@given(authenticator=some.binary(min_size=1, max_size=80), client=some.binary(min_size=1))
def test_whatever_bytes_the_right_key_signs_are_refused_and_never_an_outage(
    authenticator: bytes, client: bytes
) -> None:
    with pytest.raises(NotAsserted):
        verify(signed_all_the_same(authenticator, client), KEY.passkey)


@pytest.mark.parametrize("client", [b"[" * 1500, b"{" * 9, b"null", b"3", b'"x"', b"[]", b"\xff"])
def test_a_browsers_part_that_is_none_is_refused(client: bytes) -> None:
    good = hashlib.sha256(SITE.encode()).digest() + b"\x05" + bytes(4)
    with pytest.raises(NotAsserted):
        verify(signed_all_the_same(good, client), KEY.passkey)


def test_an_answer_that_is_cut_off_is_refused() -> None:
    said = {"type": "webauthn.get", "challenge": text(challenge(BODY)), "origin": ORIGIN}
    client = json.dumps(said).encode()
    whole = hashlib.sha256(SITE.encode()).digest() + b"\x05" + bytes(4)
    assert verify(signed_all_the_same(whole, client), KEY.passkey) == 0
    for length in range(len(whole)):
        with pytest.raises(NotAsserted):
            verify(signed_all_the_same(whole[:length] or b"x", client), KEY.passkey)
