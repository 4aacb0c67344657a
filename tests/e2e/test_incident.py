"""From a ransomware matter to the notice and the evidence pack, in a real Chromium.

Pictures of the pages and of the papers go to $VIGIE_PICTURES_ALL when it is set.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browsing import CHROMIUM, axe_source, browsing, served
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
PASSWORD = "sept lampes au phare"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.timeout(600),
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed"),
]


@dataclass(frozen=True)
class Console:
    """A console with two practices that were struck."""

    address: str
    practices: dict[str, str]

    def incidents(self, name: str) -> str:
        return f"{self.address}/cabinets/{self.practices[name]}/incidents/"


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    with served(tmp_path_factory.mktemp("vigie"), "attacked.py") as seeded:
        yield Console(seeded.address, seeded.practices)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="module")
def axe() -> str:
    return axe_source()


def signed_in(
    chromium: Browser, console: Console, *, width: int, language: str, light: str = "light"
) -> Page:
    context = chromium.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if light == "dark" else "light",
        locale=language,
        timezone_id="Europe/Paris",
    )
    page = context.new_page()
    page.set_default_timeout(120_000)
    page.goto(f"{console.address}/compte/entrer/")
    page.fill("[name=login]", "karim")
    page.fill("[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"{console.address}/")
    return page


def opened(page: Page, console: Console, name: str) -> str:
    """Open the incident of a practice if it is not open yet, and return its address."""
    page.goto(console.incidents(name))
    links = page.locator("main .lines a")
    if links.count():
        links.first.click()
    else:
        page.locator("form[action*=ouvrir] button").first.click()
    page.wait_for_url(re.compile(r"/incidents/\d+/$"))
    return page.url


def keep_picture(page: Page, name: str) -> None:
    if folder := os.environ.get("VIGIE_PICTURES_ALL"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def fetched(page: Page, selector: str, place: Path) -> Path:
    with page.expect_download() as coming:
        page.locator(selector).first.click()
    file = place / coming.value.suggested_filename
    coming.value.save_as(file)
    return file


def read(pdf: Path) -> str:
    """Return the text of a PDF, on one line."""
    words = subprocess.run(["pdftotext", pdf, "-"], check=True, capture_output=True).stdout
    return " ".join(words.decode().split())


def test_from_a_ransomware_matter_to_the_notice_and_the_evidence(
    chromium: Browser, console: Console, tmp_path: Path
) -> None:
    page = signed_in(chromium, console, width=1280, language="fr")
    page.goto(f"{console.address}/cabinets/{console.practices['Cabinet Martin (Lyon)']}/")
    page.click("main a[href*='dangers/ransomware']")
    page.click("main a.button[href$='/incidents/']")
    page.locator("li", has_text="Un programme a rendu").locator("button").click()
    page.wait_for_selector("text=Qui prévenir, et jusqu’à quand")
    address = page.url

    cnil = page.locator(".duties li", has_text="CNIL").first
    assert re.search(r"il reste 4[12]\sheures", cnil.inner_text())
    step = page.locator(".steps-done li", has_text="laisser allumée")
    step.locator("button").click()
    page.wait_for_load_state()
    assert "Fait · Karim" in page.locator(".steps-done li", has_text="laisser allumée").inner_text()

    page.click("text=Compléter le registre")
    page.fill("[name=persons]", "Patients du cabinet")
    page.fill("[name=persons_count]", "environ 1 200")
    page.fill("[name=contact]", "Dr Martin, 04 00 00 00 00")
    page.select_option("[name=risk]", "risk")
    page.click("text=Écrire cette révision")
    page.wait_for_url(address)
    assert "Révision 2" in page.locator("section[aria-labelledby=register]").inner_text()

    page.click("text=Préparer le dossier de preuves")
    page.wait_for_selector("text=Dossier fait")
    pack = fetched(page, "a[href*='/preuves/']", tmp_path)
    notice = read(fetched(page, "a[href$='papiers/notice/pdf/']", tmp_path))
    assert "Notification d’une violation de données personnelles" in notice
    for known in ("CNIL", "Cabinet Martin (Lyon)", "environ 1 200", "38 documents", "Dr Martin"):
        assert known in notice
    assert "à compléter" in notice
    complaint = read(fetched(page, "a[href$='papiers/complaint/pdf/']", tmp_path))
    digest = page.locator("section[aria-labelledby=evidence] code").first.inner_text()
    assert digest in complaint.replace(" ", "")

    vigie = Path(sys.executable).parent / "vigie"
    ask = [str(vigie), "journal", "verify", str(pack), "--json"]
    verified = subprocess.run(ask, capture_output=True, check=False)
    told = json.loads(verified.stdout)
    assert (verified.returncode, told["decision"], told["troubles"]) == (0, "allow", [])
    page.context.close()


def test_a_word_document_opens_in_a_word_processor(
    chromium: Browser, console: Console, tmp_path: Path
) -> None:
    page = signed_in(chromium, console, width=1280, language="de")
    opened(page, console, "Dr Favre (Moudon)")
    docx = fetched(page, "a[href$='papiers/notice/docx/']", tmp_path)
    own = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    soffice = ["soffice", own, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*soffice, str(docx)], check=True, capture_output=True, timeout=240)
    said = read(docx.with_suffix(".pdf"))
    assert "Meldung einer Verletzung der Datensicherheit" in said
    assert "[zu ergänzen]" in said
    assert "EDÖB" in said
    page.context.close()


def test_a_person_words_a_paper_and_the_preview_follows(
    chromium: Browser, console: Console
) -> None:
    page = signed_in(chromium, console, width=1280, language="fr")
    page.goto(opened(page, console, "Cabinet Martin (Lyon)") + "papiers/patients/")
    blanks = page.locator(".paper .blank").count()
    page.fill("[name=facts]", "Un programme a rendu des documents illisibles ; ils sont revenus.")
    page.click("text=Garder ces mots")
    page.wait_for_selector(".paper >> text=ils sont revenus")
    assert page.locator(".paper .blank").count() == blanks - 1
    page.context.close()


@pytest.mark.parametrize(
    ("width", "light", "language"),
    [
        (1280, "light", "fr"),
        (390, "light", "de"),
        (390, "dark", "fr"),
        (1280, "dark", "en"),
    ],
)
def test_every_page_of_an_incident_fits_and_axe_finds_nothing(  # noqa: PLR0913, PLR0917  (a look)
    chromium: Browser, console: Console, axe: str, width: int, light: str, language: str
) -> None:
    page = signed_in(chromium, console, width=width, light=light, language=language)
    name = "Dr Favre (Moudon)" if language == "de" else "Cabinet Martin (Lyon)"
    address = opened(page, console, name)
    complaints: list[str] = []
    page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
    pages = {
        "incident": address,
        "register": f"{address}registre/",
        "paper": f"{address}papiers/notice/",
        "incidents": console.incidents(name),
        "matters": console.incidents("Cabinet des Lilas"),
        "everywhere": f"{console.address}/incidents/",
    }
    found = {}
    for called, place in pages.items():
        page.goto(place)
        keep_picture(page, f"{called}-{width}-{light}-{language}")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), called
        page.evaluate(axe)
        tags = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})"
        result = page.evaluate(tags, WCAG)
        found[called] = [f"{v['id']}: {v['nodes'][0]['html']}" for v in result["violations"]]
    page.context.close()
    assert {called: said for called, said in found.items() if said} == {}
    assert complaints == []
