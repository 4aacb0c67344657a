"""The pages in a real Chromium: looked at in two widths, two lights, three languages, and by axe.

Pictures go to $VIGIE_PICTURES when it is set (else they are thrown away); the one in the README
is made by `VIGIE_PICTURES=docs/pictures pytest tests/e2e/test_pages.py -k picture`.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from browsing import CHROMIUM, axe_source, browsing, served
from playwright.sync_api import Browser, Page

PASSWORD = "sept lampes au phare"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
README_WIDTH, README_HEIGHT = 1100, 1560  # down to the backups
MOST_KILOBYTES = 250
LAST_MONTH = (datetime.now(ZoneInfo("Europe/Paris")).replace(day=1) - timedelta(days=1)).date()

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@dataclass(frozen=True)
class Console:
    """A console with a month behind it."""

    address: str
    practices: dict[str, str]

    def pages(self) -> dict[str, str]:
        martin, lilas, favre = (
            f"/cabinets/{self.practices[name]}/"
            for name in ("Cabinet Martin (Lyon)", "Cabinet des Lilas", "Dr Favre (Moudon)")
        )
        return {
            "desk": "/",
            "questions": "/conseils/",
            "proven": martin,
            "failing": lilas,
            "empty": favre,
            "found": "/?q=lilas",
            "matter": f"{lilas}affaires/2/",
            "checklist": f"{martin}bonnes-pratiques/",
            "danger": f"{martin}dangers/ransomware/",
            "machines": f"{favre}postes/",
            "journal": f"{martin}journal/",
            "new": "/cabinets/nouveau/",
            "letters": f"{martin}lettres/",
            "letter": f"{martin}lettres/apercu/",
            "kept letter": f"{martin}lettres/{LAST_MONTH:%Y-%m}/",
            "first letter": f"{favre}lettres/apercu/",
            "letterhead": "/lettres/en-tete/",
            "lessons": f"{martin}lecons/",
            "contacts": f"{martin}contacts/",
            "factors": "/compte/facteurs/",
            "nothing": "/cabinets/aaaaaaaaaaaaaaaa/",
            "notices": "/prevenir/",
            "new_address": "/prevenir/adresses/nouvelle/",
            "keys": "/cles/",
            "confirm": "/cles/nouvelle/",
            "new_hook": "/cles/destinations/nouvelle/",
        }


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with served(tmp_path_factory.mktemp("vigie"), "seeds.py") as seeded:
        yield Console(seeded.address, seeded.practices)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def axe() -> str:
    return axe_source()


@dataclass(frozen=True)
class Eyes:
    """How somebody looks at a page."""

    width: int = 1280
    light: str = "light"
    language: str = "fr"

    def __str__(self) -> str:
        return f"{self.width}-{self.light}-{self.language}"


LOOKS = [
    Eyes(width, light, language)
    for light in ("light", "dark")
    for width, language in ((1280, "fr"), (390, "fr"), (390, "de"), (1280, "en"))
]


def opened(chromium: Browser, console: Console, eyes: Eyes, *, who: str = "karim") -> Page:
    context = chromium.new_context(
        viewport={"width": eyes.width, "height": 900},
        color_scheme="dark" if eyes.light == "dark" else "light",
        locale=eyes.language,
        timezone_id="Europe/Paris",
    )
    page = context.new_page()
    page.set_default_timeout(120_000)
    if who:
        page.goto(f"{console.address}/compte/entrer/")
        page.fill("[name=login]", who)
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url(f"{console.address}/")
    return page


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("VIGIE_PICTURES_ALL"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("eyes", LOOKS, ids=str)
def test_every_page_fits_and_axe_finds_nothing(
    chromium: Browser, console: Console, axe: str, eyes: Eyes
) -> None:
    page = opened(chromium, console, eyes)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    found = {}
    for name, address in console.pages().items():
        page.goto(console.address + address)
        keep_picture(page, f"{name}-{eyes}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        page.evaluate(axe)
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        result = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG
        )
        found[name] = [f"{v['id']}: {v['nodes'][0]['html']}" for v in result["violations"]]
    page.context.close()
    assert {name: said for name, said in found.items() if said} == {}
    assert [c for c in complaints if "404" not in c] == []


def test_the_first_minute_and_the_door_are_looked_at_too(
    chromium: Browser, console: Console, axe: str
) -> None:
    page = opened(chromium, console, Eyes(width=390), who="")
    page.goto(f"{console.address}/compte/entrer/")
    keep_picture(page, "login-390-light-fr")
    page.evaluate(axe)
    result = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)
    assert result["violations"] == []
    page.context.close()


def test_a_machine_is_approved_with_the_keyboard_alone(chromium: Browser, console: Console) -> None:
    page = opened(chromium, console, Eyes())
    page.goto(console.address + console.pages()["machines"])
    page.focus("input[name=name]")
    page.keyboard.type("Cabinet 1")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent.trim()") == "Approuver"
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Au cabinet")
    assert page.locator("strong", has_text="Cabinet 1").count() == 1
    page.context.close()


@pytest.mark.parametrize("eyes", [Eyes(), Eyes(390, "dark", "de")], ids=str)
def test_a_key_is_made_by_somebody_who_says_again_who_they_are_and_shown_once(
    chromium: Browser, console: Console, axe: str, eyes: Eyes
) -> None:
    page = opened(chromium, console, eyes)
    page.goto(f"{console.address}/cles/nouvelle/")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{console.address}/cles/nouvelle/")
    for name in ("new_key", "shown_once"):
        keep_picture(page, f"{name}-{eyes}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.evaluate(axe)
        result = page.evaluate("tags => axe.run(document, {runOnly: tags})", WCAG)
        assert [v["nodes"][0]["html"] for v in result["violations"]] == []
        if name == "new_key":
            page.fill("[name=name]", "Tableau")
            page.check("[name=scopes][value='matters:read']")
            page.click("main button[type=submit]")
            page.wait_for_selector(".secret")
    assert page.locator(".secret code").inner_text().startswith("vigie_")
    page.click("main a.primary")
    assert page.locator(".keys strong", has_text="Tableau").count() >= 1
    assert page.locator(".secret").count() == 0
    page.context.close()


def test_the_picture_of_the_practice_page_is_small_enough_for_the_readme(
    chromium: Browser, console: Console, tmp_path: Path
) -> None:
    place = Path(os.environ.get("VIGIE_PICTURES", tmp_path))
    page = opened(chromium, console, Eyes(width=README_WIDTH))
    page.goto(console.address + console.pages()["proven"])
    picture = place / "practice-page.png"
    shown = {"x": 0, "y": 0, "width": README_WIDTH, "height": README_HEIGHT}
    page.screenshot(path=picture, full_page=True, clip=shown)
    page.context.close()
    if convert := shutil.which("convert"):
        subprocess.run([convert, picture, "-colors", "96", "-strip", f"png8:{picture}"], check=True)
    assert 0 < picture.stat().st_size <= MOST_KILOBYTES * 1000
