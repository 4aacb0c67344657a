import pytest
from authenticator import ORIGIN, PRESENT, SITE, Authenticator, text

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
