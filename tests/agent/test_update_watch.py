"""What the agent does about updates: orders, the nights, and a morning that goes wrong."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from vigie.agent import update_watch
from vigie.agent.orders import Taken, WishFailed
from vigie.agent.settings import parse
from vigie.agent.update_parts import conductor
from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.updates import (
    ApplicationEndedLate,
    Ending,
    UpdateEnded,
    UpdateFound,
    UpdatePutOff,
)
from vigie.domain.practice import ConsultationHours, Span
from vigie.domain.response import Deed, Response, Result
from vigie.guards.failed_update.guard import judge
from vigie.policy.orders import decide
from vigie.responders.roll_back import RollBack
from vigie.routines.updates.application import Application
from vigie.routines.updates.calling import put_off, put_off_until
from vigie.routines.updates.conducting import Conductor
from vigie.routines.updates.duty import Choice, UpdateLook, UpdateNight
from vigie.routines.updates.register import Register
from vigie.routines.updates.telling import number_of
from vigie.sensors.software.lasting import LastingSensor
from vigie.tools.packages import Change, Footprint, PackagesFailed, Patience, Simulation
from vigie.tools.snapshots import NoSnapshots
from vigie.tools.undo import UndoBook
from vigie.wire import orders

NIGHT = datetime(2026, 11, 25, 21, 40, tzinfo=UTC)
CHANGE = Change(package="medicabinet", before="1.0", after="2.0")
NUMBER = number_of([CHANGE])
WEEK = ConsultationHours(week={day: (Span(time(8), time(19)),) for day in range(7)})


@dataclass
class Offering:
    """A package manager that offers one update and cannot fetch it: nothing is ever installed."""

    changes: tuple[Change, ...] = (CHANGE,)
    downloaded: list[Change] = field(default_factory=list)
    fetches: bool = True
    rolls_back: bool = True

    def refresh(self) -> None:
        return

    def simulate(self, packages: Sequence[str]) -> Simulation:
        return Simulation(changes=self.changes if packages else ())

    def offered(self, package: str) -> str:
        return {c.package: c.after for c in self.changes}.get(package, "")

    def download(self, changes: Sequence[Change]) -> None:
        if not self.fetches:
            raise PackagesFailed("not_fetched", "no network")
        self.downloaded += changes

    def footprint(self, changes: Sequence[Change]) -> Footprint:
        raise PackagesFailed("not_fetched", str(changes))

    def install(
        self, changes: Sequence[Change], patience: Patience, mark: Mapping[str, str]
    ) -> None:
        raise AssertionError(f"{changes} {patience} {mark}")

    def defects(self, changes: Sequence[Change]) -> tuple[str, ...]:
        return tuple(change.package for change in changes)

    def installed(self, packages: Sequence[str]) -> Mapping[str, str]:
        return dict.fromkeys(packages, "1.0")

    def hold(self, packages: Sequence[str]) -> None:
        raise AssertionError(packages)

    def release(self, packages: Sequence[str]) -> None:
        raise AssertionError(packages)

    def books_kept(self, changes: Sequence[Change], state: Path) -> None:
        raise AssertionError(f"{changes} {state}")


@dataclass
class Evening:
    """A machine with one application, at a time of our own."""

    folder: Path
    now: datetime = NIGHT
    offering: Offering = field(default_factory=Offering)
    told: list[Evidence] = field(default_factory=list)

    @property
    def made(self) -> Conductor:
        return Conductor(
            register=Register(self.folder / "updates"),
            packages=self.offering,
            snapshots=NoSnapshots(),
            applications=(Application(name="Médicabinet", packages=("medicabinet",)),),
            home=self.folder,
            clock=lambda: self.now,
        )

    def look(self, *, willing: bool = False) -> None:
        choice = Choice(system=False, willing=willing)
        UpdateLook(
            conductor=self.made, consultations=WEEK, choice=choice, machine="m",
            tell=self.told.append, clock=lambda: self.now,
        ).run()  # fmt: skip

    def night(self, choice: Choice) -> None:
        UpdateNight(
            conductor=self.made, consultations=WEEK, choice=choice, machine="m",
            tell=self.told.append, clock=lambda: self.now,
        ).run()  # fmt: skip


@pytest.fixture
def evening(tmp_path: Path) -> Evening:
    return Evening(tmp_path)


BY_ITSELF = Choice(system=False)


def test_an_update_is_downloaded_and_announced_once(evening: Evening) -> None:
    evening.look(willing=True)
    evening.look(willing=True)
    (found,) = evening.told
    assert isinstance(found, UpdateFound)
    assert (found.update, found.packages, found.willing) == (NUMBER, 1, True)
    assert evening.offering.downloaded == [CHANGE]


def test_what_could_not_be_downloaded_is_not_announced(evening: Evening) -> None:
    evening.offering.fetches = False
    with pytest.raises(PackagesFailed):
        evening.look()
    assert evening.told == []


def begun(evening: Evening) -> int:
    return sum(isinstance(one, UpdateEnded) for one in evening.told)


def test_at_night_an_update_begins_by_itself_and_tells_how_it_ended(evening: Evening) -> None:
    evening.night(BY_ITSELF)
    (ended,) = evening.told
    assert isinstance(ended, UpdateEnded)
    assert (ended.ending, ended.reason, ended.update) == (Ending.REFUSED, "not_fetched", NUMBER)


@pytest.mark.parametrize("hour", [9, 17, 6])
def test_with_a_patient_there_or_near_nothing_begins(evening: Evening, hour: int) -> None:
    evening.now = NIGHT.replace(hour=hour, minute=0)
    evening.night(BY_ITSELF)
    assert begun(evening) == 0


def test_what_was_put_off_does_not_begin(evening: Evening) -> None:
    put_off(evening.made.register, NIGHT + timedelta(days=1))
    evening.night(BY_ITSELF)
    assert begun(evening) == 0
    evening.now += timedelta(days=2)
    evening.night(BY_ITSELF)
    assert begun(evening) == 1


def test_a_practice_that_waits_for_others_waits(evening: Evening) -> None:
    patient = Choice(system=False, wait=timedelta(hours=48))
    evening.night(patient)
    assert begun(evening) == 0
    evening.now += timedelta(days=2)
    evening.night(patient)
    assert begun(evening) == 1


def test_by_order_alone_only_what_was_ordered_begins(evening: Evening) -> None:
    ordered = Choice(system=False, automatic=False)
    evening.night(ordered)
    assert begun(evening) == 0
    taken = Taken(sequence=1, at=NIGHT, wish=orders.UpdateTonight(update=NUMBER))
    put_off(evening.made.register, NIGHT + timedelta(days=1))
    assert update_watch._tonight(evening.made, taken) == ()
    assert put_off_until(evening.made.register, NIGHT) is None  # an order is newer
    evening.night(ordered)
    assert begun(evening) == 1


class Post:
    """An agent as far as an order needs it."""

    machine = "m"

    def __init__(self) -> None:
        self.seen: list[Evidence] = []

    def see(self, evidence: Evidence) -> None:
        self.seen.append(evidence)


def test_an_order_puts_updates_off_and_says_so(evening: Evening) -> None:
    post = Post()
    taken = Taken(sequence=1, at=NIGHT, wish=orders.PostponeUpdates(days=3))
    update_watch._postpone(post, evening.made, taken)  # type: ignore[arg-type]  # as far as it needs one
    assert put_off_until(evening.made.register, NIGHT) == NIGHT + timedelta(days=3)
    (said,) = post.seen
    assert isinstance(said, UpdatePutOff)
    assert said.days == 3


def test_an_order_to_go_back_from_what_was_never_kept_fails_aloud(evening: Evening) -> None:
    taken = Taken(sequence=1, at=NIGHT, wish=orders.RollBackUpdate(update=NUMBER))
    with pytest.raises(WishFailed):
        update_watch._roll_back(Post(), evening.made, taken)  # type: ignore[arg-type]  # as above


@dataclass
class Standing:
    """An application that answers, or not."""

    up: bool = True
    starts: bool = False
    unit: str = "Médicabinet"
    run: str = "a" * 32
    update: int = 7
    started: int = 0

    def answers(self) -> bool:
        return self.up

    def start(self) -> bool:
        self.started += 1
        self.up = self.starts
        return self.starts


def watched(standing: Standing, until: Callable[[list[Evidence]], bool]) -> list[Evidence]:
    seen: list[Evidence] = []
    stop = threading.Event()

    def sink(evidence: Evidence) -> None:
        seen.append(evidence)

    sensor = LastingSensor(lambda: (standing,), machine="m", every=0.01, silent_for=0.05)
    thread = threading.Thread(target=sensor.observe, args=(sink, stop))
    thread.start()
    for _ in range(300):
        if until(seen):
            break
        stop.wait(0.01)
    stop.set()
    thread.join()
    return seen


def test_an_application_that_ends_late_is_told_of_once() -> None:
    standing = Standing(up=False)
    seen = watched(standing, lambda seen: len(seen) > 1)
    (late,) = seen
    assert isinstance(late, ApplicationEndedLate)
    assert (late.run, late.minutes, standing.started) == ("a" * 32, 1, 1)
    (finding,) = judge([late])
    responses = decide(Danger.FAILED_UPDATE, [finding])
    assert Response(deed=Deed.ROLL_BACK, target="a" * 32) in responses


def test_an_application_that_starts_again_is_no_news() -> None:
    standing = Standing(up=False, starts=True)
    assert watched(standing, lambda _: standing.started > 0) == []


@pytest.mark.parametrize(
    ("came", "result"),
    [({"carried": 30, "reenter": 0}, Result.DONE), (None, Result.FAILED)],
)
def test_going_back_is_a_deed(tmp_path: Path, came: dict[str, int] | None, result: Result) -> None:
    book = UndoBook(tmp_path / "undo.db")
    asked: list[str] = []

    def go_back(run: str) -> dict[str, int] | None:
        asked.append(run)
        return came

    deed = RollBack(go_back)
    response = Response(deed=Deed.ROLL_BACK, target="abc")
    outcome = deed.carry_out(response, report="r", at=NIGHT, undo=book)
    assert (outcome.result, asked) == (result, ["abc"])
    assert deed.take_back("abc", "", at=NIGHT).result is Result.NOT_NEEDED
    book.close()


def test_the_settings_make_a_conductor(tmp_path: Path) -> None:
    text = """
    [practice]
    name = "n"
    caretaker = "k"
    [updates]
    longest_minutes = 10
    silent_seconds = 30
    snapshots = false
    [[application]]
    name = "Médicabinet"
    packages = ["medicabinet"]
    sqlite = ["/srv/cabinet.db"]
    watched = 5
    """
    made = conductor(parse(text), tmp_path)
    assert made.patience == Patience(longest=600, silent=30)
    (app,) = made.applications
    assert (app.sqlite, app.watched) == ((Path("/srv/cabinet.db"),), timedelta(seconds=5))
    assert made.of("system") == (app,)
    assert made.register.runs() == ()
