from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from small_disk import fill, small_disk

from vigie.tools.held import NEW, HeldStore, NoRoom, Spoilt, name_of

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=30)


def keep(store: HeldStore, content: bytes, key: str = "k") -> str:
    held, _ = store.keep("file", content, key=key, envelope={"to": "a"}, at=NOW, until=LATER)
    return held.id


def test_what_is_kept_comes_back_byte_for_byte_also_after_the_register_is_lost(
    tmp_path: Path,
) -> None:
    content = bytes(range(256)) * 1000
    with closing(HeldStore(tmp_path / "held")) as store:
        name = keep(store, content)
        assert store.content(name) == content
    for part in (tmp_path / "held").glob("held.db*"):
        part.write_bytes(b"not a database" * 1000) if part.suffix == ".db" else part.unlink()
    with closing(HeldStore(tmp_path / "held")) as store:
        found = store.find(name)
        assert found is not None
        assert (found.state, found.envelope, found.until) == (NEW, {"to": "a"}, LATER)
        assert store.content(name) == content
    assert list((tmp_path / "held").glob("held.db.damaged-*"))


def test_the_same_key_is_kept_once(tmp_path: Path) -> None:
    with closing(HeldStore(tmp_path)) as store:
        assert keep(store, b"one") == keep(store, b"two") == name_of("file", "k")
        assert store.content(name_of("file", "k")) == b"one"


def test_of_two_who_move_a_thing_one_does(tmp_path: Path) -> None:
    with closing(HeldStore(tmp_path)) as store, closing(HeldStore(tmp_path)) as other:
        name = keep(store, b"one")
        assert store.move(name, [NEW], "held", note={"a": 1})
        assert not other.move(name, [NEW], "gone")
        assert other.move(name, ["held"], "held", note={"b": 2})
        found = store.find(name)
        assert found is not None
        assert found.note == {"a": 1, "b": 2}


def test_nothing_is_removed_before_its_date_or_before_it_is_settled(tmp_path: Path) -> None:
    with closing(HeldStore(tmp_path)) as store:
        name = keep(store, b"one")
        assert store.clear("file", ["settled"], LATER) == 0
        store.move(name, [NEW], "settled")
        assert store.clear("file", ["settled"], LATER - timedelta(seconds=1)) == 0
        assert store.content(name) == b"one"
        assert store.clear("file", ["settled"], LATER) == 1
        assert store.find(name) is None
        with pytest.raises(Spoilt):
            store.content(name)


def test_a_changed_byte_is_noticed(tmp_path: Path) -> None:
    with closing(HeldStore(tmp_path)) as store:
        name = keep(store, b"one" * 100)
        file = tmp_path / f"{name}.held"
        file.write_bytes(b"X" + file.read_bytes()[1:])
        with pytest.raises(Spoilt):
            store.content(name)


@pytest.mark.kernel
def test_a_full_disk_refuses_and_keeps_nothing_by_halves(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "4m") as disk, closing(HeldStore(disk / "held")) as store:
        kept = keep(store, b"before", "before")
        ballast = fill(disk)
        with pytest.raises(NoRoom):
            keep(store, b"x" * 100_000)
        assert store.find(name_of("file", "k")) is None
        assert sorted(f.name for f in (disk / "held").iterdir() if f.suffix != ".db") == sorted(
            [f"{kept}.held", *(f.name for f in (disk / "held").glob("held.db-*"))]
        )
        ballast.unlink()
        assert store.content(keep(store, b"x" * 100_000)) == b"x" * 100_000
