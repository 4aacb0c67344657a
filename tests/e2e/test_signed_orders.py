"""From the click to the deed: a passkey in Chromium, the real console, the real agent, a backup.

The authenticator is Chromium's own virtual one: a real assertion by a real key, over the real page.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import CDPSession, Page, sync_playwright

from vigie.agent.enrolment import Membership

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PASSWORD = "sept lampes au phare"
PATIENCE = 150.0  # seconds: the agent asks once a minute
VIGIE = str(Path(sys.executable).parent / "vigie")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.kernel,
    pytest.mark.xdist_group("browser"),
    pytest.mark.timeout(900),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]

SETTINGS = """
[practice]
name = "Cabinet Martin"
caretaker = "Karim"
language = "fr"
country = "FR"
timezone = "Europe/Paris"

[machine]
name = "Accueil"

[backup]
folders = ["{home}/documents"]

[[backup.repositories]]
name = "Disque local"
location = "{home}/copies"

[power]
after_closing = "leave"

[usb]
watch = false

[arrivals]
watch = true
folders = ["{home}/arrivals"]

[console]
address = "http://127.0.0.1:{port}"
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Practice:
    """A practice of one machine: its console and its agent, each in a process of its own."""

    home: Path
    port: int = field(default_factory=free_port)
    children: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        return kept | {"VIGIE_HOME": str(self.home)}

    def vigie(self, *words: str, said: str = "") -> str:
        done = subprocess.run(
            [VIGIE, *words],
            env=self.environment, input=said, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, (words, done.stdout, done.stderr)
        return done.stdout

    def begin(self, *words: str) -> None:
        with (self.home / f"{words[0]}.log").open("wb") as log:
            child = subprocess.Popen(
                [VIGIE, *words],
                env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        self.children.append(child)

    def end(self) -> None:
        for child in self.children:
            os.killpg(child.pid, signal.SIGTERM)
        for child in self.children:
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)

    @property
    def address(self) -> str:
        """Return where people open the console: a passkey wants a name, not a number."""
        return f"http://localhost:{self.port}"

    def snapshots(self) -> int:
        return len(list((self.home / "copies" / "snapshots").glob("*")))


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    practice = Practice(tmp_path_factory.mktemp("signed") / "home")
    for name in ("documents", "arrivals"):
        (practice.home / name).mkdir(parents=True)
    (practice.home / "documents" / "lettre.txt").write_text("Une lettre.")
    settings = SETTINGS.format(home=practice.home, port=practice.port)
    (practice.home / "agent.toml").write_text(settings, "utf-8")
    practice.vigie("console", "migrate")
    public = practice.vigie("console", "caretaker", "key", str(practice.home / "karim.key"))
    practice.vigie(
        "console", "caretaker", "add", "karim", "--full-name", "Karim",
        "--signing-key", public.split()[-1], "--password-stdin", said=PASSWORD + "\n",
    )  # fmt: skip
    practice.vigie("console", "practice", "add", "Cabinet Martin", "--caretaker", "karim")
    practice.vigie("backup", "init", "--sheet", str(practice.home / "fiche.pdf"))
    practice.begin("console", "serve", "--port", str(practice.port), "--no-duties")
    try:
        assert until(lambda: reachable(practice.port))
        yield practice
    finally:
        practice.end()


@dataclass
class Karim:
    """A caretaker at a browser, with a passkey in it."""

    page: Page
    keys: CDPSession

    def confirm(self) -> None:
        """Show once more who is there, if the page asks."""
        if "/compte/confirmer/" in self.page.url:
            self.page.fill("[name=password]", PASSWORD)
            self.page.click("main button[type=submit]")


@pytest.fixture(scope="module")
def karim(practice: Practice) -> Iterator[Karim]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        context = browser.new_context(locale="fr", timezone_id="Europe/Paris")
        page = context.new_page()
        page.set_default_timeout(60_000)
        keys = context.new_cdp_session(page)
        keys.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
            "hasUserVerification": True, "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }  # fmt: skip
        keys.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        page.goto(f"{practice.address}/compte/entrer/")
        page.fill("[name=login]", "karim")
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{practice.address}/**")
        yield Karim(page, keys)
        browser.close()


def reachable(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def until(true: "object", patience: float = PATIENCE) -> bool:
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        if true():  # type: ignore[operator]
            return True
        time.sleep(0.5)
    return False


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("VIGIE_PICTURES_ALL"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_from_the_click_to_the_backup(practice: Practice, karim: Karim) -> None:
    page = karim.page
    page.goto(f"{practice.address}/compte/facteurs/webauthn/add/")
    karim.confirm()
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/add/" not in url)

    (pseudonym,) = (
        line.split()[0] for line in practice.vigie("console", "practice", "list").splitlines()
    )
    code = practice.vigie("console", "code", pseudonym).strip()
    address = f"http://127.0.0.1:{practice.port}"
    practice.vigie("agent", "enrol", code, "--console", address, "--no-wait")
    file = practice.home / "agent" / "enrolment.json"
    agreed = msgspec.json.decode(file.read_bytes(), type=Membership)
    practice.vigie("console", "approve", agreed.machine, "--name", "Accueil")
    practice.begin("agent", "run")

    orders = f"{practice.address}/cabinets/{pseudonym}/ordres/"
    page.goto(orders)
    keep_picture(page, "orders-empty")
    page.select_option("[name=verb]", "back_up")
    page.click("main button[type=submit]")
    karim.confirm()
    page.wait_for_selector("#sign")
    assert "« Accueil » fera une sauvegarde" in page.text_content("main").replace("\u00a0", " ")
    keep_picture(page, "orders-sign")
    page.click("#sign")
    page.wait_for_url(orders)
    page.wait_for_selector(".orders .state")
    assert page.locator(".orders .state").first.text_content() == "En attente"
    keep_picture(page, "orders-waiting")
    before = practice.snapshots()
    page.wait_for_selector(".orders .state.proven", timeout=PATIENCE * 1000)
    assert page.locator(".orders .state").first.text_content() == "Fait"
    assert practice.snapshots() > before
    keep_picture(page, "orders-done")
    agreed = msgspec.json.decode(file.read_bytes(), type=Membership)
    assert [passkey.origin for passkey in agreed.passkeys] == [practice.address]
