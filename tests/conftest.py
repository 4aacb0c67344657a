"""What every test may use."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import settings

# A loaded machine is slow, and that is no property of the code: benchmarks measure time.
settings.register_profile("vigie", deadline=None)
settings.load_profile("vigie")

_WORLD = ("open", "os.", "socket.", "subprocess.", "sqlite3.", "shutil.", "ctypes.")
_sealed = False


class BrokenSealError(AssertionError):
    """Something that must be pure touched the world."""


def _watch_the_seal(event: str, _: tuple[object, ...]) -> None:
    if _sealed and event.startswith(_WORLD):
        raise BrokenSealError(event)


sys.addaudithook(_watch_the_seal)


@contextmanager
def _seal() -> Iterator[None]:
    global _sealed  # noqa: PLW0603  (an audit hook cannot be removed, only told to look away)
    _sealed = True
    try:
        yield
    finally:
        _sealed = False


@pytest.fixture
def sealed() -> object:
    """Return a context in which any file, socket or process opened fails the test."""
    return _seal
