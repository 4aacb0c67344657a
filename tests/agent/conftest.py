"""A console over real TLS and a machine's key, for one test."""

from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from small_console import Console, small_console


@pytest.fixture
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with small_console(tmp_path_factory.mktemp("console")) as console:
        yield console


@pytest.fixture
def machine_key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.generate()
