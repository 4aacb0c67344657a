"""The pane in a real Chromium: dropped, pasted, settled, by mouse and by keyboard alone.

Pictures go to $VIGIE_PICTURES_ALL when it is set, for people to look at.
"""

import base64
import io
import json
import os
import urllib.parse
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from browsing import CHROMIUM, axe_source, browsing
from hostile_documents import shapes
from pane_room import Room, room
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, BrowserContext, Page

from vigie.agent.mail_watch import HELD
from vigie.domain.evidence.usb import Device, Interface
from vigie.sensors.outbox.leaving import Envelope, State, keep
from vigie.tools.darkroom import carries
from vigie.tools.held import HeldStore
from vigie.tools.usb.register import FILE, Register
from vigie.wire.advice import Advice, AdviceWord
from vigie.wire.reports import HeartbeatWord, decode_item

REBOUND = "evil.example"  # a name of the attacker's, which the browser resolves to this machine
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LURE = """\
From: "Assurance Maladie" <service@ameli-remboursement.top>
To: secretariat@cabinet-exemple.fr
Subject: Votre carte Vitale expire
Message-ID: <1@ameli-remboursement.top>
Date: Mon, 23 Nov 2026 08:12:00 +0100
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>Votre carte Vitale expire. <a href="https://ameli-carte.top/vitale">Mettez vos coordonnées
bancaires à jour</a> sous 24 heures.</p>
""".encode()
POST = (
    "Bonjour, une patiente de 84 ans, Mme Jeanne Dupont, née le 3 mars 1942 à Vesoul, "
    "tél. 06 12 34 56 78, a la maladie de Huntington. Une idée ?"
)
LETTER = b"""\
From: Dr Martin <dr@cabinet-exemple.fr>
To: <dupond@hopital.example>
Subject: Compte rendu de consultation
Message-ID: <7@cabinet-exemple.fr>

Cher confrere, voici le compte rendu.
"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@dataclass(frozen=True)
class Eyes:
    """How somebody looks at a page."""

    width: int = 1280
    light: str = "light"
    language: str = "fr"

    def __str__(self) -> str:
        return f"{self.width}-{self.light}-{self.language}"


LOOKS = [
    Eyes(1280, "light", "fr"),
    Eyes(390, "light", "fr"),
    Eyes(1280, "dark", "fr"),
    Eyes(390, "dark", "de"),
    Eyes(1280, "light", "en"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsing(f"--host-resolver-rules=MAP {REBOUND} 127.0.0.1") as browser:
        yield browser


@pytest.fixture(scope="module")
def axe() -> str:
    return axe_source()


@pytest.fixture
def pane(tmp_path: Path) -> Iterator[Room]:
    with room(tmp_path) as opened:
        yield opened


def seated(chromium: Browser, pane: Room, eyes: Eyes = Eyes()) -> Page:
    """Return a page whose person came in by the menu's own way: a file that goes on to the pane."""
    context = chromium.new_context(
        viewport={"width": eyes.width, "height": 900},
        color_scheme="dark" if eyes.light == "dark" else "light",
        accept_downloads=True,
        permissions=["clipboard-read", "clipboard-write"],
    )
    page = context.new_page()
    page.set_default_timeout(40_000)
    step = pane.home / "step.html"
    step.write_text(
        f'<!DOCTYPE html><meta http-equiv="refresh" content="0;url={pane.way.opening()}">'
    )
    page.goto(step.as_uri())
    page.wait_for_url(f"{pane.way.address}/")
    return page


def drop(page: Page, name: str, content: bytes) -> None:
    """Drop a file onto the page, as a hand does; wait for its answer."""
    bag = page.evaluate_handle(
        """([name, bytes]) => {
            const raw = Uint8Array.from(atob(bytes), (letter) => letter.charCodeAt(0));
            const bag = new DataTransfer();
            bag.items.add(new File([raw], name));
            return bag;
        }""",
        [name, base64.b64encode(content).decode()],
    )
    page.dispatch_event(".drop", "dragover", {"dataTransfer": bag})
    page.dispatch_event(".drop", "drop", {"dataTransfer": bag})
    page.wait_for_selector("h1.answer")


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("VIGIE_PICTURES_ALL"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def photo() -> bytes:
    """Return a reception desk with a screen in it, drawn."""
    picture = Image.new("RGB", (1600, 1200), (214, 206, 192))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 820, 1600, 1200), fill=(150, 118, 86))
    draw.rectangle((420, 260, 1180, 780), fill=(24, 26, 30))
    draw.rectangle((445, 285, 1155, 755), fill=(240, 245, 250))
    draw.rectangle((700, 780, 900, 840), fill=(40, 42, 46))
    with suppress(OSError):
        font = ImageFont.truetype("DejaVuSans.ttf", 30)
        for row in range(9):
            line = "DUPONT Jeanne   03/03/1942   06 12 34 56 78"
            draw.text((470, 310 + row * 48), line, fill=(20, 30, 70), font=font)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=92)
    return out.getvalue()


