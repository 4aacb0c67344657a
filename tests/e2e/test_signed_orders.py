"""From the click to the deed: a passkey in Chromium, the real console, the real agent, a backup.

The authenticator is Chromium's own virtual one: a real assertion by a real key, over the real page.
"""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from browsing import CHROMIUM, axe_source
from playwright.sync_api import CDPSession, Page, sync_playwright

from vigie.agent.enrolment import Membership

PASSWORD = "sept lampes au phare"
PATIENCE = 150.0  # seconds: the agent asks once a minute
HARM = b'CreateObject("WScript.Shell").Run "notepad.exe"\r\n'
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
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

    def wake(self) -> None:
        """Begin the agent anew: it asks for orders at once, and not only within a minute."""
        agent = self.children.pop()
        os.killpg(agent.pid, signal.SIGTERM)
        assert agent.wait(60) in {0, -signal.SIGTERM}  # it may not have listened yet
        self.begin("agent", "run")

    def end(self) -> None:
        for child in self.children:
            os.killpg(child.pid, signal.SIGTERM)
        for child in self.children:
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)

    @property
    def pseudonym(self) -> str:
        return self.vigie("console", "practice", "list").split()[0]

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


@pytest.fixture(scope="module")
def axe() -> str:
    return axe_source()


@dataclass
class Karim:
    """A caretaker at a browser, with a passkey in it."""

    page: Page
    keys: CDPSession

    def machine(self, practice: Practice) -> str:
        self.page.goto(f"{practice.address}/cabinets/{practice.pseudonym}/ordres/")
        return str(self.page.locator("[name=machine] option").first.get_attribute("value"))

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


def until(true: Callable[[], object], patience: float = PATIENCE) -> bool:
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        if true():
            return True
        time.sleep(0.5)
    return False


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("VIGIE_PICTURES_ALL"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def sign(practice: Practice, karim: Karim, verb: str, choose: str = "") -> None:
    """Choose a verb, and what it is about, then sign with the passkey."""
    page = karim.page
    page.goto(f"{practice.address}/cabinets/{practice.pseudonym}/ordres/")
    page.select_option("[name=verb]", verb)
    page.click("main button[type=submit]")
    karim.confirm()
    if choose:
        keep_picture(page, f"orders-{verb}")
        page.locator(choose).first.check()
        page.click("main button[type=submit]")
    page.click("#sign")
    page.wait_for_url("**/ordres/")
    practice.wake()


def newest(karim: Karim, state: str) -> str:
    """Wait until the newest order stands so; return what the page says of it."""
    page = karim.page
    page.locator(".orders li:first-child .state", has_text=state).wait_for(timeout=PATIENCE * 1000)
    return str(page.locator(".orders li").first.text_content())


def test_from_the_click_to_the_backup(practice: Practice, karim: Karim) -> None:
    page = karim.page
    page.goto(f"{practice.address}/compte/facteurs/webauthn/add/")
    karim.confirm()
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(lambda url: "/add/" not in url)

    pseudonym = practice.pseudonym
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


@pytest.fixture(autouse=True)
def _begun(request: pytest.FixtureRequest, practice: Practice, karim: Karim) -> None:
    """Let each test run alone: whoever comes without the first one begins with it."""
    first = test_from_the_click_to_the_backup
    enrolled = (practice.home / "agent" / "enrolment.json").exists()
    if request.function is not first and not enrolled:
        first(practice, karim)


def test_a_held_file_is_done_away_with_and_given_back_by_signed_orders(
    practice: Practice, karim: Karim
) -> None:
    harm = practice.home / "arrivals" / "Facture.pdf.vbs"
    subprocess.run(["tee", harm], input=HARM, capture_output=True, check=True)
    assert until(lambda: not harm.exists())
    held = practice.home / "held"
    assert until(lambda: len(list(held.glob("*.held"))) == 1)
    told = f"{practice.address}/cabinets/{practice.pseudonym}/dangers/trojan_document/"
    karim.page.goto(told)
    assert until(lambda: karim.page.reload() and karim.page.locator(".history li").count())
    sign(practice, karim, "destroy", "[name=report]")
    assert "ne rendra plus" in newest(karim, "Fait")
    assert len(list(held.glob("*.held"))) == 1  # nothing goes before its date
    assert not harm.exists()
    sign(practice, karim, "release", "[name=report]")
    assert "rendra tel quel" in newest(karim, "Fait")
    assert harm.read_bytes() == HARM


def test_a_console_that_alters_an_order_is_not_obeyed(practice: Practice, karim: Karim) -> None:
    before = practice.snapshots()
    with closing(sqlite3.connect(practice.home / "console/console.sqlite3", timeout=30)) as base:
        base.execute(
            "CREATE TRIGGER fallen AFTER INSERT ON signing_assertedorder BEGIN UPDATE"
            " signing_assertedorder SET body = replace(body, 'prove_restore', 'back_up_now')"
            " WHERE id = NEW.id; END"
        )
        base.commit()
        try:
            sign(practice, karim, "prove")
            said = newest(karim, "Refusé")
        finally:
            base.execute("DROP TRIGGER fallen")
            base.commit()
    assert "sa signature n’est pas celle" in said
    assert practice.snapshots() == before


def test_a_console_that_repeats_an_order_is_obeyed_once(practice: Practice, karim: Karim) -> None:
    sign(practice, karim, "back_up")
    newest(karim, "Fait")
    before = practice.snapshots()
    with closing(sqlite3.connect(practice.home / "console/console.sqlite3", timeout=30)) as base:
        base.execute("UPDATE practices_machine SET taken = 0")
        base.commit()
    practice.wake()
    told = f"{practice.address}/cabinets/{practice.pseudonym}/dangers/ransomware/"

    def refused() -> bool:
        karim.page.goto(told)
        return "Un ordre n’a pas été suivi" in str(karim.page.text_content(".history"))

    assert until(refused)
    assert practice.snapshots() == before


def test_what_is_asked_of_a_key_file_is_not_signed_in_a_browser(
    practice: Practice, karim: Karim
) -> None:
    karim.page.goto(f"{practice.address}/cabinets/{practice.pseudonym}/ordres/")
    offered = karim.page.locator("[name=verb] option").evaluate_all("all => all.map(o => o.value)")
    assert len(offered) == 11
    assert not {"pause", "undo", "trust_key", "trust_passkey", "distrust"} & set(offered)


def test_an_introduced_passkey_is_obeyed_and_a_distrusted_one_is_not(
    practice: Practice, karim: Karim
) -> None:
    key = str(practice.home / "karim.key")
    practice.vigie("console", "order", "Accueil", "distrust", "karim", "--key", key)
    practice.wake()
    file = practice.home / "agent" / "enrolment.json"

    def pinned() -> int:
        return len(msgspec.json.decode(file.read_bytes(), type=Membership).passkeys)

    assert until(lambda: pinned() == 0)
    sign(practice, karim, "prove")
    assert "ne connaît pas encore cette clé d’accès" in newest(karim, "Refusé")
    practice.vigie("console", "order", "Accueil", "trust-passkey", "karim", "--key", key)
    practice.wake()
    assert until(lambda: pinned() == 1)
    sign(practice, karim, "prove")
    newest(karim, "Fait")


@pytest.mark.parametrize("light", ["light", "dark"])
@pytest.mark.parametrize(
    ("width", "language"), [(1280, "fr"), (390, "fr"), (390, "de"), (390, "en")]
)
def test_every_page_of_orders_and_people_fits_and_axe_finds_nothing(  # noqa: PLR0913, PLR0917
    practice: Practice, karim: Karim, axe: str, width: int, language: str, light: str
) -> None:
    browser = karim.page.context.browser
    assert browser is not None
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=light,  # type: ignore[arg-type]
        locale=language, storage_state=karim.page.context.storage_state(),
    )  # fmt: skip
    page = context.new_page()
    machine = karim.machine(practice)
    orders = f"/cabinets/{practice.pseudonym}/ordres/"
    asked = f"{orders}nouveau/?machine={machine}&lasts=1h&verb="
    pages = {
        "orders": orders,
        "sign": f"{asked}back_up",
        "rehearse": f"{asked}rehearse",
        "destroy": f"{asked}destroy",
        "allow": f"{asked}allow_key",
        "postpone": f"{asked}postpone",
        "people": "/personnes/",
        "invite": "/personnes/inviter/",
        "sessions": "/compte/sessions/",
        "views": f"/cabinets/{practice.pseudonym}/regards/",
        "factors": "/compte/facteurs/",
        "spent": "/invitation/nothing/",
        "closed": "/compte/ferme/",
    }
    found = {}
    for name, address in pages.items():
        page.goto(practice.address + address)
        if "/compte/confirmer/" in page.url:
            page.fill("[name=password]", PASSWORD)
            page.click("main button[type=submit]")
        keep_picture(page, f"{name}-{width}-{light}-{language}")
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            found[name] = ["too wide"]
        page.evaluate(axe)
        result = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)
        found.setdefault(name, []).extend(
            f"{v['id']}: {v['nodes'][0]['html']}" for v in result["violations"]
        )
    context.close()
    assert {name: said for name, said in found.items() if said} == {}


