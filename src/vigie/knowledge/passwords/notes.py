"""Which lines and cells of a document hold passwords: by rule, in the cell that reads it.

A label says so (« mdp : », a column headed « Mot de passe »), or the file's own name does; then
what stands beside it must look like a password and not like the end of a sentence.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vigie.domain.evidence.secrets import Secret
from vigie.knowledge.passwords.labels import (
    HEADINGS,
    LOGIN,
    PLURAL,
    SEPARATOR,
    STRONG,
    WEAK,
    evident,
    flat,
    named,
    possible,
)

MOST = 500  # entries of one document; a practice has a hundred places to sign in to
_QUALIFIED = 40  # characters between a label and its colon: « mot de passe du Wi-Fi invités : »
_SHORT_LINE = 7  # words: longer is a sentence
_HEADING = 60  # characters
_UNLABELLED = 6  # characters of a password that only the file's name announces
_QUOTED = re.compile(r"[\"«“„]\s*([^\"»”“]{4,64}?)\s*[\"»”“]")
_EDGE = " \t:;,-–—|/•*·>()[]=."
_LETTERS_FOLLOW = re.compile(r"\s(?![(\[/|,;–-])\S")


@dataclass(slots=True)
class _Reading:
    """What the rows above have said."""

    title: str
    listed: bool
    columns: Mapping[int, str] = field(default_factory=dict)
    place: str = ""
    login: str = ""
    awaited: bool = False


def entries(rows: Sequence[Sequence[str]], stem: str = "") -> list[Secret]:
    """Given a document as rows of cells (a line of text is one cell), return its passwords.

    `stem` is the file's name without its ending.
    """
    reading = _Reading(title=stem, listed=named(stem))
    found: dict[tuple[str, str, str], Secret] = {}
    for untidy in rows:
        row = [cell.strip() for cell in untidy]
        for entry in _of_row(row, reading):
            found.setdefault((entry.place, entry.login, entry.password), entry)
            if len(found) >= MOST:
                return list(found.values())
    return list(found.values())


def _of_row(row: Sequence[str], reading: _Reading) -> Iterator[Secret]:
    if not any(row):
        reading.columns, reading.login, reading.awaited, reading.place = {}, "", False, ""
        return
    if columns := _columns(row):
        reading.columns = columns
        return
    if reading.columns:
        yield from _of_table(row, reading)
        return
    if reading.awaited and len(row) == 1 and possible(row[0]) and " " not in row[0]:
        reading.awaited = False
        yield _entry(reading, "", row[0])
        return
    reading.awaited = False
    _take_login(row, reading)
    several = list(_of_cells(row, reading))
    yield from several
    if not several:
        yield from _unlabelled(row, reading)
        _take_heading(row, reading)


def _columns(row: Sequence[str]) -> Mapping[int, str]:
    """Return what each column holds, if this row is the heading of a table; else nothing."""
    said = [flat(cell).strip(_EDGE) for cell in row]
    filled = [cell for cell in said if cell]
    secret = [i for i, cell in enumerate(said) if STRONG.fullmatch(cell) or cell in _ALONE]
    if not secret or len(filled) < 2:  # noqa: PLR2004  (one cell is no heading of a table)
        return {}
    others = [cell for i, cell in enumerate(said) if cell and i not in secret]
    known = [cell for cell in others if LOGIN.fullmatch(cell) or set(cell.split()) & HEADINGS]
    if len(filled) == 2 and secret[0] == 0 and not known:  # noqa: PLR2004  (a label and its value)
        return {}
    if any(evident(cell) for cell in row if cell):
        return {}
    roles = {i: "login" for i, cell in enumerate(said) if LOGIN.fullmatch(cell)}
    return {**roles, **dict.fromkeys(secret, "secret")}


_ALONE = frozenset({"code", "codes", "pass", "pw", "mdp", "secret"})


def _of_table(row: Sequence[str], reading: _Reading) -> Iterator[Secret]:
    secret = [i for i, role in reading.columns.items() if role == "secret"]
    login = next((row[i] for i, r in reading.columns.items() if r == "login" and i < len(row)), "")
    place = next((cell for i, cell in enumerate(row) if cell and i not in reading.columns), "")
    for i in secret:
        if i < len(row) and possible(row[i]) and not _prose(row[i]):
            yield Secret(place=place or reading.title, login=login, password=row[i])


def _prose(value: str) -> bool:
    words = flat(value).split()
    return len(words) > 1 and not any(evident(word) for word in value.split())


def _of_cells(row: Sequence[str], reading: _Reading) -> Iterator[Secret]:
    for i, cell in enumerate(row):
        said = flat(cell)
        label = STRONG.search(said)
        if label is None and (reading.login or reading.listed):
            label = WEAK.search(said)
        if label is None:
            continue
        after = next((c for c in row[i + 1 :] if c), "") if _only(said, label) else ""
        if after:
            if possible(after) and not _prose(after):
                yield _entry(reading, " ".join(row[:i]), after)
            return
        if value := _beside(cell, said, label):
            before = cell[: label.start()].strip(_EDGE)
            named_so = before if len(before) > len("mon") else _qualifier(cell, said, label)
            yield _entry(reading, named_so, value)
        elif _only(said, label):
            reading.awaited = True
            reading.listed = reading.listed or bool(PLURAL.search(said))


def _only(said: str, label: re.Match[str]) -> bool:
    """Return whether a cell holds nothing but its label."""
    return not (said[: label.start()] + said[label.end() :]).strip(_EDGE)


def _beside(cell: str, said: str, label: re.Match[str]) -> str:
    """Return the password that stands after a label in the same cell, or nothing."""
    separator = SEPARATOR.search(said, label.end())
    if separator is None or separator.start() - label.end() > _QUALIFIED:
        return _last_word(cell, said, label)
    rest = cell[separator.end() :]
    if quoted := _QUOTED.match(rest):
        return quoted[1] if possible(quoted[1]) else ""
    told = separator[0].strip() not in {":", "=", "->", "→", "⇒"}
    token = rest.split()[0].rstrip(",;)»”") if rest.split() else ""
    follows = rest[rest.find(token) + len(token) :]
    next_label = LOGIN.search(flat(follows)) or STRONG.search(flat(follows))
    if next_label:
        follows = follows[: next_label.start()]
    if told or _LETTERS_FOLLOW.match(follows):
        return token if evident(token) else _phrase(rest) if not told else ""
    return token if possible(token) else ""


def _phrase(rest: str) -> str:
    """Return a passphrase of several plain words, as machines propose them; else nothing."""
    words = rest.strip().split()
    plain = all(re.fullmatch(r"[a-z]{4,12}", word) for word in words)
    joined = not any(flat(word) in _SMALL for word in words)
    return rest.strip() if plain and joined and 3 <= len(words) <= 8 else ""  # noqa: PLR2004


_SMALL_WORDS = """
    avec pour dans doit etre sont votre notre leur cette celui dont plus tous toutes sans voir
    demander chaque mois jours caracteres changer cabinet meme vous nous elle elles ceux from
    your must with this that changed every muss sein oder nicht eine einen fois tard aupres
    secretariat medecin docteur personne merci depuis apres avant chez
