"""What every test may use."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import settings

# A loaded machine is slow, and that is no property of the code: benchmarks measure time.
# A verdict on a commit must not depend on luck: the whole run draws the same examples each time,
# and `VIGIE_EXAMPLES=N pytest …` looks for new ones, N for each property.
settings.register_profile("verdict", deadline=None, derandomize=True)
settings.load_profile("verdict")
if "VIGIE_EXAMPLES" in os.environ:
    settings.register_profile(
        "search", deadline=None, max_examples=int(os.environ["VIGIE_EXAMPLES"])
    )
    settings.load_profile("search")

_LONGEST_NAME = 60  # characters of a value in a test's name


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name a test by its argument where the value is bytes or long: two workers must agree.

    What was made at random, or now, would be another test in each of them.
    """
    return argname if isinstance(val, bytes) or len(str(val)) > _LONGEST_NAME else None


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuse a run in which groups would count for nothing: their tests share one server."""
    if not (hasattr(session.config, "workerinput") and session.config.getvalue("loadgroup")):
        return
    alone = [
        item.nodeid
        for item in session.items
        if item.get_closest_marker("xdist_group") and "@" not in item.nodeid.rpartition("::")[2]
    ]
    if alone:
        message = f"pytest-xdist has not grouped {alone[0]}"
        raise pytest.UsageError(message)


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