@pytest.mark.parametrize("width", [1280, 390])
def test_an_invited_doctor_comes_in_and_sees_one_practice_and_changes_nothing(
    practice: Practice, karim: Karim, axe: str, width: int
) -> None:
    page = karim.page
    page.goto(f"{practice.address}/personnes/inviter/")
    karim.confirm()
    page.fill("[name=name]", "Dr Martin")
    page.select_option("[name=role]", "doctor")
    page.check("[name=practices]")
    page.click("main button[type=submit]")
    link = str(page.locator(".link code").text_content()).split("/invitation/", 1)[1]
    keep_picture(page, f"invited-{width}")
    browser = page.context.browser
    assert browser is not None
    context = browser.new_context(viewport={"width": width, "height": 900}, locale="fr")
    doctor = context.new_page()
    found = {}

    def look(name: str) -> None:
        keep_picture(doctor, f"{name}-{width}")
        doctor.evaluate(axe)
        result = doctor.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)
        found[name] = [f"{v['id']}: {v['nodes'][0]['html']}" for v in result["violations"]]

    doctor.goto(f"{practice.address}/invitation/{link}")
    look("invitation")
    doctor.fill("[name=username]", f"martin-{width}")
    doctor.fill("[name=password]", PASSWORD)
    doctor.fill("[name=again]", PASSWORD)
    doctor.click("main button[type=submit]")
    doctor.fill("[name=login]", f"martin-{width}")
    doctor.fill("[name=password]", PASSWORD)
    doctor.click("main button[type=submit]")
    doctor.wait_for_url(f"**/cabinets/{practice.pseudonym}/")
    doctor.goto(f"{practice.address}/cabinets/{practice.pseudonym}/ordres/")
    assert doctor.locator("[name=verb]").count() == 0
    look("doctor-orders")
    answer = doctor.goto(f"{practice.address}/cabinets/nouveau/")
    assert answer is not None
    assert answer.status == 403
    look("doctor-refused")
    again = doctor.goto(f"{practice.address}/invitation/{link}")
    assert again is not None
    assert again.status == 410
    context.close()
    assert {name: said for name, said in found.items() if said} == {}
