from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.routines.rehearsals.manifest import MARKER, Manifest
from vigie.routines.rehearsals.sample import make_practice


@settings(max_examples=20, deadline=None)
@given(content=st.one_of(st.none(), st.binary(max_size=80), st.just(b'{"made_by": "us"}')))
def test_a_marker_that_is_not_ours_is_never_taken_for_a_sample(
    tmp_path_factory: pytest.TempPathFactory, content: bytes | None
) -> None:
    folder = tmp_path_factory.mktemp("own")
    if content is not None:
        (folder / MARKER).write_bytes(content)
    with pytest.raises(ValueError, match=r"sample|marker|codec"):
        Manifest.of(folder)


def test_the_marker_gives_the_manifest_back_even_in_a_copy(tmp_path: Path) -> None:
    made = make_practice(tmp_path / "a", files=12, seed=3, bytes_total=500_000)
    (tmp_path / "a").rename(tmp_path / "b")
    assert Manifest.of(tmp_path / "b") == made


def test_a_document_changed_emptied_moved_or_replaced_by_a_link_is_lost(tmp_path: Path) -> None:
    made = make_practice(tmp_path, files=12, seed=3, bytes_total=500_000)
    changed, emptied, moved, linked, *_ = made.documents
    content = bytearray((tmp_path / changed).read_bytes())
    content[-1] ^= 1
    (tmp_path / changed).write_bytes(content)
    (tmp_path / emptied).write_bytes(b"")
    (tmp_path / moved).rename(tmp_path / "ailleurs")
    (tmp_path / linked).rename(tmp_path / "cible")
    (tmp_path / linked).symlink_to(tmp_path / "cible")
    assert set(made.lost(tmp_path)) == {changed, emptied, moved, linked}
