"""Office files and PDFs of a few parts each, for tests: valid enough to be read."""

import io
from collections.abc import Mapping, Sequence

import pikepdf
from made_archives import zipped
from pikepdf import Array, Dictionary, Name, String

REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PKG = "http://schemas.openxmlformats.org/package/2006"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_MAIN = {
    "word": (
        "word/document.xml",
        "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    ),
    "xl": ("xl/workbook.xml", "vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"),
    "ppt": (
        "ppt/presentation.xml",
        "vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    ),
}
_ENABLED = {
    "word": "vnd.ms-word.document.macroEnabled.main+xml",
    "xl": "vnd.ms-excel.sheet.macroEnabled.main+xml",
    "ppt": "vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
}


def relations(*rows: tuple[str, str, bool]) -> bytes:
    """Return a part of relationships: kind, target, whether it lies outside."""
    inner = "".join(
        f'<Relationship Id="rId{n}" Type="{REL}/{kind}" Target="{target}"'
        f"{' TargetMode=' + chr(34) + 'External' + chr(34) if outside else ''}/>"
        for n, (kind, target, outside) in enumerate(rows, 1)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="{PKG}/relationships">{inner}</Relationships>'.encode()


def office(
    kind: str = "word",
    parts: Mapping[str, bytes] | None = None,
    rows: Sequence[tuple[str, str, bool]] = (),
    *,
    enabled: bool = False,
    body: str = "<w:p><w:r><w:t>Formulaire de remboursement</w:t></w:r></w:p>",
) -> bytes:
    """Return an office file of one kind (`word`, `xl`, `ppt`) with further parts and relations."""
    main, content_type = _MAIN[kind]
    if enabled:
        content_type = _ENABLED[kind]
    folder, _, name = main.rpartition("/")
    types = (
        f'<?xml version="1.0"?><Types xmlns="{PKG}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
        f'<Override PartName="/{main}" ContentType="application/{content_type}"/></Types>'
    )
    document = {
        "word": f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>',
        "xl": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets/></workbook>',
        "ppt": '<p:presentation xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"/>',
    }[kind]
    return zipped(
        {
            "[Content_Types].xml": types.encode(),
            "_rels/.rels": relations(("officeDocument", main, False)),
            main: document.encode(),
            f"{folder}/_rels/{name}.rels": relations(*rows),
            **(parts or {}),
        }
    )


def opendocument(
    parts: Mapping[str, bytes] | None = None, body: str = "", kind: str = "text"
) -> bytes:
    """Return an OpenDocument file with this in its body, and further parts."""
    spaces = (
        "".join(
            f' xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{rest}:1.0"'
            for prefix, rest in (
                ("office", "office"),
                ("text", "text"),
                ("table", "table"),
                ("draw", "drawing"),
                ("script", "script"),
            )
        )
        + ' xmlns:xlink="http://www.w3.org/1999/xlink"'
    )
    content = f"<office:document-content{spaces}>{body}</office:document-content>"
    manifest = (
        '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    )
    return zipped(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}".encode(),
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
            **(parts or {}),
        }
    )


def field(instruction: str) -> str:
    """Return a Word field as runs."""
    return (
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>'
        f'{instruction}</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


class Pdf:
    """A PDF of one page, made step by step."""

    def __init__(self, pages: int = 1) -> None:
        self.file = pikepdf.new()
        for _ in range(pages):
            self.file.add_blank_page()
        self.root = self.file.Root
        self.page = self.file.pages[0].obj

    def make(self, **keys: object) -> pikepdf.Object:
        """Return a dictionary as an object of its own."""
        return self.file.make_indirect(Dictionary({f"/{k}": v for k, v in keys.items()}))

    def script(self, text: str) -> pikepdf.Object:
        """Return an action that runs a script."""
        return self.make(S=Name.JavaScript, JS=String(text))

    def attach(self, name: str, content: bytes) -> None:
        """Attach a file."""
        self.file.attachments[name] = pikepdf.AttachedFileSpec(self.file, content, filename=name)

    def form(self, *fields: pikepdf.Object, **keys: object) -> None:
        """Make a form of these fields."""
        self.root.AcroForm = self.make(Fields=Array(list(fields)), **keys)
        self.page.Annots = Array(list(fields))

    def box(self, name: str, **keys: object) -> pikepdf.Object:
        """Return a field to write in."""
        return self.make(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String(name),
            Rect=Array([10, 10, 200, 30]), **keys,
        )  # fmt: skip

    def link(self, action: pikepdf.Object) -> None:
        """Put a link on the page."""
        self.page.Annots = Array(
            [self.make(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 99, 99]), A=action)]
        )

    def bytes(self, *, packed: bool = False, **options: object) -> bytes:
        """Return the file."""
        out = io.BytesIO()
        mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
        self.file.save(out, object_stream_mode=mode, **options)  # type: ignore[arg-type]  # as pikepdf names them
        return out.getvalue()
