"""The relief sheet in the agent, and on the command line once the software is down."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf

from vigie.agent.loop import Agent
from vigie.agent.relief_watch import relief_watch
from vigie.agent.settings import parse

SETTINGS = '[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n'


def opened(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "vigie.cli", "practice", "emergency", *arguments],
        env={**os.environ, "VIGIE_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_agent_seals_it_and_a_person_opens_it_on_this_machine(tmp_path: Path) -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    export = tmp_path / "agenda.csv"
    export.write_text(
        f"Date;Heure;Nom;Prénom;Téléphone\n{tomorrow:%d/%m/%Y};09:00;Martin;Léa;04 72 00 00 01\n"
    )
    agent = Agent(parse(f'{SETTINGS}[relief]\nexports = ["{export}"]\n'), tmp_path)
    kept: list[object] = []
    keep = agent.outbox.keep
    agent.outbox.keep = lambda word: (kept.append(word), keep(word))[1]  # type: ignore[method-assign]
    for duty in relief_watch(agent, tmp_path):
        duty.run()
    said = str(kept)
    assert "interruptions_counted" in said
    assert "relief_kept" in said
    assert "Martin" not in said
    assert "04 72" not in said
    out = tmp_path / "feuille.pdf"
    done = opened(tmp_path, "--pdf", str(out), "--days", "3", "--json")
    assert done.returncode == 0, done.stderr
    (coming,) = json.loads(done.stdout)["appointments"]
    assert (coming["who"], coming["telephone"]) == ("Martin Léa", "04 72 00 00 01")
    with pikepdf.open(out) as document:
        assert len(document.pages) == 1
    assert out.stat().st_mode & 0o777 == 0o600
    assert "04 72 00 00 01" in opened(tmp_path, "--find", "lea martin").stdout


def test_without_an_export_there_is_no_sheet_and_one_sentence_says_so(tmp_path: Path) -> None:
    agent = Agent(parse(SETTINGS), tmp_path)
    assert [duty.name for duty in relief_watch(agent, tmp_path)] == ["interruptions"]
    done = opened(tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "relief" in done.stderr
