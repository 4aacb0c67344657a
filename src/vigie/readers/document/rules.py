"""YARA-X rules that the caretaker keeps in a folder: what matches one is known to do harm.

They are compiled by the cell's parent, before it gives its files up; a rule never meets the practice's
files anywhere else.
"""

from pathlib import Path

import yara_x

from vigie.domain.evidence.documents import Act
from vigie.readers.document.walk import Part, Walk

_MOST_SCANNED = 32 * 1024 * 1024
_ENDINGS = (".yar", ".yara")
_compiled: list[yara_x.Rules] = []


class RulesWrong(Exception):
    """A file of rules cannot be understood; `str` names it and says why."""


def compile_folder(folder: Path) -> yara_x.Rules | None:
    """Return the rules of a folder; None where there are none. Raise RulesWrong or OSError."""
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in _ENDINGS)
    if not files:
        return None
    compiler = yara_x.Compiler(relaxed_re_syntax=True, error_on_slow_pattern=False)
    compiler.enable_includes(False)
    for file in files:
        try:
            compiler.new_namespace(file.stem)
            compiler.add_source(file.read_text("utf-8"), str(file))
        except (yara_x.CompileError, UnicodeError) as trouble:
            raise RulesWrong(f"{file}: {str(trouble).splitlines()[0]}") from trouble
    return compiler.build()


def prepare(folder: str) -> None:
    """Compile the rules of a folder for the cells that are forked from here."""
    _compiled.clear()
    if folder and (rules := compile_folder(Path(folder))):
        _compiled.append(rules)


def look(walk: Walk, part: Part) -> None:
    """Note each rule that a part matches. The cell's own time ends one that is too slow."""
    for rules in _compiled:
        scanner = yara_x.Scanner(rules)
        try:
            found = scanner.scan(part.untrusted[:_MOST_SCANNED]).matching_rules
        except (yara_x.ScanError, yara_x.TimeoutError):
            walk.saw(Act.UNREAD, part, "rules")
            continue
        for rule in found:
            walk.saw(Act.KNOWN_BAD, part, rule.identifier)