def hold(pane: Room) -> str:
    """Hold a message that is about to leave to an address that nobody knows."""
    envelope = Envelope(
        account="dr", sender="dr@cabinet-exemple.fr", recipients=("dupond@hopital.example",)
    )
    with closing(HeldStore(pane.home / HELD)) as store:
        held, _ = keep(store, envelope, LETTER.replace(b"\n", b"\r\n"), datetime.now(UTC))
        store.move(
            held.id,
            [State.NEW],
            State.ASKED,
            note={"asked": [["dupond@hopital.example", "first_contact"]]},
        )
        return held.id


def plug(pane: Room) -> int:
    """Have an unknown key seen here."""
    key = Device(
        place="1-2",
        vendor=0x0951,
        product=0x1666,
        serial="A1B2",
        interfaces=frozenset({Interface(0x08, 6, 80)}),
        title="Kingston DataTraveler",
    )
    with closing(Register(pane.home / FILE)) as register:
        return register.meet(key, datetime.now(UTC)).number


def state_of(pane: Room, name: str) -> str:
    with closing(HeldStore(pane.home / HELD)) as store:
        found = store.find(name)
        return found.state if found else ""


def faults(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found = page.evaluate("tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG)
    return [f"{v['id']}: {v['nodes'][0]['html']}" for v in found["violations"]]


def furnish(pane: Room) -> None:
    """Give the pane something to show everywhere."""
    hold(pane)
    plug(pane)
    pane.agent.watching = frozenset({"disk", "usb", "notes", "backups", "surveillance", "ups"})
    pane.agent._blind["usb"] = ()
    now = datetime.now(UTC)
    pane.agent.outbox.keep(HeartbeatWord(id="ab" * 16, at=now, version="2026.11", waiting=0))
    spool = pane.agent.spool
    spool.commit(spool.lease(), ["ab" * 16])


@pytest.mark.parametrize("eyes", LOOKS, ids=str)
def test_every_page_fits_and_axe_finds_nothing(
    chromium: Browser, tmp_path: Path, axe: str, eyes: Eyes
) -> None:
    with room(tmp_path, language=eyes.language) as pane:
        furnish(pane)
        page = seated(chromium, pane, eyes)
        complaints: list[str] = []
        page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
        found: dict[str, list[str]] = {}

        def look(name: str) -> None:
            keep_picture(page, f"pane-{name}-{eyes}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
            found[name] = faults(page, axe)

        look("desk")
        for name in ("regler", "vitre"):
            page.goto(f"{pane.way.address}/{name}")
            look(name)
        for name, content in (
            ("message.eml", LURE),
            ("formulaire.docm", macro("docm_manual")),
            ("accueil.jpg", photo()),
        ):
            page.goto(f"{pane.way.address}/")
            drop(page, name, content)
            look(name.rpartition(".")[2])
        page.goto(f"{pane.way.address}/")
        page.fill("#text", POST)
        page.click(".show button[type=submit]")
        page.wait_for_selector("h1.answer")
        look("text")
        page.click(".ask button")
        page.wait_for_selector(".call")
        look("asked")
        page.context.close()
    assert {name: said for name, said in found.items() if said} == {}
    assert complaints == []


def macro(slug: str = "docm_auto") -> bytes:
    return next(content for name, _, content in shapes() if name == slug)


def test_a_dropped_message_is_answered_and_the_question_asked(
    chromium: Browser, pane: Room
) -> None:
    page = seated(chromium, pane)
    drop(page, "message.eml", LURE)
    assert "ameli-remboursement.top" in page.inner_text("h1.answer")
    page.click("text=Demander conseil")
    page.wait_for_selector(".call")
    assert "Karim" in page.inner_text(".call")
    words = [decode_item(body) for body in pane.agent.spool.next_to_leave()]
    (asked,) = [word for word in words if type(word).__name__ == "QuestionWord"]
    pane.agent.console.advised(
        [AdviceWord(question=asked.id, advice=Advice.LEAVE, at=datetime.now(UTC))]
    )
    page.goto(f"{pane.way.address}/")
    assert "Karim a regardé" in page.inner_text("main")
    page.click("text=C’est lu")
    page.wait_for_load_state()
    assert "Karim a regardé" not in page.inner_text("main")
    page.context.close()


def test_a_dropped_docm_becomes_a_safe_copy(chromium: Browser, pane: Room) -> None:
    page = seated(chromium, pane)
    drop(page, "formulaire.docm", macro())
    page.click("text=Faire une copie sûre")
    page.wait_for_selector("text=Enregistrer la copie sûre")
    with page.expect_download() as coming:
        page.click("text=Enregistrer la copie sûre")
    assert coming.value.suggested_filename == "formulaire (copie sûre).docx"
    assert b"vba" not in coming.value.path().read_bytes().lower()
    page.context.close()


def test_a_pasted_text_comes_back_masked_and_is_copied(chromium: Browser, pane: Room) -> None:
    page = seated(chromium, pane)
    page.evaluate("text => navigator.clipboard.writeText(text)", POST)
    page.click("#text")
    page.keyboard.press("Control+v")
    page.click(".show button[type=submit]")
    page.wait_for_selector("h1.answer")
    page.click("text=Copier le texte")
    page.wait_for_selector("text=Copié")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied
    assert "Dupont" not in copied
    assert "1942" not in copied
    page.context.close()


def areas(page: Page) -> list[dict[str, float]]:
    script = """all => all.map(({dataset: d}) => ({x: +d.x, y: +d.y, w: +d.w, h: +d.h}))"""
    found: list[dict[str, float]] = page.eval_on_selector_all(".area", script)
    return found


def saved(page: Page) -> Image.Image:
    with page.expect_download() as coming:
        page.click("text=Enregistrer la copie masquée")
    raw = coming.value.path().read_bytes()
    assert carries(raw) == 0
    return Image.open(io.BytesIO(raw))


def dark(picture: Image.Image, x: float, y: float) -> bool:
    colour = picture.getpixel((round(x), round(y)))
    assert isinstance(colour, tuple)
    return max(colour) < 25


def test_areas_are_worked_with_the_keyboard_alone(chromium: Browser, pane: Room) -> None:
    page = seated(chromium, pane)
    drop(page, "accueil.jpg", photo())
    page.focus("[data-deed=add]")
    before = len(areas(page))
    page.keyboard.press("Enter")
    assert len(areas(page)) == before + 1
    assert page.evaluate("document.activeElement.classList.contains('area')")
    was = areas(page)[-1]
    for press in ("ArrowRight", "ArrowDown", "Shift+ArrowRight", "Shift+ArrowDown"):
        page.keyboard.press(press)
    now = areas(page)[-1]
    assert now["x"] > was["x"]
    assert now["y"] > was["y"]
    assert now["w"] > was["w"]
    assert now["h"] > was["h"]
    for _ in range(200):
        page.keyboard.press("ArrowUp")
    assert areas(page)[-1]["y"] == 0
    picture = saved(page)
    here = areas(page)[-1]
    assert dark(picture, here["x"] + here["w"] / 2, here["y"] + here["h"] / 2)
    page.locator(".area").last.focus()
    page.keyboard.press("Delete")
    assert len(areas(page)) == before
    picture = saved(page)
    assert not dark(picture, here["x"] + here["w"] / 2, 20)
    page.context.close()


def test_areas_are_drawn_moved_and_enlarged_with_the_mouse(chromium: Browser, pane: Room) -> None:
    page = seated(chromium, pane)
    drop(page, "accueil.jpg", photo())
    edge = page.locator(".picture").bounding_box()
    assert edge
    before = len(areas(page))
    page.mouse.move(edge["x"] + 20, edge["y"] + edge["height"] - 90)
    page.mouse.down()
    page.mouse.move(edge["x"] + 120, edge["y"] + edge["height"] - 20, steps=6)
    page.mouse.up()
    assert len(areas(page)) == before + 1
    drawn = areas(page)[-1]
    box = page.locator(".area").last.bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 130, box["y"] + 20, steps=6)
    page.mouse.up()
    moved = areas(page)[-1]
    assert moved["x"] > drawn["x"] + 50
    assert moved["w"] == pytest.approx(drawn["w"], abs=1)
    box = page.locator(".area").last.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 4, box["y"] + box["height"] - 4)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 60, box["y"] + box["height"] - 4, steps=6)
    page.mouse.up()
    assert areas(page)[-1]["w"] > moved["w"] + 50
    page.fill("input[type=range]", "0")
    assert (
        page.eval_on_selector(".area:last-child", "a => a.style.getPropertyValue('--from')") == "0%"
    )
    page.context.close()


