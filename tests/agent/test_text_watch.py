"""The agent with a folder of texts: what is offered comes out masked, and only counts travel."""

import threading
import time
from pathlib import Path

from vigie.agent.assembly import assembled
from vigie.agent.loop import Agent
from vigie.agent.settings import parse
from vigie.agent.text_watch import OFFERED, READY

PATIENCE = 60.0


def test_what_is_offered_comes_out_masked_and_a_report_goes_out(tmp_path: Path) -> None:
    folder = tmp_path / "Textes"
    settings = parse(
        f'[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n[texts]\nfolder = "{folder}"\n'
    )
    agent = Agent(settings, tmp_path / "home")
    reports: list[object] = []
    keep = agent.outbox.keep
    agent.outbox.keep = lambda word: (reports.append(word), keep(word))[1]  # type: ignore[method-assign]
    thread = threading.Thread(target=agent.run, args=(assembled(agent, tmp_path / "home"),))
    thread.start()
    limit = time.monotonic() + PATIENCE
    try:
        while not (folder / OFFERED).is_dir() and time.monotonic() < limit:
            time.sleep(0.1)
        (folder / OFFERED / "post.txt").write_text("Mme Lefèvre, de Mens, est au 06 12 34 56 78.")
        (folder / OFFERED / "question.txt").write_text("Une maladie de Horton, quelle dose ?")
        copy = folder / READY / "post.txt"
        while not copy.exists() and time.monotonic() < limit:
            time.sleep(0.1)
        assert copy.read_text() == "Mme X, d’un village, est au [téléphone]."
        while not any("name_written" in str(word) for word in reports):
            assert time.monotonic() < limit
            time.sleep(0.1)
        said = str([word for word in reports if "name_written" in str(word)])
        assert "MASK" in said
        assert not any(secret in said for secret in ("Lefèvre", "Mens", "06 12", "post.txt"))
        assert not (folder / READY / "question.txt").exists()
    finally:
        agent.stop()
        thread.join()
