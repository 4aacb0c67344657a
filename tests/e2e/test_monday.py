"""A new caretaker, forty practices, a bad Monday of eight matters: through it in a real Chromium.

What a caretaker needs is counted: pages, clicks, keys. Pictures go to $VIGIE_PICTURES_ALL.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browsing import CHROMIUM, Served, browsing, served
from playwright.sync_api import Browser, Page, expect

PASSWORD = "sept lampes au phare"
POINTS = 8  # tests/stage/monday.py
# Sign in; then for each matter its page and back: see it, settle it.
MOST_CLICKS = 1 + 2 * POINTS
MOST_PAGES = 2 + 2 * POINTS
PHONE, LAPTOP = 390, 1280

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture
def monday(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path / "vigie", "monday.py") as console:
        yield console


@dataclass
class Karim:
    """A caretaker who counts what he does."""

    page: Page
    console: Served
    clicks: int = 0
    pages: int = 0

    def click(self, what: str) -> None:
        self.clicks += 1
        self.page.locator(what).first.click()

    def signs_in(self) -> None:
        self.page.on("response", self._count)
        self.page.goto(f"{self.console.address}/compte/entrer/")
        self.page.fill("[name=login]", "karim")
        self.page.fill("[name=password]", PASSWORD)
        self.click("main button[type=submit]")
        self.page.wait_for_url(f"{self.console.address}/")

    def _count(self, response: object) -> None:
        request = response.request  # type: ignore[attr-defined]
        self.pages += request.resource_type == "document" and response.status == 200  # type: ignore[attr-defined]


def comes(chromium: Browser, console: Served, width: int = LAPTOP) -> Karim:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, locale="fr", timezone_id="Europe/Paris"
    )
    page = context.new_page()
    page.set_default_timeout(60_000)
    karim = Karim(page, console)
    karim.signs_in()
    return karim


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("VIGIE_PICTURES_ALL"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


@pytest.mark.parametrize("width", [LAPTOP, PHONE])
def test_a_new_caretaker_gets_through_a_bad_monday(
    chromium: Browser, monday: Served, width: int
) -> None:
    karim = comes(chromium, monday, width)
    page = karim.page
    assert len(monday.practices) == 40
    expect(page.locator("#today .calls > li")).to_have_count(POINTS)
    expect(page.locator("h1")).to_contain_text("13 cabinets ont besoin de vous")
    first = page.locator("#today .calls > li").first
    expect(first).to_contain_text("42 documents")  # harm under way stands first
    expect(page.locator("#today .calls > li", has_text="6 cabinets")).to_have_count(1)
    keep_picture(page, f"monday-{width}")
    for left in range(POINTS - 1, -1, -1):
        karim.click("#today .calls .button")
        page.wait_for_url("**/affaires/**")
        keep_picture(page, f"monday-{width}-{left}")
        assert page.locator(".button.primary").count() == 1
        karim.click(".button.primary")
        page.wait_for_url(f"{monday.address}/")
        expect(page.locator("#today .calls > li")).to_have_count(left)
    expect(page.locator("h1")).to_have_text("Personne n’a besoin de vous aujourd’hui.")
    assert karim.clicks == MOST_CLICKS
    assert karim.pages <= MOST_PAGES
    page.context.close()


def test_the_desk_is_walked_with_the_keyboard_alone(chromium: Browser, monday: Served) -> None:
    page = comes(chromium, monday).page
    said = "document.activeElement.closest('li').textContent"
    for key in "jjk":
        page.keyboard.press(key)
    assert "Cabinet Colin" in page.evaluate(said)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    keep_picture(page, "monday-help")
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("joly")
    expect(page.locator("#today .calls > li")).to_have_count(1)
    assert page.evaluate("document.activeElement.id") == "q"
    assert "q=joly" in page.url
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/affaires/**")
    expect(page.locator("h1")).to_contain_text("le dernier essai n’a pas tenu")
    page.context.close()


def test_single_keys_can_be_turned_off(chromium: Browser, monday: Served) -> None:
    page = comes(chromium, monday).page
    page.locator("#help-opens").click()
    page.locator("#keys-on").uncheck()
    page.locator("#help button").click()
    page.reload()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.tagName") == "BODY"
    page.context.close()


def test_the_desk_follows_what_happens_without_a_reload(chromium: Browser, monday: Served) -> None:
    page = comes(chromium, monday).page
    page.clock.install()
    page.goto(f"{monday.address}/")
    expect(page.locator("#today .calls > li")).to_have_count(POINTS)
    page.evaluate("window.still = true")
    colleague = page.context.new_page()
    colleague.goto(f"{monday.address}/")
    colleague.locator("#today .calls .button").first.click()
    colleague.locator(".button.primary").click()
    colleague.wait_for_url(f"{monday.address}/")
    page.clock.fast_forward(31_000)
    expect(page.locator("#today .calls > li")).to_have_count(POINTS - 1)
    expect(page.locator("h1")).to_have_text(re.compile("12 cabinets"))
    assert page.evaluate("window.still") is True
    with page.expect_response("**/?*seen=*") as again:
        page.clock.fast_forward(31_000)
    assert again.value.status == 204
    page.context.close()


def test_without_scripts_the_desk_is_searched_all_the_same(
    chromium: Browser, monday: Served
) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="fr")
    page = context.new_page()
    Karim(page, monday).signs_in()
    page.fill("#q", "vidal")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=vidal*")
    assert page.locator("#today .calls > li").count() == 1
    context.close()