def test_a_held_message_is_settled(chromium: Browser, pane: Room) -> None:
    name = hold(pane)
    page = seated(chromium, pane)
    page.click("text=À régler")
    assert "Compte rendu de consultation" in page.inner_text("main")
    page.fill("input[name=right]", "dupont@hopital.example")
    page.click("text=Envoyer à cette adresse")
    page.wait_for_selector("text=Le message part.")
    assert state_of(pane, name) == State.CANCELLED
    with closing(HeldStore(pane.home / HELD)) as store:
        (leaves,) = store.items("leaving", [State.QUEUED])
        assert b"dupont@hopital.example" in store.content(leaves.id)
    page.context.close()


def test_a_held_message_is_kept_from_leaving_by_keyboard(chromium: Browser, pane: Room) -> None:
    name = hold(pane)
    page = seated(chromium, pane)
    page.goto(f"{pane.way.address}/regler")
    page.focus("button[value=cancel]")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Le message ne partira pas.")
    assert state_of(pane, name) == State.CANCELLED
    page.context.close()


def test_a_waiting_key_is_let_in_once(chromium: Browser, pane: Room) -> None:
    number = plug(pane)
    page = seated(chromium, pane)
    page.goto(f"{pane.way.address}/regler")
    assert "Kingston DataTraveler" in page.inner_text("main")
    page.click("text=Lire une fois")
    page.wait_for_selector("[role=status]")
    with closing(Register(pane.home / FILE)) as register:
        known = register.find(number)
    assert known
    assert known.standing == "once"
    page.context.close()


