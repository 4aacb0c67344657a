import os
from pathlib import Path

from quick_key import add_quick_key
from tests.routines.conftest import Stage

from vigie.domain.finding import Gravity
from vigie.routines.backups.checking import PARTS, accept_keys, check


def test_a_sound_place_is_read_one_part_after_the_other(stage: Stage) -> None:
    stage.back_up()
    assert check(stage.room, stage.place) == ()
    assert check(stage.room, stage.place) == ()
    state = stage.room.place(stage.place)
    assert (state.part, state.snapshots) == (2, 1)
    stage.room.note(stage.place, part=PARTS)
    check(stage.room, stage.place)
    assert stage.room.place(stage.place).part == 1


def test_a_flipped_byte_is_found_when_its_part_is_read(stage: Stage) -> None:
    stage.back_up()
    pack = max(
        (stage.repository / "data").rglob("*"), key=lambda p: p.is_file() and p.stat().st_size
    )
    damaged = bytearray(pack.read_bytes())
    damaged[len(damaged) // 3] ^= 1
    pack.chmod(0o600)
    pack.write_bytes(damaged)
    part = bytes.fromhex(pack.name)[0] % PARTS + 1
    assert check(stage.room, stage.place, read=False) == ()  # the structure alone does not show it
    stage.room.note(stage.place, part=part - 1 or PARTS)
    (finding,) = check(stage.room, stage.place)
    assert (finding.fact, finding.gravity) == ("backup_damaged", Gravity.ALARM)
    assert stage.room.place(stage.place).troubled == "backup_damaged"


def test_a_new_key_is_an_alarm_until_a_person_has_settled_it(stage: Stage, prepared: Path) -> None:
    stage.back_up()
    check(stage.room, stage.place, read=False)
    add_quick_key(stage.repository, prepared / "key", "intrus")
    for _ in range(2):
        (finding,) = check(stage.room, stage.place, read=False)
        assert finding.fact == "backup_new_key"
        assert finding.numbers == {"keys": 1}
    accept_keys(stage.room, stage.place)
    assert check(stage.room, stage.place, read=False) == ()


def test_halves_of_packs_left_by_a_kill_are_swept_after_a_day(stage: Stage) -> None:
    stage.back_up()
    folder = next((stage.repository / "data").iterdir())
    old, fresh = folder / "ab-tmp-1", folder / "cd-tmp-2"
    for half in (old, fresh):
        half.write_bytes(b"half")
    os.utime(old, (0, 0))
    assert check(stage.room, stage.place, read=False) == ()
    assert not old.exists()
    assert fresh.exists()
