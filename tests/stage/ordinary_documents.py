"""Ordinary documents of a practice, with everything in them that looks like an attack and is none."""

import io
import subprocess
import tarfile
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import openpyxl
import pikepdf
from made_archives import zipped
from made_office import Pdf, field, office, opendocument, relations
from openpyxl.chart import BarChart, Reference
from pikepdf import Array, Dictionary, Name, String

from vigie.routines.rehearsals.sample import make_practice

Make = Callable[[], bytes]
# What Acrobat writes into the fields of a public form.
OWN_SCRIPTS = (
    'AFNumber_Format(2, 2, 0, 0, "", false);',
    'AFNumber_Keystroke(2, 2, 0, 0, "", false);',
    'AFDate_FormatEx("dd/mm/yyyy");',
    'AFDate_KeystrokeEx("dd/mm/yyyy");',
    "AFSpecial_Format(0);",
    'AFSimple_Calculate("SUM", new Array ("a", "b"));',
    "AFRange_Validate(true, 0, true, 100);",
    "AFPercent_Format(2, 1);\r\n",
    "AFTime_Keystroke(0);",
)


def cerfa(scripts: Sequence[str] = OWN_SCRIPTS, pages: int = 2) -> bytes:
    """Return a public form: fields that format and add up themselves, a first view, links."""
    pdf = Pdf(pages)
    boxes = []
    for number, script in enumerate(scripts):
        action = Dictionary(S=Name.JavaScript, JS=String(script))
        key = Name.F if "Format" in script else Name.C if "Calculate" in script else Name.K
        boxes.append(pdf.box(f"champ{number}", AA=Dictionary({str(key): action})))
    pdf.form(*boxes, NeedAppearances=True)
    pdf.root.OpenAction = Array([pdf.page, Name.XYZ, 0, 0, 0])
    return pdf.bytes(packed=True)


def invoice() -> bytes:
    """Return an electronic invoice: a PDF that carries its XML."""
    pdf = Pdf()
    pdf.attach("factur-x.xml", b'<?xml version="1.0"?><rsm:CrossIndustryInvoice xmlns:rsm="x"/>')
    return pdf.bytes()


def _linked() -> bytes:
    pdf = Pdf()
    pdf.link(pdf.make(S=Name.URI, URI=String("https://www.ameli.fr")))
    pdf.root.OpenAction = pdf.make(S=Name.GoTo, D=Array([pdf.page, Name.Fit]))
    return pdf.bytes()


def _protected() -> bytes:
    return Pdf().bytes(encryption=pikepdf.Encryption(owner="imprimeur", user=""))


def _workbook(*, chart: bool = False) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in range(1, 20):
        page.append([f"Acte {row}", row * 25.0, f"=SUM(B1:B{row})"])
    page["E1"] = '=HYPERLINK("https://www.ameli.fr","ameli")'
    if chart:
        drawn = BarChart()
        drawn.add_data(Reference(page, min_col=2, min_row=1, max_row=19))
        page.add_chart(drawn, "G2")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in {"d/lettre.txt": b"bonjour", "d/notes/a.md": b"# Notes"}.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        info = tarfile.TarInfo("d/notes/b.txt")
        info.type, info.linkname = tarfile.SYMTYPE, "../lettre.txt"
        archive.addfile(info)
    return out.getvalue()


