"""Scripts: in a PDF, in a page, or as a file of their own. Judged by what they reach for."""

import re

from vigie.domain.evidence.documents import Act
from vigie.knowledge.file_names import AT_A_CLICK, ending_of
from vigie.readers.document.walk import Part, Walk, text_of

# What Acrobat writes into a form that computes or formats a field, and the little around it.
_OWN = re.compile(
    r"\s*(?:(?:event\.value\s*=\s*)?AF[A-Z]\w*\s*\((?:[^()\"']|\"[^\"]*\"|'[^']*'|new Array\s*\([^()]*\))*\)\s*;?\s*)+",
)
_PDF_HARMFUL = re.compile(
    r"exportDataObject\s*\(.*nLaunch|unescape\s*\(\s*[\"']%u|%u[0-9a-f]{4}%u[0-9a-f]{4}%u"
    r"|Collab\.(?:collectEmailInfo|getIcon)|media\.newPlayer|util\.printf\s*\(\s*[\"']%\d{4,}"
    r"|spell\.customDictionaryOpen|app\.launchURL\s*\(\s*[\"'](?:javascript|file):"
    r"|eval\s*\(\s*(?:unescape|String\.fromCharCode|\w+\.replace)|ActiveXObject|WScript\.|this\.exportDataObject",
    re.IGNORECASE | re.DOTALL,
)
_PDF_SENDS = re.compile(
    r"submitForm\s*\(|mailForm\s*\(|Net\.HTTP|SOAP\.(?:request|connect)", re.IGNORECASE
)
_PDF_GOES = re.compile(r"launchURL\s*\(|getURL\s*\(|openDoc\s*\(", re.IGNORECASE)
_ASKS = re.compile(r"app\.response\s*\([^)]*(?:password|mot de passe|bPassword\s*:\s*true)|bPassword\s*:\s*true", re.IGNORECASE)  # fmt: skip

# A script for Windows' own hosts, whatever it is called.
_WINDOWS = re.compile(
    r"\bActiveXObject\s*\(|WScript\.(?:Shell|CreateObject|Network|Echo|Sleep|Quit|Arguments|ScriptFullName)"
    r"|\bCreateObject\s*\(\s*[\"']|Scripting\.FileSystemObject|Shell\.Application|GetObject\s*\(\s*[\"']winmgmts"
    r"|<hta:application|<scriptlet\b|<package>\s*<job|<job\b[^>]{0,1000}>\s*<script|\bOn Error Resume Next\b"
    r"|MSXML2\.(?:Server)?XMLHTTP|ADODB\.Stream|new\s+ActiveX",
    re.IGNORECASE,
)
_SHELL = re.compile(
    r"powershell(?:\.exe)?\s+[-/]|Invoke-(?:Expression|WebRequest|RestMethod)|\bIEX\b|DownloadString|DownloadFile"
    r"|FromBase64String|-EncodedCommand|\bcertutil\b.{0,40}-(?:decode|urlcache)|\bbitsadmin\b|\bmshta(?:\.exe)?\s"
    r"|\bregsvr32\b|\brundll32\b|vssadmin\s+delete|Start-Process|New-Object\s+(?:System\.)?Net\.WebClient"
    r"|curl[^\n|]{0,200}\|\s*(?:ba)?sh|wget[^\n|]{0,200}\|\s*(?:ba)?sh|Set-MpPreference|schtasks\s+/create",
    re.IGNORECASE,
)
_LIKE_A_PROGRAM = re.compile(
    r"^\s*(?:@echo\s+off|#!\s*/|<job\b|<package>|<scriptlet|Dim\s+\w+|Set\s+\w+\s*=\s*CreateObject|var\s+\w+\s*="
    r"\s*new\s+ActiveXObject|function\s+\w+\s*\(|param\s*\(|\$\w+\s*=|import\s+(?:os|sys|subprocess)\b|<\?php|<%@?)",
    re.IGNORECASE | re.MULTILINE,
)
_ENCODED = re.compile(rb"#@~\^[A-Za-z0-9+/]{6}==")  # a script as Microsoft's encoder leaves it

