import threading
import time
from pathlib import Path

import pytest
from photos_made import room, saved
from PIL import Image

from vigie.agent.assembly import assembled
from vigie.agent.loop import Agent
from vigie.agent.photo_watch import OFFERED, READY
from vigie.agent.settings import parse

PATIENCE = 120.0


@pytest.mark.timeout(400)
def test_what_is_offered_comes_out_black_and_a_report_goes_out(tmp_path: Path) -> None:
    folder = tmp_path / "Photos"
    settings = parse(
        f'[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n[photos]\nfolder = "{folder}"\n'
    )
    agent = Agent(settings, tmp_path / "home")
    reports: list[object] = []
    keep = agent.outbox.keep
    agent.outbox.keep = lambda word: (reports.append(word), keep(word))[1]  # type: ignore[method-assign]
    thread = threading.Thread(target=agent.run, args=(assembled(agent, tmp_path / "home"),))
    thread.start()
    try:
        copy = folder / READY / "accueil.jpg"
        limit = time.monotonic() + PATIENCE
        while not (folder / OFFERED).is_dir() and time.monotonic() < limit:
            time.sleep(0.1)
        picture, lines = room(3)
        (folder / OFFERED / "accueil.jpg").write_bytes(saved(picture, "JPEG", quality=92))
        while not copy.exists() and time.monotonic() < limit:
            time.sleep(0.2)
        with Image.open(copy) as seen:
            grey = seen.convert("L")
        for line in lines:
            piece = grey.crop(line)
            assert sum(piece.histogram()[:24]) / (piece.width * piece.height) > 0.9
        while not any("screen_shown" in str(word) for word in reports):
            assert time.monotonic() < limit
            time.sleep(0.1)
        said = str([word for word in reports if "screen_shown" in str(word)])
        assert "MASK" in said
        assert "MARTIN" not in said.upper()
        assert "accueil" not in said
    finally:
        agent.stop()
        thread.join()
