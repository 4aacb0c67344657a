"""What runs beside Vigie: oletools and QuickSand over a list of files, in an environment of theirs.

`rivals` starts it with the other interpreter. Paths come on standard input, one a line; for each,
one JSON object goes out: what each tool thinks of it, and the processor's seconds it took. A tool
that raises, or takes longer than `PATIENCE`, has not found anything.
"""

import json
import logging
import signal
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import FrameType

PATIENCE = 20  # seconds, as long as a reader of Vigie's may take


def main() -> None:
    """Ask each tool about each file."""
    logging.disable(logging.CRITICAL)
    # What a tool prints is its own; the answers go out by a line that only they use.
    answers, sys.stdout = sys.stdout, sys.stderr
    signal.signal(signal.SIGALRM, _late)
    for line in sys.stdin:
        path = line.rstrip("\n")
        said: dict[str, object] = {"path": path}
        for tool, ask in TOOLS.items():
            began = time.process_time()
            said[tool] = _asked(ask, path)
            said[f"{tool}_seconds"] = time.process_time() - began
        print(json.dumps(said), file=answers, flush=True)


def _late(_signal: int, _frame: FrameType | None) -> None:
    raise TimeoutError


def _asked(ask: Callable[[str], bool], path: str) -> bool:
    signal.alarm(PATIENCE)
    try:
        return bool(ask(path))
    except (Exception, SystemExit):  # noqa: BLE001  (theirs: whatever it is, nothing was found)
        return False
    finally:
        signal.alarm(0)


def _oletools(path: str) -> bool:
    """Return whether one of five tools objects: mraptor, oleid, msodde, rtfobj, oleobj."""
    return any(_quietly(tool, path) for tool in (_macros, _risks, _exchange, _rtf, _relations))


def _quietly(tool: Callable[[str], bool], path: str) -> bool:
    try:
        return tool(path)
    except TimeoutError:
        raise
    except (Exception, SystemExit):  # noqa: BLE001  (as above; the other tools go on)
        return False


def _macros(path: str) -> bool:
    from oletools.mraptor import MacroRaptor  # noqa: PLC0415  (only in their environment)
    from oletools.olevba import VBA_Parser  # noqa: PLC0415

    parser = VBA_Parser(path)
    if not parser.detect_vba_macros():
        return False
    judged = MacroRaptor(parser.get_vba_code_all_modules())
    judged.scan()
    return bool(judged.suspicious)


def _risks(path: str) -> bool:
    from oletools.oleid import OleID  # noqa: PLC0415

    # It takes any text for the source of a macro: what macros do is mraptor's to say.
    signs = [sign for sign in OleID(path).check() if sign.id != "vba"]
    return any(str(sign.risk).lower() in {"high", "medium"} for sign in signs)


def _exchange(path: str) -> bool:
    from oletools import msodde  # noqa: PLC0415

    return bool(msodde.process_file(path, msodde.FIELD_FILTER_BLACKLIST).strip())


def _rtf(path: str) -> bool:
    from oletools.rtfobj import RtfObjParser, is_rtf  # noqa: PLC0415

    if not is_rtf(path):
        return False
    parser = RtfObjParser(Path(path).read_bytes())
    parser.parse()
    return any(found.is_ole for found in parser.objects)


def _relations(path: str) -> bool:
    from oletools import oleobj, ooxml  # noqa: PLC0415

    parser = ooxml.XmlParser(path)
    return any(True for _ in oleobj.find_external_relationships(parser))


def _quicksand(path: str) -> bool:
    from quicksand.quicksand import quicksand  # noqa: PLC0415

    judged = quicksand(path, timeout=PATIENCE)
    judged.process()
    return judged.results["rating"] > 0


TOOLS: Mapping[str, Callable[[str], bool]] = {"oletools": _oletools, "quicksand": _quicksand}

if __name__ == "__main__":
    main()