_MAKES = re.compile(
    r"createObjectURL|msSaveOrOpenBlob|msSaveBlob|navigator\.saveBlob|showSaveFilePicker",
    re.IGNORECASE,
)
_FROM_BYTES = re.compile(r"\bnew\s+(?:Blob|File)\s*\(|Uint8Array|\batob\s*\(|fromCharCode|data:[\w/.+-]+;base64", re.IGNORECASE)  # fmt: skip
_DATA = re.compile(
    r"(?:href|src|data|action|location(?:\.href)?|open)\s*[=(]\s*[\"']?data:(?!image/|font/|audio/|video/|text/css"
    r"|application/(?:font|x-font|json))[\w/.+-]*[;,]",
    re.IGNORECASE,
)
_DOWNLOAD = re.compile(
    r"\bdownload\s*=|\.download\s*=|setAttribute\s*\(\s*[\"']download", re.IGNORECASE
)
_HIDES = re.compile(
    r"document\.write(?:ln)?\s*\(\s*(?:unescape|atob|decodeURIComponent|String\.fromCharCode)"
    r"|\beval\s*\(\s*(?:unescape|atob|decodeURIComponent|String\.fromCharCode|function\s*\(p,a,c,k)"
    r"|unescape\s*\(\s*[\"'](?:%[0-9a-f]{2}){12}|(?:\\x[0-9a-f]{2}){40}|atob\s*\(\s*[\"'][A-Za-z0-9+/=]{200}"
    r"|\bFunction\s*\(\s*(?:atob|unescape|decodeURIComponent)|(?:innerHTML|srcdoc|outerHTML)\s*=\s*(?:atob|unescape)",
    re.IGNORECASE,
)
_SCHEMES = re.compile(r"[\"'(=]\s*(?:ms-msdt|search-ms|ms-search|ms-officecmd|ms-appinstaller|ms-cxh|vbscript|mk:@msitstore|ms-its):", re.IGNORECASE)  # fmt: skip
_SCRIPT = re.compile(r"<(?:\w+:)?script\b|javascript:|\bon(?:load|click|error|mouseover|begin|focus|toggle)\s*=|<foreignObject\b[^>]{0,1000}>\s*<(?:\w+:)?(?:body|iframe|html|script|form)", re.IGNORECASE)  # fmt: skip
_GOES = re.compile(
    r"http-equiv\s*=\s*[\"']?refresh[\"']?[^>]{0,1000}url\s*=\s*[\"']?\s*(?:https?:|//|\\\\|file:|data:)"
    r"|(?:window|document|top|self|parent)?\.?\blocation(?:\.href)?\s*=\s*[\"'`](?:https?:|//)"
    r"|location\.(?:replace|assign)\s*\(\s*(?:[\"'`](?:https?:|//)|atob|\w+\s*\))",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"type\s*=\s*[\"']?password|name\s*=\s*[\"']?(?:pass|pwd|passwd|password|motdepasse|mdp)\b", re.IGNORECASE)  # fmt: skip
_SENDS = re.compile(
    r"<form\b[^>]{0,1000}action\s*=\s*[\"']?\s*(?:https?:|//)|\bfetch\s*\(|XMLHttpRequest|\$\.(?:ajax|post)\s*\(|sendBeacon"
    r"|emailjs|api\.telegram|WebSocket\s*\(|\.action\s*=",
    re.IGNORECASE,
)
_ACTIVE = re.compile(
    r"<(?:applet|object|embed)\b[^>]{0,1000}(?:classid|\.swf|\.jar|\.hta|\.exe|code\s*=)",
    re.IGNORECASE,
)
_NEARBY = re.compile(
    r"(?:src|href|data|url)\s*[=(]\s*[\"']?\s*(?:\\\\\\?\\?[\w.-]+\\|file://[^/\s])", re.IGNORECASE
)


# One quick look for a word without which none of the above can match.
_ANYTHING = re.compile(
    r"script|object|shell|hta:|msxml|adodb|winmgmts|resume next|<job|data:|download|password|passwd|mdp"
    r"|motdepasse|refresh|location|file:|\\\\|<applet|<embed|on[a-z]{4,9}\s{0,8}=|blob|atob|ms-|search-"
)


