import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.routines.conftest import Stage, checking

from vigie.routines.backups.keeping import AHEAD, BEHIND, forged, retain
from vigie.routines.backups.making import HELD_TAG
from vigie.tools.restic import Snapshot

NOW = datetime.now(UTC)


def save(stage: Stage, age: timedelta, *tags: str) -> None:
    """Save a snapshot that claims to be this old, and let its file's arrival say the same."""
    before = set((stage.repository / "snapshots").iterdir())
    when = NOW - age
    argv = ["backup", "--quiet", "--time", f"{when.astimezone():%Y-%m-%d %H:%M:%S}"]
    argv += [f"--tag={tag}" for tag in tags]
    stage.restic._text(*argv, str(stage.documents / "Base patients"))
    (file,) = set((stage.repository / "snapshots").iterdir()) - before
    os.utime(file, (when.timestamp(), when.timestamp()))


def test_what_is_older_than_the_newest_by_more_than_wanted_goes(stage: Stage) -> None:
    for days in (800, 30, 0):
        save(stage, timedelta(days=days))
    would = retain(stage.restic, within="1y", dry_run=True)
    assert len(would.removed) == 1
    assert len(stage.restic.snapshots()) == 3
    done = retain(stage.restic, within="1y")
    assert done.removed == would.removed
    assert len(stage.restic.snapshots()) == 2
    stage.restic.check(read="1/1")


def test_a_snapshot_dated_next_year_lets_nothing_go(stage: Stage) -> None:
    for days in (300, 30, 0):
        save(stage, timedelta(days=days))
    argv = ["backup", "--quiet", "--time", f"{NOW.year + 2}-01-01 00:00:00"]
    stage.restic._text(*argv, str(stage.documents / "Base patients"))
    kept = retain(stage.restic, within="6m")
    assert [f.fact for f in kept.findings] == ["backup_time_forged"]
    assert len(stage.restic.snapshots()) == 4


def test_a_snapshot_dated_back_is_exposed_by_its_arrival(stage: Stage) -> None:
    save(stage, timedelta(days=0))
    stage.restic._text("backup", "--quiet", "--time", "2020-01-01 00:00:00", str(stage.documents))
    (finding,) = retain(stage.restic).findings
    assert finding.numbers == {"snapshots": 1}


def test_documents_turning_bad_hold_everything_until_a_person_has_looked(stage: Stage) -> None:
    save(stage, timedelta(days=500))
    save(stage, timedelta(days=0), HELD_TAG)
    assert [f.fact for f in retain(stage.restic).findings] == ["backup_retention_waits"]
    assert len(retain(stage.restic, dry_run=True, settled=True).removed) == 1


def test_nothing_goes_while_somebody_works_there(stage: Stage) -> None:
    save(stage, timedelta(days=500))
    save(stage, timedelta(days=0))
    with checking(stage):
        assert [f.fact for f in retain(stage.restic).findings] == ["backup_in_use"]
    stage.restic.unlock()  # the lock of the killed check
    assert len(stage.restic.snapshots()) == 2


def test_retention_is_refused_where_arrivals_cannot_be_seen(stage: Stage) -> None:
    place = replace(stage.place, location="sftp:nas:/vigie")
    with pytest.raises(ValueError, match="sftp"):
        retain(stage.room.restic(place))
    with pytest.raises(ValueError, match="toujours"):
        retain(stage.restic, within="toujours")


@given(
    claimed=st.timedeltas(-timedelta(days=4000), timedelta(days=4000)),
    late=st.timedeltas(timedelta(0), timedelta(days=30)),
)
def test_a_time_is_believed_only_near_its_arrival(claimed: timedelta, late: timedelta) -> None:
    arrived = NOW - late
    snapshot = Snapshot(id="a", time=arrived + claimed, host="", paths=())
    believed = not forged([snapshot], {"a": arrived}, NOW)
    assert believed == (-BEHIND <= claimed <= AHEAD and arrived + claimed <= NOW + AHEAD)
    assert forged([snapshot], {}, NOW) == (snapshot,)
