"""PDF: what it does, by itself or at a click; judged by the action, never by a keyword."""

import io
import re
import zlib

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from vigie.domain.evidence.documents import Act
from vigie.knowledge.file_names import READ, ending_of, runs
from vigie.readers.document.scripted import Scripts
from vigie.readers.document.walk import MOST_EXPANDED, Damaged, Holder, Part, Swollen, Walk

_MOST_OBJECTS = 300_000
_MOST_STREAM = 64 * 1024 * 1024
_FIRST = 64 * 1024
_PACKED = re.compile(rb"/(?:ObjStm|XRef)\b")
_STREAM = re.compile(rb"stream\r?\n")
_PASSWORD_FIELD = 1 << 13
_ACTIONS = ("/JavaScript", "/Launch", "/SubmitForm", "/GoToR", "/GoToE", "/ImportData", "/Rendition", "/URI")  # fmt: skip
_MEDIA = frozenset({"/RichMedia", "/Movie", "/Screen", "/3D"})
_INVOICE = re.compile(r"(?:factur-?x|zugferd|xrechnung|order-?x).*\.xml$", re.IGNORECASE)
_QUIET = frozenset(
    {"xml", "jpg", "jpeg", "png", "gif", "tif", "tiff", "bmp", "xsd", "joboptions", "xmp"}
)


def _warm() -> None:
    """Open an encrypted PDF, so that qpdf has its source of chance before a cell cannot open it."""
    out = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.save(out, encryption=pikepdf.Encryption(owner="owner", user=""))
    pikepdf.open(out).close()


_warm()


def look(walk: Walk, part: Part) -> None:
    """Look at a PDF. Raise Damaged where nothing of it can be read."""
    _tables(walk, part)
    at = part.untrusted[:1024].find(b"%PDF-")
    pdf = _opened(walk, part, part.untrusted[max(at, 0) :])
    if pdf is None:
        return
    try:
        with pdf:
            _Reading(walk, part, pdf).look()
    except pikepdf.PikepdfError as trouble:
        raise Damaged("no_pdf") from trouble


def _opened(walk: Walk, part: Part, untrusted: bytes) -> pikepdf.Pdf | None:
    for password in ("", *walk.passwords):
        try:
            pdf = pikepdf.open(
                io.BytesIO(untrusted), password=password, suppress_warnings=True,
                access_mode=pikepdf.AccessMode.stream,
            )  # fmt: skip
        except pikepdf.PasswordError:
            continue
        except pikepdf.PikepdfError as trouble:
            raise Damaged("no_pdf") from trouble
        if password:
            walk.saw(Act.UNSEALED, part)
        return pdf
    walk.saw(Act.SEALED, part)
    return None


def _tables(walk: Walk, part: Part) -> None:
    """See that what qpdf unpacks on opening (tables, packed objects) stays within bounds."""
    raw = part.untrusted
    for found in _PACKED.finditer(raw):
        stream = _STREAM.search(raw, found.end(), found.end() + 2048)
        if not stream:
            continue
        unpack = zlib.decompressobj()
        try:
            out = unpack.decompress(raw[stream.end() : stream.end() + (1 << 22)], 1 << 24)
        except zlib.error:
            continue
        walk.spend(len(out))
        if unpack.unconsumed_tail:
            walk.saw(Act.SWELLS, part)
            raise Swollen


