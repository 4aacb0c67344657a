"""A paper as HTML, and from the same HTML as PDF. Nothing is fetched from anywhere."""

from importlib import resources

from django.template.loader import render_to_string
from django.utils import translation
from weasyprint import CSS, HTML
from weasyprint.urls import URLFetcher

from vigie.console.incidents.papers.content import Paper

_NOTHING = URLFetcher(allowed_protocols=())


def html(paper: Paper) -> str:
    """Return the paper as one page of HTML in its own language."""
    with translation.override(paper.language.value):
        return render_to_string("incidents/paper.html", {"paper": paper})


def pdf(paper: Paper) -> bytes:
    """Return the paper as a tagged PDF. The same paper gives the same bytes."""
    css = (resources.files("vigie.console.incidents.papers") / "paper.css").read_text("utf-8")
    page = HTML(string=html(paper), url_fetcher=_NOTHING)
    sheet = CSS(string=css, url_fetcher=_NOTHING)
    written: bytes = page.write_pdf(stylesheets=[sheet], pdf_tags=True)
    return written
