"""Little plays about power cuts, and about what they leave."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from vigie.domain.evidence.power import (
    BaseChecked,
    DayEnded,
    DiskWearsOut,
    DocumentsVerified,
    MachineLeftOn,
    MainsBack,
    OnBattery,
    PowerEvidence,
    StoppedUncleanly,
    UpsMissing,
)
from vigie.domain.guard import Scene

_THREE = datetime(2026, 11, 28, 3, 40, tzinfo=UTC)  # a Saturday night
_HERE = "accueil"


def _battery(
    after: float,
    *,
    runtime: int | None = None,
    charge: int | None = None,
    low: bool = False,
    silent: bool = False,
) -> OnBattery:
    return OnBattery(
        at=_THREE + timedelta(seconds=after),
        machine=_HERE,
        outage="one",
        began=_THREE,
        runtime=runtime,
        charge=charge,
        low=low,
        silent=silent,
    )


def _verified(
    *, cut: bool = True, damaged: int = 0, restored: int = 0, missing: int = 0, doubtful: int = 0
) -> DocumentsVerified:
    return DocumentsVerified(
        at=_THREE,
        machine=_HERE,
        files=9_000,
        databases=2,
        damaged=damaged,
        restored=restored,
        missing=missing,
        doubtful=doubtful,
        cut=_THREE if cut else None,
    )


def _scene(title: str, seen: Sequence[PowerEvidence], *facts: str) -> Scene[PowerEvidence]:
    return Scene(title=title, seen=seen, facts=frozenset(facts))


_AGED = [_battery(s, runtime=1_200, charge=100 - s // 3) for s in range(0, 200, 4)]
_BACK = MainsBack(at=_THREE + timedelta(minutes=3), machine=_HERE, outage="one", seconds=180)

SCENES: Sequence[Scene[PowerEvidence]] = (
    _scene("the_mains_fails", [_battery(0, runtime=480, charge=100)], "on_battery"),
    _scene("a_flicker", [_battery(0, runtime=480), _BACK], "on_battery", "power_back"),
    _scene("it_says_so", [_battery(0, low=True)], "battery_low"),
    _scene(
        "it_promises_little",
        [_battery(0, runtime=480), _battery(90, runtime=110)],
        "on_battery",
        "battery_low",
    ),
    _scene("an_aged_battery_promises_twenty_minutes", _AGED, "on_battery", "battery_low"),
    _scene(
        "half_of_the_promise_is_over",
        [_battery(0, runtime=900), _battery(460, runtime=440)],
        "on_battery",
        "battery_low",
    ),
    _scene(
        "it_falls_silent",
        [_battery(0, runtime=900), _battery(4, silent=True), _battery(20, silent=True)],
        "on_battery",
        "battery_low",
    ),
    _scene("no_ups", [UpsMissing(at=_THREE, machine=_HERE)], "no_ups"),
    _scene("a_silent_ups", [UpsMissing(at=_THREE, machine=_HERE, silent=True)], "ups_silent"),
    _scene(
        "after_a_cut_all_holds",
        [StoppedUncleanly(at=_THREE, machine=_HERE, last_alive=_THREE), _verified()],
        "stopped_uncleanly",
        "documents_complete",
    ),
    _scene(
        "after_a_cut_two_are_back",
        [_verified(damaged=2, restored=2)],
        "documents_restored",
        "documents_complete",
    ),
    _scene(
        "one_cannot_come_back",
        [_verified(damaged=3, restored=2, missing=1, doubtful=1)],
        "documents_restored",
        "documents_not_restored",
        "documents_missing",
        "documents_doubtful",
    ),
    _scene("an_ordinary_night", [_verified(cut=False)]),
    _scene(
        "unread",
        [DocumentsVerified(at=_THREE, machine=_HERE, files=3, unread=1)],
        "documents_unread",
    ),
    _scene(
        "an_index_is_made_anew",
        [BaseChecked(at=_THREE, machine=_HERE, name="cabinet", mended=True)],
        "database_mended",
    ),
    _scene(
        "a_table_is_damaged",
        [BaseChecked(at=_THREE, machine=_HERE, name="cabinet", mended=False)],
        "database_damaged",
    ),
    _scene(
        "a_tired_disk",
        [DiskWearsOut(at=_THREE, machine=_HERE, device="sda", failing=False, sectors=8)],
        "disk_wears_out",
    ),
    _scene(
        "a_dying_disk",
        [DiskWearsOut(at=_THREE, machine=_HERE, device="sda", failing=True)],
        "disk_ends_soon",
    ),
    _scene(
        "a_sound_disk",
        [DiskWearsOut(at=_THREE, machine=_HERE, device="sda", failing=False)],
    ),
    _scene(
        "seven_in_the_evening", [DayEnded(at=_THREE, machine=_HERE, day="2026-11-27")], "all_saved"
    ),
    _scene(
        "left_on",
        [MachineLeftOn(at=_THREE, machine=_HERE, day="2026-11-27", minutes=15)],
        "sleeps_soon",
    ),
    _scene(
        "left_on_and_turned_off",
        [MachineLeftOn(at=_THREE, machine=_HERE, day="2026-11-27", minutes=15, off=True)],
        "turns_off_soon",
    ),
)
