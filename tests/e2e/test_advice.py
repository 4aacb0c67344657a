"""A doubt from one practice to the caretaker and back, and its shield at another, all of it real.

One console, two practices, two agents, each a process of its own. What it took is printed (`-s`).
"""

import http.cookiejar
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from pane_room import Room

from vigie.agent.pane import way_in
from vigie.knowledge.reported import host_mark, sender_mark

PASSWORD = "sept lampes au phare"
MINUTE = 60.0
LURE = """\
From: "Service Paiement" <sav@avis-paiement.top>
To: secretariat@cabinet-exemple.fr
Subject: Avis
Message-ID: <{number}@avis-paiement.top>
Date: Mon, 23 Nov 2026 08:12:00 +0100
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

Bonjour, {words} https://dossier-avis.top/{number}
"""
_MAKE = """
import sys
from pathlib import Path
from vigie.agent.enrolment import Enrolment
from vigie.agent.link import Link
from vigie.cli._embedded import Premises
from vigie.console import embedded
from vigie.tools import keys

home, port = Path(sys.argv[1]), int(sys.argv[2])
premises = Premises(home, port)
embedded.prepare(home, port=port)
signing = keys.public_text(keys.make(home / "caretaker.key"))
embedded.ensure_caretaker("karim", full_name="Karim", signing_key=signing)
from vigie.console.accounts.models import Person
karim = Person.objects.get(username="karim")
karim.set_password(sys.argv[3])
karim.save()
(home / "agent.toml").write_text('[practice]\\nname = "x"\\ncaretaker = "Karim"\\n')
with premises.console():
    for name in sys.argv[4:]:
        practice = embedded.ensure_practice(name, caretaker="karim")
        enrolment = Enrolment(home.parent / name / "agent")
        membership = enrolment.apply(embedded.make_code(practice), premises.address)
        embedded.approve(membership.machine, name="Accueil")
        link = Link(premises.address, enrolment.key)
        enrolment.poll(link)
        link.close()
"""
_SETTINGS = """\
[practice]
name = "{name}"
caretaker = "Karim"
[usb]
watch = false
[arrivals]
watch = false
[power]
after_closing = "leave"
[network]
scan = false
[console]
address = "http://127.0.0.1:{port}"
[pane]
port = {pane}
"""

