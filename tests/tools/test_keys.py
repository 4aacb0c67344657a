"""Keys are made once, kept private, and a signature covers every byte."""

import stat
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from vigie.tools import keys


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "machine.key"
    first, second = keys.make(path), keys.make(path)
    assert keys.public_text(first) == keys.public_text(second)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_fingerprint_can_be_read_aloud(tmp_path: Path) -> None:
    groups = keys.fingerprint(keys.public_text(keys.make(tmp_path / "k"))).split(" ")
    assert [len(group) for group in groups] == [4] * 8


@given(message=st.binary(max_size=64), other=st.binary(max_size=64))
def test_a_signature_is_good_for_its_message_alone(message: bytes, other: bytes) -> None:
    key = keys.Ed25519PrivateKey.from_private_bytes(b"k" * 32)
    public, signature = keys.public_text(key), keys.sign(key, message)
    assert keys.verified(public, message, signature)
    assert keys.verified(public, other, signature) is (other == message)
    assert not keys.verified(public, message, "é")
