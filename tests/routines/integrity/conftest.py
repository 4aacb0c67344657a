"""A small practice that was recorded while it was good, and what may happen to it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from practice_at_rest import Practice, recorded

from vigie.routines.rehearsals.sample import make_practice


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make the documents once; each test has its own copy."""
    folder = tmp_path_factory.mktemp("documents") / "cabinet"
    make_practice(folder, files=60, bytes_total=4_000_000)
    return folder


@pytest.fixture
def practice(tmp_path: Path, documents: Path) -> Practice:
    """Return a recorded practice of one's own."""
    return recorded(documents, tmp_path)


@pytest.fixture
def small(tmp_path: Path) -> Callable[..., Practice]:
    """Return what records a practice of a few given files."""

    def make(**files: bytes) -> Practice:
        folder = tmp_path / "few"
        folder.mkdir()
        for name, content in files.items():
            (folder / name.replace("__", ".")).write_bytes(content)
        return recorded(folder, tmp_path)

    return make