def test_the_machine_is_kept_on_tonight(chromium: Browser, pane: Room) -> None:
    file = pane.agent.folder / "evening.json"
    file.write_text(json.dumps({"announced": datetime.now(UTC).isoformat()}))
    page = seated(chromium, pane)
    page.goto(f"{pane.way.address}/regler")
    page.click("text=Le garder allumé ce soir")
    page.wait_for_selector("text=reste allumé")
    assert json.loads(file.read_text())["put_off"]
    page.context.close()


def test_what_was_sent_can_be_read_byte_for_byte(chromium: Browser, pane: Room) -> None:
    furnish(pane)
    page = seated(chromium, pane)
    page.goto(f"{pane.way.address}/vitre")
    page.click(".told summary")
    shown = page.inner_text(".told pre")
    assert shown.encode() == pane.agent.spool.sent()[0].body
    page.context.close()


EVIL = """<!DOCTYPE html><title>evil</title><script>
window.got = [];
const tries = [
  ["read", () => fetch("{root}/vitre", {credentials: "include"}).then((a) => a.text())],
  ["post", () => fetch("{root}/regler/soir", {method: "POST", credentials: "include",
    body: new URLSearchParams({form: "{form}"})}).then((a) => "status " + a.status)],
  ["blind", () => fetch("{root}/regler/soir", {method: "POST", mode: "no-cors",
    credentials: "include", body: new URLSearchParams({form: "{form}"})}).then(() => "sent")],
  ["script", () => new Promise((good, bad) => { const s = document.createElement("script");
    s.src = "{root}/static/pane.js"; s.onload = () => good("loaded"); s.onerror = bad;
    document.head.append(s); })],
  ["picture", () => new Promise((good, bad) => { const i = new Image();
    i.src = "{root}/static/vigie.svg"; i.onload = () => good("loaded"); i.onerror = bad; })],
];
(async () => { for (const [name, tried] of tries) {
  try { got.push(name + ": " + await tried()); } catch { got.push(name + ": refused"); } }
  window.done = true; })();
</script>"""


def test_another_site_in_the_same_browser_gets_nothing(chromium: Browser, pane: Room) -> None:
    """Even one that stands on 127.0.0.1 at another port, and knows the path and the form."""
    page = seated(chromium, pane)
    token = page.input_value("input[name=form]")
    context: BrowserContext = page.context
    text = EVIL.replace("{root}", pane.way.address).replace("{form}", token)
    for place in ("http://127.0.0.1:9/", "http://evil.example/"):
        context.route(place, lambda route: route.fulfill(body=text, content_type="text/html"))
        other = context.new_page()
        other.goto(place)
        other.wait_for_function("window.done")
        got = other.evaluate("window.got")
        assert [line for line in got if "refused" not in line and line != "blind: sent"] == []
        other.close()
    assert not (pane.agent.folder / "evening.json").exists()
    page.context.close()


def test_a_name_that_means_127_0_0_1_gets_nothing(chromium: Browser, pane: Room) -> None:
    """DNS rebinding, for real: the request arrives here under the attacker's name."""
    page = chromium.new_page()
    path = urllib.parse.urlsplit(pane.way.opening()).path
    for place in (path, f"{pane.root}/", f"{pane.root}/vitre", "/bonjour/" + "ab" * 16):
        answer = page.goto(f"http://{REBOUND}:{pane.way.port}{place}")
        assert answer
        assert answer.status == 421
        assert "Vigie" not in page.inner_text("body")
    page.close()