pytestmark = [pytest.mark.timeout(600), pytest.mark.skipif(os.name == "nt", reason="signals")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def until(holds: Callable[[], object], patience: float = 120.0) -> float:
    """Wait until something holds; return how long that took, in seconds."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < patience
        time.sleep(0.05)
    return time.monotonic() - begun


@contextmanager
def running(home: Path, *words: str) -> Iterator[None]:
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment |= {"VIGIE_HOME": str(home)}
    with (
        (home / f"{words[0]}.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "vigie.cli", *words],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        ) as child,
    ):
        try:
            yield
        finally:
            os.killpg(child.pid, signal.SIGTERM)
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)


@dataclass
class Caretaker:
    """Karim at his console, by its real pages."""

    address: str

    def __post_init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._browser = urllib.request.build_opener(jar)
        self.send("/compte/entrer/", login="karim", password=PASSWORD)

    def see(self, path: str) -> str:
        with self._browser.open(self.address + path, timeout=60) as answer:
            return str(answer.read().decode())

    def send(self, path: str, **fields: str) -> str:
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.see(path))
        assert token
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        asked = urllib.request.Request(  # noqa: S310  (our own loopback address)
            self.address + path, body, headers={"Referer": self.address + path}
        )
        with self._browser.open(asked, timeout=60) as answer:
            return str(answer.read().decode())


@dataclass
class Desk:
    """Two practices and their caretaker."""

    martin: Path
    favre: Path
    karim: Caretaker

    def pane(self, home: Path) -> Room:
        room = Room(home, None, way_in.read_file(home))  # type: ignore[arg-type]  # another process
        room.enter()
        return room


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    port = free_port()
    homes = {name: tmp_path / name for name in ("Martin", "Favre")}
    for name, home in homes.items():
        home.mkdir()
        text = _SETTINGS.format(name=name, port=port, pane=free_port())
        (home / "agent.toml").write_text(text)
    console = tmp_path / "console"
    console.mkdir()
    words = [sys.executable, "-c", _MAKE, str(console), str(port), PASSWORD, *homes]
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment |= {"VIGIE_HOME": str(console)}
    made = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    with ExitStack() as stack:
        stack.enter_context(running(console, "console", "serve", "--port", str(port)))
        for home in homes.values():
            stack.enter_context(running(home, "agent", "run"))
        for home in homes.values():
            until((home / "pane.json").exists)
        address = f"http://127.0.0.1:{port}"
        until(lambda: _answers(port))
        yield Desk(homes["Martin"], homes["Favre"], Caretaker(address))


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def knows(home: Path, *marks: str) -> bool:
    with closing(sqlite3.connect(home / "agent" / "known_bad.db", timeout=10)) as base:
        known = {row[0] for row in base.execute("SELECT digest FROM bad")}
    return known.issuperset(marks)


def look(pane: Room, name: str, content: bytes) -> tuple[str, str]:
    """Show something; return the place of its answer and the answer."""
    place = pane.show(name, content).headers["Location"]
    until(lambda: json.loads(pane.ask(f"{place}/etat").body)["looked"])
    return place, pane.ask(place).body


def test_what_is_judged_bad_at_one_practice_is_refused_at_another_within_a_minute(
    desk: Desk,
) -> None:
    martin = desk.pane(desk.martin)
    lure = LURE.format(number=1, words="vos avis sont ici :").encode()
    place, answer = look(martin, "avis.eml", lure)
    assert "déjà" not in answer
    martin.post(f"{place.removeprefix(martin.root)}/conseil")
    asked = until(lambda: "/conseils/1/" in desk.karim.see("/conseils/"))
    page = desk.karim.see("/conseils/1/")
    assert "avis-paiement.top" in page
    assert "vos avis sont ici" not in page
    assert "secretariat" not in page

    begun = time.monotonic()
    desk.karim.send("/conseils/1/", answer="leave")
    marks = sender_mark("avis-paiement.top"), host_mark("dossier-avis.top")
    until(lambda: knows(desk.favre, *marks), MINUTE)
    shielded = time.monotonic() - begun
    until(lambda: "Karim a regardé" in martin.ask(f"{martin.root}/").body, MINUTE)
    answered = time.monotonic() - begun
    sys.stdout.write(
        f"\nasked → on the caretaker's page {asked:.1f} s;"
        f" judged → refused at the other practice {shielded:.1f} s, answered {answered:.1f} s\n"
    )
    assert shielded < MINUTE
    assert answered < MINUTE

    favre = desk.pane(desk.favre)
    other = LURE.format(number=2, words="une autre lettre, du même").encode()
    _, said = look(favre, "autre.eml", other)
    assert 'class="answer red"' in said
    assert "jugé mauvais" in said


def test_with_the_console_away_the_question_waits_and_nobody_is_kept(tmp_path: Path) -> None:
    home = tmp_path / "Seul"
    home.mkdir()
    text = _SETTINGS.format(name="Seul", port=free_port(), pane=free_port())
    (home / "agent.toml").write_text(text)
    with running(home, "agent", "run"):
        until((home / "pane.json").exists)
        pane = Room(home, None, way_in.read_file(home))  # type: ignore[arg-type]  # another process
        pane.enter()
        place, answer = look(pane, "avis.eml", LURE.format(number=3, words="bonjour").encode())
        assert "Demander conseil" in answer
        pane.post(f"{place.removeprefix(pane.root)}/conseil")
        assert "dès que la liaison revient" in pane.ask(place).body
        assert "Une question, posée par quelqu’un ici." in pane.ask(f"{pane.root}/vitre").body