"""
_SMALL = frozenset(_SMALL_WORDS.split())


def _last_word(cell: str, said: str, label: re.Match[str]) -> str:
    """Return the end of a short line that has a label and no colon: « mdp doctolib Soleil24 »."""
    words = cell[label.end() :].split()
    if not words or len(said.split()) > _SHORT_LINE:
        return ""
    return words[-1] if evident(words[-1]) else ""


def _qualifier(cell: str, said: str, label: re.Match[str]) -> str:
    separator = SEPARATOR.search(said, label.end())
    end = separator.start() if separator else label.end()
    return cell[label.end() : end].strip(_EDGE)


def _take_login(row: Sequence[str], reading: _Reading) -> None:
    for i, cell in enumerate(row):
        said = flat(cell)
        label = LOGIN.search(said)
        if label is None:
            continue
        separator = SEPARATOR.match(said, label.end())
        words = cell[separator.end() :].split() if separator else []
        if words:
            reading.login = words[0].rstrip(",;")
        elif _only(said, label) and i + 1 < len(row):
            reading.login = row[i + 1]


def _unlabelled(row: Sequence[str], reading: _Reading) -> Iterator[Secret]:
    """Yield what a line of a file named after passwords ends with, where it looks like one."""
    words = [word for cell in row for word in re.split(r"[\s;|,]+|(?<=\s)/", cell) if word]
    if not reading.listed or not 1 < len(words) <= _SHORT_LINE:
        return
    if evident(words[-1], least=_UNLABELLED):
        login = next((word for word in words[1:-1] if "@" in word), "")
        yield Secret(place=words[0].strip(_EDGE), login=login, password=words[-1])


def _take_heading(row: Sequence[str], reading: _Reading) -> None:
    text = " ".join(cell for cell in row if cell).strip(_EDGE)
    said = flat(text)
    if text and len(text) <= _HEADING and not LOGIN.search(said) and not STRONG.fullmatch(said):
        reading.place = text


def _entry(reading: _Reading, place: str, password: str) -> Secret:
    named_here = place.strip(_EDGE)
    said = Secret(
        place=named_here[:_HEADING] or reading.place or reading.title,
        login=reading.login,
        password=password,
    )
    reading.login = ""
    return said
