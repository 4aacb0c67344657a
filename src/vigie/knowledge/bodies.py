"""Bodies and brands that are imitated: as data, and what a text claims of them."""

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib import resources
from itertools import product
from tomllib import loads
from typing import Any

from rapidfuzz.distance import OSA

from vigie.domain.evidence.mail import Body
from vigie.knowledge.domains import under

_BRACES = re.compile(r"\{([^{}]*)\}")
# Words that say nothing about who writes: `Microsoft account team` is Microsoft.
_SERVICE = frozenset(
    "team support service services account accounts security securite customer client clients kunden "
    "kundenservice center centre notification notifications alert alerts info message messages the de "
    "du des la le les l d mon votre your ihr ihre uw equipe assistance online group groupe france suisse "
    "schweiz deutschland belgique department admin administration billing delivery shipping no reply "
    "noreply update official officiel espace portail compte konto mail email news from via on behalf of "
    "et and und en fr ch be com sas sa ag gmbh inc ltd llc app direct express dein deine das der die "
    "rewards reward gift pro plus premium prime dear member important offre offres angebot atendimento".split()
)
_WORD = re.compile(r"[^\W_]+(?:['+&-][^\W_]+)*\+?")


class BodiesWrong(ValueError):
    """A file of bodies does not say what it should; the message says where."""


def read_bodies(text: str) -> tuple[Body, ...]:
    """Return the bodies of one TOML text, as in `bodies.toml`. Raise BodiesWrong otherwise."""
    try:
        tables = loads(text)["table"]
        return tuple(
            Body(
                title=row["title"],
                names=tuple(row.get("names", ())),
                alone=tuple(row.get("alone", ())),
                domains=frozenset(domain for each in row["domains"] for domain in _spread(each)),
                official=bool(table.get("official", True)),
            )
            for table in tables
            for row in table["rows"]
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise BodiesWrong(f"a table of bodies needs title, names and domains ({wrong})") from wrong


def _spread(pattern: str) -> Iterator[str]:
    """Yield the domains of `amazon.{fr,de}`."""
    choices = [found.split(",") for found in _BRACES.findall(pattern)]
    frame = _BRACES.sub("{}", pattern)
    yield from (frame.format(*chosen) for chosen in product(*choices))


BODIES = read_bodies((resources.files("vigie.knowledge") / "bodies.toml").read_text("utf-8"))


class Register:
    """Some bodies, ready to be looked for in texts that are plain (`letters.plain`)."""

    def __init__(self, bodies: Iterable[Body]) -> None:
        rows: dict[str, Body] = {}
        self._alone: dict[str, Body] = {}
        for body in bodies:
            rows |= {_key(name): body for name in body.names}
            self._alone |= dict.fromkeys(body.alone, body)
        self._rows = rows
        # The longest first: "banque postale" before "la poste".
        names = sorted({name for body in rows.values() for name in body.names}, key=len, reverse=True)
        self._find = re.compile(rf"(?<![^\W_])(?:{'|'.join(map(_pattern, names))})(?![^\W_])")
        # The narrowest first: `ameli.fr` before `gouv.fr`.
        self._owners = {domain: body for body in self.bodies for domain in body.domains}
        self._labels = {
            name: body for name, body in rows.items() if len(name) >= _LEAST_LABEL and name.isalnum()
        }

    @property
    def bodies(self) -> tuple[Body, ...]:
        """Return the bodies in this register."""
        return tuple({id(b): b for b in (*self._rows.values(), *self._alone.values())}.values())

    def in_name(self, name: str) -> Body | None:
        """Return the body that a sender's plain name claims to be, None where it claims none."""
        words = [word for word in _WORD.findall(name) if word not in _SERVICE]
        if (body := self._alone.get(" ".join(words))) is not None:
            return body
        found = self._find.search(name)
        if found is None:
            return None
        before = [w for w in _WORD.findall(name[: found.start()]) if w not in _SERVICE]
        after = [w for w in _WORD.findall(name[found.end() :]) if w not in _SERVICE]
        if before and len(before) + len(after) > 1:
            return None  # somebody who only mentions it
        return self._rows[_key(found[0])]

    def in_text(self, text: str) -> Body | None:
        """Return the first body that a plain text names, None where it names none."""
        found = self._find.search(text)
        return self._rows[_key(found[0])] if found else None

    def in_label(self, words: Sequence[str]) -> Body | None:
        """Return the body whose name is a word of a domain (`ameli-connexion` has two)."""
        return next((self._labels[word] for word in words if word in self._labels), None)

    def near(self, word: str) -> Body | None:
        """Return the body whose name a word of a domain almost is."""
        return self._labels.get(_near(word, tuple(self._labels)))

    def owner(self, host: str) -> Body | None:
        """Return the body whose own domain a host is."""
        host = host.lower().strip(".")
        while host:
            if (body := self._owners.get(host)) is not None:
                return body
            host = host.partition(".")[2]
        return None


_LEAST_LABEL = 5  # shorter names are parts of too many words
_LEAST_NEAR = 6


def _pattern(name: str) -> str:
    return re.escape(name).replace(r"\ ", "[ _-]?")


def _key(name: str) -> str:
    return re.sub(r"[ _-]", "", name)


@lru_cache(maxsize=4096)
def _near(word: str, labels: tuple[str, ...]) -> str:
    if len(word) < _LEAST_NEAR:
        return ""
    return next(
        (
            label
            for label in labels
            if len(label) >= _LEAST_NEAR
            and label != word
            and abs(len(label) - len(word)) <= 1
            and OSA.distance(label, word, score_cutoff=1) <= 1
        ),
        "",
    )


REGISTER = Register(BODIES)
