from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from mail_desk import Post
from provider import small_provider


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    with ExitStack() as stack:
        provider = stack.enter_context(small_provider(tmp_path / "taken"))
        yield Post(tmp_path, provider, stack)


@pytest.fixture
def signed_post(tmp_path: Path) -> Iterator[Post]:
    accounts = {"dr@cabinet.example": "correct horse"}
    with ExitStack() as stack:
        provider = stack.enter_context(small_provider(tmp_path / "taken", accounts=accounts))
        yield Post(tmp_path, provider, stack)
