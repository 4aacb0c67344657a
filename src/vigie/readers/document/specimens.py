"""Papers of our own that a reader reads before any other's: small, whole and harmless.

They go through what most papers go through. What they leave behind in a process that forks one
reader for each file (compiled expressions, caches, specialised code) is not made anew for each.
"""

import io
import tarfile
import zipfile
from collections.abc import Iterator, Mapping

import pikepdf
from pikepdf import Array, Dictionary, Name, String

_PACKAGE = "http://schemas.openxmlformats.org"
_TYPES = f"""<?xml version="1.0"?><Types xmlns="{_PACKAGE}/package/2006/content-types">
<Default Extension="rels" ContentType="application/xml"/><Override PartName="/word/document.xml"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""
_RELATIONS = f"""<?xml version="1.0"?><Relationships
 xmlns="{_PACKAGE}/package/2006/relationships"><Relationship Id="r1" Target="{{target}}"
 Type="{_PACKAGE}/officeDocument/2006/relationships/{{kind}}" {{mode}}/></Relationships>"""
_WORDS = f"""<?xml version="1.0"?><w:document
 xmlns:w="{_PACKAGE}/wordprocessingml/2006/main"><w:body><w:p><w:r>
<w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText><w:t>Bonjour</w:t></w:r></w:p>
</w:body></w:document>"""
_SHEET = f"""<?xml version="1.0"?><worksheet xmlns="{_PACKAGE}/spreadsheetml/2006/main"><sheetData>
<row r="1"><c r="A1"><f>SUM(A2:A3)</f><v>1</v></c></row></sheetData></worksheet>"""
_OPEN = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"><office:body/>
</office:document-content>"""
_PAGE = """<!doctype html><html><head><title>R</title><style>p { color: red }</style></head><body>
<p>Bonjour <a href="https://labo.example/">le laboratoire</a></p></body></html>"""
_PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8"
    "0f00010101001b0bd7870000000049454e44ae426082"
)


def papers() -> Iterator[tuple[str, bytes]]:
    """Yield the name and the bytes of each."""
    yield (
        "lettre.docx",
        _zip(
            {
                "[Content_Types].xml": _TYPES,
                "_rels/.rels": _related("officeDocument", "word/document.xml"),
                "word/document.xml": _WORDS,
                "word/_rels/document.xml.rels": _related(
                    "hyperlink", "https://labo.example/", 'TargetMode="External"'
                ),
                "docProps/app.xml": "<Properties/>",
            }
        ),
    )
    yield (
        "recettes.xlsx",
        _zip(
            {
                "[Content_Types].xml": _TYPES,
                "_rels/.rels": _related("officeDocument", "xl/workbook.xml"),
                "xl/workbook.xml": "<workbook/>",
                "xl/worksheets/sheet1.xml": _SHEET,
            }
        ),
    )
    yield (
        "lettre.odt",
        _zip(
            {
                "mimetype": "application/vnd.oasis.opendocument.text",
                "content.xml": _OPEN,
                "META-INF/manifest.xml": "<manifest/>",
            }
        ),
    )
    yield "compte-rendu.pdf", _pdf()
    yield "resultats.csv", "Nom;Valeur\nDurand;1,2\nLefèvre;3,4\n".encode() * 20
    yield "note.txt", b"Rappeler le laboratoire demain.\n" * 20
    yield "page.html", _PAGE.encode()
    yield "logo.png", _PIXEL
    yield "courrier.eml", b"From: a@cabinet.example\nSubject: Essai\n\nBonjour\n"
    yield "archives.tar.gz", _tar()


def _related(kind: str, target: str, mode: str = "") -> str:
    return _RELATIONS.format(kind=kind, target=target, mode=mode)


def _zip(parts: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def _pdf() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        page.obj.Contents = pdf.make_stream(b"BT ET")
        field = pdf.make_indirect(
            Dictionary(FT=Name.Tx, T=String("Nom"), Subtype=Name.Widget, Rect=Array([0, 0, 9, 9]))
        )
        link = Dictionary(
            Subtype=Name.Link, Rect=Array([0, 0, 9, 9]),
            A=Dictionary(S=Name.URI, URI=String("https://labo.example/")),
        )  # fmt: skip
        page.obj.Annots = Array([field, link])
        pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
        pdf.Root.OpenAction = Array([page.obj, Name.Fit])
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        inside = tarfile.TarInfo("note.txt")
        inside.size = 8
        archive.addfile(inside, io.BytesIO(b"Bonjour\n"))
    return out.getvalue()
