# ruff: noqa: PLC0415  (models are imported after `prepare`)
"""A console in which ransomware struck two practices thirty hours ago, one French and one Swiss.

python tests/stage/attacked.py HOME      seeds HOME/console, and prints the practices' pseudonyms
"""

import json
import random
import sys
from datetime import datetime, timedelta
from pathlib import Path

import seeds
from speaking import Speaker, batch, fresh_id, now, outflow

from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.response import Deed, Result
from vigie.wire.reports import FactWord, OutcomeWord, OutflowWord, ReportWord

SINCE = timedelta(hours=30)
STRUCK = {"Cabinet Martin (Lyon)": ("fr", "Bureau 3"), "Dr Favre (Moudon)": ("de", "Empfang")}


def struck(at: datetime) -> ReportWord:
    """Return what a machine says when documents were made unreadable and are back."""
    fact = FactWord(fact="files_scrambled", gravity=Gravity.ALARM, numbers={"files": 38})
    done = (Deed.FREEZE, {}), (Deed.ISOLATE, {}), (Deed.RESTORE, {"files": 38})
    return ReportWord(
        id=fresh_id(),
        danger=Danger.RANSOMWARE,
        at=at,
        facts=(fact,),
        outcomes=tuple(
            OutcomeWord(deed=deed, result=Result.DONE, at=at, numbers=numbers)
            for deed, numbers in done
        ),
    )


def month(at: datetime) -> list[OutflowWord]:
    """Return what a machine sent in a month: little at night, much in the hour of the attack."""
    chance = random.Random(7)  # noqa: S311  (the same each time)
    hour = now().replace(minute=0, second=0, microsecond=0) - timedelta(days=30)
    words = []
    while hour < now() - timedelta(hours=1):
        busy = 7 <= hour.hour < 18 and hour.weekday() < 5
        sent = int(chance.uniform(20e6, 60e6) if busy else chance.uniform(1e6, 4e6))
        extra = 90_000_000 if hour <= at < hour + timedelta(hours=1) else 0
        words.append(outflow(sent + extra, since=hour))
        hour += timedelta(hours=1)
    return words


def strike(speaker: Speaker) -> None:
    """Let a machine tell its month, and that it was struck."""
    at = now() - SINCE
    words = month(at)
    for start in range(0, len(words), 300):
        seeds.tell(speaker, batch(*words[start : start + 300]), now())
    seeds.tell(speaker, batch(struck(at)), at + timedelta(minutes=1))


def seed(home: Path) -> dict[str, str]:
    """Fill the console of `home`, and return the practices' pseudonyms by name."""
    made = seeds.seed(home)
    from vigie.console.practices.models import Practice

    for name, (language, machine) in STRUCK.items():
        Practice.objects.filter(pseudonym=made[name]).update(language=language)
        strike(seeds.machine(made[name], machine))
    return made


if __name__ == "__main__":
    sys.stdout.write(json.dumps(seed(Path(sys.argv[1]))))
