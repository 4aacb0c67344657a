"""Inside a room: `vigie update` used as a caretaker would, step after step; each is said."""

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from vigie.routines.rehearsals.update_inside import DATA, NAME, Inside, missing
from vigie.routines.rehearsals.update_packages import PROGRAM, Version
from vigie.routines.rehearsals.update_room import say
from vigie.routines.updates.register import Register
from vigie.tools.packages.running import marked

DOSE = "UPDATE consultation SET dose = dose * 10 WHERE id = 1234"
SLEEPS = "import time; time.sleep(40)"
WEEK = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


def tried(room: Inside, name: str, *argv: str) -> list[dict[str, object]]:
    """Run one command, and say what came of it."""
    done = subprocess.run(room.command(*argv), capture_output=True, text=True, check=False)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    held = subprocess.run(["apt-mark", "showhold"], capture_output=True, text=True, check=False)
    say(
        name=name,
        status=done.returncode,
        answers=answers,
        said=done.stderr[-2000:],
        version=room.version(),
        held=held.stdout.split(),
        states=[run.state for run in Register(room.home / "updates").runs()],
    )
    return answers


def cut_off(room: Inside, *, wait: str) -> None:
    """Start an update and kill it, and nothing else, once its run is at a state."""
    process = subprocess.Popen(room.command("update", "run"), stdout=subprocess.DEVNULL)
    register = Register(room.home / "updates")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        runs = register.runs()
        if runs and runs[-1].state == wait:
            time.sleep(1)
            break
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()


def hours(room: Inside, spans: str) -> None:
    """Write the consultation hours of every day."""
    settings = room.home / "agent.toml"
    body = "".join(f"{day} = [{spans}]\n" for day in WEEK)
    before, _, rest = settings.read_text("utf-8").partition("[updates]")
    before = before.partition("[practice.hours]")[0]
    settings.write_text(f"{before}[practice.hours]\n{body}\n[updates]{rest}", "utf-8")


def main() -> None:
    """Go through all of it."""
    room = Inside(folder=Path(sys.argv[1]), watched=1)
    os.environ["VIGIE_HOME"] = str(room.home)
    room.open()
    before = room.truth()
    tried(room, "nothing_offered", "update", "plan")
    room.repository.publish(Version(number="2.0", sql=[DOSE]))
    tried(room, "planned", "update", "plan")
    tried(room, "put_off", "update", "plan", "--put-off", "2")
    tried(room, "bad", "update", "run")
    tried(room, "held", "update", "plan")
    room.repository.publish(Version(number="2.1", before=SLEEPS))
    cut_off(room, wait="installing")
    run = Register(room.home / "updates").runs()[-1].id
    say(name="orphans", there=len(marked(run)))
    tried(room, "cut_off", "update", "status")
    tried(room, "resumed", "update", "run")
    # What carries the mark now is the application, started again by the way back.
    own = [process.cmdline() for process in marked(run)]
    left = [words for words in own if "application" not in " ".join(words)]
    audit = subprocess.run(["dpkg", "--audit"], capture_output=True, text=True, check=False)
    say(name="cleared", there=left, audit=audit.stdout)
    room.repository.withdraw("2.1")
    room.repository.publish(Version(number="2.2", sql=["ALTER TABLE patient ADD COLUMN mel text"]))
    now = datetime.now(UTC)
    hours(room, '"00:00-23:59"')
    tried(room, "consulting", "update", "run")
    hours(room, "")
    tried(room, "good", "update", "run")
    (Path(DATA) / "scans" / "matin.txt").write_text("reçu ce matin")
    Path(PROGRAM, "application").write_text("ends at ten\n")
    tried(room, "late", "update", "rollback")
    scan = (Path(DATA) / "scans" / "matin.txt").read_text("utf-8")
    say(
        name="end",
        lost=missing(before, room.truth()),
        scan=scan,
        began=now.isoformat(),
        name_of=NAME,
    )
    tried(room, "nothing_to_go_back_from", "update", "rollback")
    tried(room, "status", "update", "status")


if __name__ == "__main__":
    main()