class _Reading:
    """One PDF on its way through."""

    def __init__(self, walk: Walk, part: Part, pdf: pikepdf.Pdf) -> None:
        self.walk, self.part, self.pdf = walk, part, pdf
        self.asks_password = self.sends = False

    def look(self) -> None:
        for count, untrusted in enumerate(self.pdf.objects):
            if count > _MOST_OBJECTS:
                raise Swollen
            if isinstance(untrusted, Stream):
                self._stream(untrusted)
                self._dictionary(untrusted.stream_dict)
            elif isinstance(untrusted, Dictionary):
                self._dictionary(untrusted)
        self._at_opening()
        self._form()
        if self.asks_password and self.sends:
            self.walk.saw(Act.ASKS_PASSWORD, self.part)

    def _dictionary(self, found: Object) -> None:
        keys = found.keys()
        if "/S" in keys:
            kind = str(found.get("/S"))
            if kind in _ACTIONS:
                self._action(found, kind, by_itself=False)
        if "/JS" in keys and "/S" not in keys:
            self._script(found.get("/JS"))
        if "/EF" in keys:
            self._attached(found)
        if "/Subtype" in keys and str(found.get("/Subtype")) in _MEDIA:
            self.walk.saw(Act.PDF_MEDIA, self.part, str(found.get("/Subtype")))
        if "/Ff" in keys and str(found.get("/FT", "/Tx")) == "/Tx":
            self.asks_password |= bool(_number(found.get("/Ff")) & _PASSWORD_FIELD)
        for inner in ("/A", "/PA", "/OpenAction"):
            action = found.get(inner) if inner in keys else None
            if isinstance(action, Dictionary) and not action.is_indirect and "/S" in action:
                self._action(action, str(action.get("/S")), by_itself=inner != "/A")
        if "/AA" in keys and isinstance(actions := found.get("/AA"), Dictionary):
            for key in actions.keys():  # noqa: SIM118  (a PDF dictionary yields none without)
                if isinstance(action := actions.get(key), Dictionary) and "/S" in action:
                    by_itself = key in ("/O", "/PO", "/PV", "/WC", "/E", "/Fo")
                    self._action(action, str(action.get("/S")), by_itself=by_itself)
        self._direct(found, keys)

    def _direct(self, found: Object, keys: set[str]) -> None:
        """Look at what stands right in a dictionary instead of in an object of its own."""
        for key in keys - {"/AA", "/A", "/PA", "/OpenAction", "/Parent", "/Resources"}:
            inner = found.get(key)
            if isinstance(inner, Dictionary) and not inner.is_indirect:
                self._dictionary(inner)
            elif isinstance(inner, Array) and not inner.is_indirect and len(inner) < 200:
                for item in inner:
                    if isinstance(item, Dictionary) and not item.is_indirect:
                        self._dictionary(item)

    def _action(self, action: Object, kind: str, *, by_itself: bool) -> None:
        if kind == "/JavaScript":
            self._script(action.get("/JS"))
        elif kind == "/Launch":
            self._launch(action)
        elif kind == "/SubmitForm":
            target = _target(action.get("/F"))
            if not target.lower().startswith("mailto:"):
                self.sends = True
                self.walk.saw(Act.PDF_SENDS, self.part, target)
        elif kind in ("/GoToR", "/GoToE"):
            target = _target(action.get("/F"))
            far = re.match(r"(?:https?:|ftp:|\\\\|//|file:)", target, re.IGNORECASE)
            if far or by_itself:
                self.walk.saw(Act.PDF_GOES_ELSEWHERE, self.part, target)
        elif kind == "/URI":
            target = _text(action.get("/URI"))
            odd = re.match(r"(?:javascript|file|ms-[\w-]+|search-ms|data|vbscript):|\\\\", target, re.IGNORECASE)  # fmt: skip
            if by_itself or odd:
                self.walk.saw(Act.PDF_GOES_ELSEWHERE, self.part, target)
        elif kind == "/ImportData":
            self.walk.saw(Act.PDF_GOES_ELSEWHERE, self.part, _target(action.get("/F")))
        elif kind == "/Rendition" and "/JS" in action:
            self._script(action.get("/JS"))

    def _launch(self, action: Object) -> None:
        target = _target(action.get("/F"))
        if isinstance(windows := action.get("/Win"), Dictionary):
            target = f"{_text(windows.get('/F'))} {_text(windows.get('/P'))}".strip() or target
        ending = ending_of(target.partition(" ")[0])
        harmless = ending in READ and not runs(ending) and " " not in target
        act = Act.PDF_GOES_ELSEWHERE if harmless else Act.PDF_LAUNCHES
        self.walk.saw(act, self.part, target)

    def _script(self, script: Object | None) -> None:
        text = (
            self._content(script).decode("latin-1") if isinstance(script, Stream) else _text(script)
        )
        Scripts(self.walk, self.part).in_pdf(text)

    def _attached(self, spec: Object) -> None:
        name = _text(spec.get("/UF")) or _text(spec.get("/F")) or "attachment"
        files = spec.get("/EF")
        if not isinstance(files, Dictionary):
            return
        stream = files.get("/UF") or files.get("/F")
        content = self._content(stream) if isinstance(stream, Stream) else b""
        if not _INVOICE.search(name) and ending_of(name) not in _QUIET | {"pdf"}:
            self.walk.saw(Act.FILE_INSIDE, self.part, name)
        if content:
            self.walk.into(self.part, content, name, Holder.DOCUMENT)

    def _at_opening(self) -> None:
        action = self.pdf.Root.get("/OpenAction")
        if isinstance(action, Dictionary) and "/S" in action:
            self._action(action, str(action.get("/S")), by_itself=True)
        for tree in ("/Names",):
            names = self.pdf.Root.get(tree)
            if isinstance(names, Dictionary) and "/JavaScript" in names:
                self._named(names.get("/JavaScript"), 0)

    def _named(self, node: Object | None, depth: int) -> None:
        if not isinstance(node, Dictionary) or depth > 16:
            return
        for item in list(node.get("/Names", Array()))[:2000]:
            if isinstance(item, Dictionary) and "/JS" in item:
                self._script(item.get("/JS"))
        for kid in list(node.get("/Kids", Array()))[:200]:
            self._named(kid, depth + 1)

    def _form(self) -> None:
        form = self.pdf.Root.get("/AcroForm")
        if not isinstance(form, Dictionary) or "/XFA" not in form:
            return
        xfa = form.get("/XFA")
        parts = [xfa] if isinstance(xfa, Stream) else list(xfa) if isinstance(xfa, Array) else []
        text = "".join(
            self._content(piece).decode("utf-8", "replace")
            for piece in parts
            if isinstance(piece, Stream)
        )
        if re.search(r"<script\b[^>]*>\s*[^<\s]", text) or re.search(r"<execute\b", text):
            self.walk.saw(Act.PDF_SCRIPT, self.part, "XFA")
        if found := re.search(r"<submit\b[^>]*target\s*=\s*[\"'](https?:[^\"']*)", text):
            self.sends = True
            self.walk.saw(Act.PDF_SENDS, self.part, found[1])
        if found := re.search(r"(?:href|uri|url)\s*=\s*[\"'](\\\\[^\"']*)", text):
            self.walk.saw(Act.PDF_GOES_ELSEWHERE, self.part, found[1])
        self.asks_password |= "<passwordEdit" in text

    def _stream(self, stream: Stream) -> None:
        """See that a stream does not swell. Most are not unpacked at all."""
        filters = stream.stream_dict.get("/Filter")
        if filters is None:
            return
        names = [str(f) for f in filters] if isinstance(filters, Array) else [str(filters)]
        packing = sum(name in ("/FlateDecode", "/Fl", "/LZWDecode") for name in names)
        size = _number(stream.stream_dict.get("/Length"))
        if not packing or (packing == 1 and size < 20_000):
            return
        if packing > 1:
            self._content(stream)
            return
        if names[0] not in ("/FlateDecode", "/Fl"):
            return
        raw = stream.read_raw_bytes()
        ratio = _ratio(raw[:_FIRST])
        if ratio * len(raw) > MOST_EXPANDED and _inflates_beyond(raw, MOST_EXPANDED):
            self.walk.saw(Act.SWELLS, self.part)

    def _content(self, stream: Stream) -> bytes:
        """Return a stream unpacked, within bounds."""
        raw = stream.read_raw_bytes()
        filters = stream.stream_dict.get("/Filter")
        names = (
            [str(f) for f in filters]
            if isinstance(filters, Array)
            else [str(filters)]
            if filters
            else []
        )
        for name in names:
            if name in ("/FlateDecode", "/Fl"):
                unpack = zlib.decompressobj()
                try:
                    raw = unpack.decompress(raw, _MOST_STREAM)
                except zlib.error:
                    break
                self.walk.spend(len(raw))
                if unpack.unconsumed_tail:
                    self.walk.saw(Act.SWELLS, self.part)
                    raise Swollen
            elif name in ("/ASCIIHexDecode", "/AHx"):
                digits = re.sub(rb"[^0-9A-Fa-f]", b"", raw.partition(b">")[0])
                raw = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
            elif len(raw) < 1 << 20:
                try:
                    return stream.read_bytes()
                except pikepdf.PdfError:
                    return raw
            else:
                break
        return raw


def _ratio(raw: bytes) -> float:
    unpack = zlib.decompressobj()
    try:
        return len(unpack.decompress(raw, 1 << 26)) / max(len(raw), 1)
    except zlib.error:
        return 0.0


def _inflates_beyond(raw: bytes, most: int) -> bool:
    unpack, total, rest = zlib.decompressobj(), 0, raw
    try:
        while rest and not unpack.eof:
            total += len(unpack.decompress(rest, 1 << 22))
            rest = unpack.unconsumed_tail
            if total > most:
                return True
    except zlib.error:
        pass
    return False


def _target(found: Object | None) -> str:
    if isinstance(found, Dictionary):
        return _text(found.get("/UF")) or _text(found.get("/F")) or _text(found.get("/Unix"))
    return _text(found)


def _number(found: object) -> int:
    return found if isinstance(found, int) else 0


def _text(found: object) -> str:
    if found is None or isinstance(found, Dictionary | Array | Stream | Name):
        return ""
    return str(found)