def curiosities() -> Iterator[tuple[str, Make]]:
    """Yield names and makers of what a keyword would condemn."""
    yield "cerfa_12541-03.pdf", cerfa
    yield "cerfa_S3125.pdf", lambda: cerfa(OWN_SCRIPTS[:2], 4)
    yield "facture_electronique.pdf", invoice
    yield "lien.pdf", _linked
    yield "protege_a_l_impression.pdf", _protected
    yield "vide.pdf", lambda: Pdf().bytes(packed=True)
    yield "recettes.xlsx", _workbook
    yield "graphique.xlsx", lambda: _workbook(chart=True)
    yield "lettre_liens.docx", lambda: office(rows=[("hyperlink", "https://www.ameli.fr", True)])
    yield (
        "lettre_modele_local.docx",
        lambda: office(rows=[("attachedTemplate", "file:///C:\\Modeles\\Normal.dotm", True)]),
    )
    yield (
        "lettre_image_distante.docx",
        lambda: office(rows=[("image", "https://www.exemple.invalid/logo.png", True)]),
    )
    yield (
        "lettre_champs.docx",
        lambda: office(
            body=field("PAGE")
            + field('HYPERLINK "https://www.ameli.fr"')
            + field("DATE \\@ dd/MM/yyyy")
            + field("MERGEFIELD Nom")
        ),
    )
    yield (
        "tableau_incorpore.docx",
        lambda: office(parts={"word/embeddings/Microsoft_Excel_Sheet1.xlsx": _workbook()}),
    )
    yield (
        "classeur_lie.xlsx",
        lambda: office(
            "xl",
            {
                "xl/externalLinks/_rels/externalLink1.xml.rels": relations(
                    ("externalLinkPath", "file:///C:\\Compta\\2025.xlsx", True)
                )
            },
        ),
    )
    yield (
        "diapo.pptx",
        lambda: office(
            "ppt",
            {
                "ppt/slides/slide1.xml": b'<p:sld><a:hlinkClick action="ppaction://hlinksldjump"/></p:sld>'
            },
        ),
    )
    yield "lettre.odt", opendocument
    yield (
        "module_vide.odt",
        lambda: opendocument(
            {
                "Basic/Standard/Module1.xml": b'<script:module xmlns:script="x">REM  *****  BASIC  *****\n\nSub Main\n\nEnd Sub</script:module>'
            }
        ),
    )
    yield (
        "courrier.zip",
        lambda: zipped({"a.docx": office(), "b.pdf": cerfa(), "sous/c.txt": b"bonjour"}),
    )
    yield "archives.tar.gz", _tar
    yield (
        "comptes.csv",
        "date;libellé;montant\n01/02/2026;Loyer;-850,00\n02/02/2026;=B2+C2;+33 6 12 34\n".encode,
    )
    yield (
        "export.csv",
        lambda: b'nom,formule\n"Martin","=SUM(A1:A9)"\n"-","=1+2|3"\n"@dupont","-5"\n',
    )
    yield (
        "ancien_export.xls",
        lambda: b"<html><body><table><tr><td>Acte</td><td>25</td></tr></table></body></html>",
    )
    yield (
        "resultat.hpr",
        lambda: "H|^~\\&|LABO|...\r\nP|1|DUPONT^Jean\r\nOBX|1|NM|HbA1c||7,1\r\n".encode("latin-1"),
    )
    yield (
        "page.html",
        lambda: (
            b"<html><head><script src='menu.js'></script></head><body onresize='m()'><p>Bonjour</p><a href='https://www.ameli.fr'>ameli</a></body></html>"
        ),
    )
    yield (
        "dessin.svg",
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><path d='M0 0h9v9z'/></svg>",
    )
    yield "rendez-vous.ics", lambda: b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n"
    yield "carte.vcf", lambda: b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Dr Martin\r\nEND:VCARD\r\n"
    yield (
        "lettre.rtf",
        lambda: (
            b'{\\rtf1\\ansi{\\fonttbl{\\f0 Arial;}}{\\pict\\pngblip 89504e47}{\\field{\\*\\fldinst HYPERLINK "https://www.ameli.fr"}{\\fldrslt ameli}} Bonjour}'
        ),
    )
    yield (
        "message.eml",
        lambda: (
            b"From: a@b.invalid\r\nSubject: CR\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nBonjour\r\n"
        ),
    )
    yield (
        "notes.md",
        lambda: b"# Powershell\n\n    powershell -Command Get-Date\n\nvar x = new ActiveXObject\n",
    )
    yield "TNF\u03b1 et IFN\u03b3.docx", office
    yield "Dr. Martin v2.0 du 12.03.2026.pdf", _linked
    yield "\u05de\u05db\u05ea\u05d1\u200f.pdf", _linked
    yield "c\u0153ur - \u00e9chographie.docx", office
    yield "photo.jpg.png", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 60 + b"IEND\xaeB`\x82"
    yield "reglages.json", lambda: b'{"script": "function() {}"}'
    yield "espaces.txt", lambda: b" " * 6_000_000
    for title, pages in _TALKS.items():
        yield f"{title}.fodp", partial(_talk, title, pages)


def write(folder: Path, *, files: int = 240) -> list[Path]:
    """Write a practice's papers and the curiosities below `folder`; return their paths."""
    make_practice(folder / "cabinet", files=files, bytes_total=12_000_000)
    odd = folder / "particuliers"
    odd.mkdir()
    for name, make in curiosities():
        (odd / name).write_bytes(make())
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name[0] != "."]


_TALK = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"
 xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.2"
 office:mimetype="application/vnd.oasis.opendocument.presentation">
<office:body><office:presentation>{pages}</office:presentation></office:body></office:document>"""
_SLIDE = """<draw:page draw:name="page{number}"><draw:frame svg:width="20cm" svg:height="6cm"
 svg:x="2cm" svg:y="2cm"><draw:text-box><text:p>{title}</text:p><text:p><text:a
 xlink:href="https://www.has-sante.fr/">Haute Autorité de santé</text:a></text:p></draw:text-box>
</draw:frame></draw:page>"""
_TALKS = {
    "Hygiène des mains": 2,
    "Vaccination antigrippale": 4,
    "Dépistage du diabète": 6,
    "Accueil téléphonique": 8,
}


def _talk(title: str, pages: int) -> bytes:
    """Return slides for a meeting of the team, as flat XML: LibreOffice writes the rest."""
    slides = (_SLIDE.format(number=n, title=f"{title}, {n}") for n in range(1, pages + 1))
    return _TALK.format(pages="".join(slides)).encode()


FORMATS = {
    "docx": ("doc", "odt", "rtf", "fodt", "html", "pdf", "docx"),
    "xlsx": ("xls", "ods", "csv", "pdf", "xlsx"),
    "fodp": ("odp", "ppt", "pptx", "pdf"),
}


def converted(sources: Sequence[Path], folder: Path) -> None:
    """Have LibreOffice write the papers in every format it knows, one run for each format."""
    for ending, formats in FORMATS.items():
        chosen = [str(path) for path in sources if path.suffix == f".{ending}"]
        for wanted in formats if chosen else ():
            subprocess.run(
                ["soffice", "--headless", f"-env:UserInstallation={(folder / 'profile').as_uri()}",
                 "--convert-to", wanted, "--outdir", str(folder / wanted), *chosen],
                check=True, capture_output=True, timeout=600,
            )  # fmt: skip