class Scripts:
    """What scripts in one part reach for."""

    def __init__(self, walk: Walk, part: Part) -> None:
        self._walk, self._part = walk, part

    def in_pdf(self, text: str) -> None:
        """Say what a PDF's script does; a form that formats its own fields does nothing."""
        bare = re.sub(r"/\*.*?\*/|//[^\r\n]*", "", text[:2_000_000], flags=re.DOTALL).strip()
        if not bare or _OWN.fullmatch(bare):
            return
        if found := _PDF_HARMFUL.search(text):
            self._walk.saw(Act.PDF_SCRIPT_HARMFUL, self._part, found[0])
        elif _ASKS.search(text) and _PDF_SENDS.search(text):
            self._walk.saw(Act.ASKS_PASSWORD, self._part)
        elif found := _PDF_SENDS.search(text):
            self._walk.saw(Act.PDF_SENDS, self._part, found[0])
        elif found := _PDF_GOES.search(text):
            self._walk.saw(Act.PDF_GOES_ELSEWHERE, self._part, found[0])
        else:
            self._walk.saw(Act.PDF_SCRIPT, self._part, bare)

    def in_page(self, text: str, *, drawing: bool = False) -> None:
        """Say what a page would do in a browser."""
        walk, part = self._walk, self._part
        if not _ANYTHING.search(text.lower()):
            return
        if found := _WINDOWS.search(text):
            walk.saw(Act.SCRIPT_AT_A_CLICK, part, found[0])
        if found := _SCHEMES.search(text):
            walk.saw(Act.FETCHES, part, found[0])
        script = _SCRIPT.search(text)
        makes = _MAKES.search(text) and _FROM_BYTES.search(text)
        data = _DATA.search(text)
        saves = _DOWNLOAD.search(text) and (data or _FROM_BYTES.search(text))
        if makes or saves or (script and data):
            walk.saw(Act.PAGE_MAKES_FILE, part)
        elif data and not script:
            walk.saw(Act.PAGE_SENDS_AWAY, part, data[0])
        if _PASSWORD.search(text) and _SENDS.search(text):
            walk.saw(Act.ASKS_PASSWORD, part)
        if found := _GOES.search(text):
            walk.saw(Act.PAGE_SENDS_AWAY, part, found[0])
        if found := (_HIDES.search(text) or _ACTIVE.search(text) or (script if drawing else None)):
            walk.saw(Act.PAGE_SCRIPT, part, found[0])
        if found := _NEARBY.search(text):
            walk.saw(Act.FETCHES_NEARBY, part, found[0])

    def as_file(self) -> None:
        """Say what a text is that an interpreter would run, by its ending or by its words."""
        walk, part = self._walk, self._part
        ending = ending_of(part.name)
        text = text_of(part.untrusted[: 4 << 20])
        windows, shell = _WINDOWS.search(text), _SHELL.search(text)
        encoded = _ENCODED.search(part.untrusted)
        if ending in AT_A_CLICK or encoded:
            walk.saw(Act.SCRIPT_AT_A_CLICK, part, ending)
        elif windows or (shell and ending not in {"txt", "md", "log", "rst", "csv", "json"}):
            found = windows or shell
            walk.saw(Act.SCRIPT_AT_A_CLICK, part, found[0] if found else "")
        else:
            walk.saw(Act.SCRIPT, part, ending)

    def like_a_program(self) -> bool:
        """Return whether a text reads like a script for Windows or a shell, whatever its name."""
        text = text_of(self._part.untrusted[: 1 << 20])
        found = _WINDOWS.search(text) or _SHELL.search(text)
        begins = _LIKE_A_PROGRAM.match(text) or _LIKE_A_PROGRAM.search(text[:4000])
        return bool(_ENCODED.search(self._part.untrusted) or (found and begins)) or bool(
            re.match(r"\s*(?:@echo\s+off|#!\s*/)", text)
        )
