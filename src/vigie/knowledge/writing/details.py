"""What is no name and tells one person from others all the same: trade, rare illness, event."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from tomllib import loads

from vigie.domain.evidence.writing import Kind, Mark
from vigie.knowledge.writing.lists import LISTS
from vigie.knowledge.writing.tokens import CAPITAL, Token

_DATA = loads((resources.files("vigie.knowledge.writing") / "populations.toml").read_text("utf-8"))
_LONGEST = 5  # words of one detail


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade: the larger class told instead of it (his, hers), and the share of people in it."""

    title: str
    instead: tuple[str, str]
    share: float


TRADES = {
    word: Trade(title, (row["instead"][0], row["instead"][1]), row["share"])
    for title, row in _DATA["professions"].items()
    for word in row["words"].split()
}
CLASSES = {trade.title: trade for trade in TRADES.values()}
_ILLNESSES = {
    **dict.fromkeys(_DATA["diseases"]["rare"].split(), _DATA["diseases"]["rare_share"]),
    **dict.fromkeys(_DATA["diseases"]["rarest"].split(), _DATA["diseases"]["rarest_share"]),
}
_STARTS = frozenset(key.split("_")[0] for key in (*TRADES, *_ILLNESSES))
# Said alone these are no illness: « mars », « west », « still ».
_NEEDS_HEAD = LISTS["needs_head"]
_HEADS = LISTS["eponym_heads"]
# What happened to one person on one day, and was talked about.
_EVENT = re.compile(
    r"(?i)\b(?:accident (?:de|d'|du|avec|sur)\s?(?:la |le |l'|son |un |une )?(?:tracteur|moto|route|voiture|ski|parapente|chasse|car|bus|train|v[ée]lo|trottinette|"
    r"quad|plong[ée]e|montagne|avion|deltaplane|camion|travail|tron[çc]onneuse|presse|moissonneuse|ULM|h[ée]licopt[èe]re|cheval)|"
    r"incendie|avalanche|noyade|noy[ée]e?|foudroy[ée]e?|frapp[ée]e? par la foudre|explosion|effondrement|[ée]boulement|inondation|"
    r"chute (?:de|d'|du) (?:\w+ ){0,2}(?:toit|[ée]chafaudage|falaise|cheval|clocher|arbre|silo|t[ée]l[ée]si[èe]ge|grange|pont)|tomb[ée]e? (?:du|d'un|de la) (?:toit|clocher|falaise|tracteur|pont|[ée]chafaudage|silo)|"
    r"tentative de suicide|pendaison|pendue?|d[ée]fenestr\w+|suicid[ée]e?|assassin\w+|meurtre|poignard\w+|coup de (?:couteau|fusil)|balle perdue|agress[ée]e?s? (?:par|dans|sur|devant)|braquage|prise d'otage|"
    r"viol[ée]e? par|mord(?:u|ue) par (?:un|une|le|la) (?:loup|ours|requin|vip[èe]re|chien du|serpent)|encorn[ée]e?|charg[ée]e? par (?:un|le) taureau|[ée]lectrocut\w+|[ée]cras[ée]e? par|renvers[ée]e? par|happ[ée]e? par|coinc[ée]e? sous|"
    r"accouch(?:[ée]e?|ement) (?:dans|sur|[àa] domicile|en pleine)|n[ée]e? dans (?:la voiture|l'ambulance|un train)|dans le journal|dans la presse|[àa] la t[ée]l[ée]|"
    r"fait la une|article du|Dauphin[ée]|Ouest-France|gagn[ée]e? au loto|loto|miss \w+|disparu pendant|retrouv[ée]e? (?:apr[èe]s|dans|mort\w*)|mise en examen|condamn[ée]e?|proc[èe]s|licenci[ée]e? (?:de|pour))\b"
)
_EVENT_SHARE = 0.001
_WORKS = re.compile(
    r"\b(?:travaille|salariée?|employée?|ouvri(?:er|ère)|cadre|apprentie?) (?:à|chez|au|aux) (?:l[ae']s? ?)?[A-ZÉ]\w+"
)
_ONCE = re.compile(
    r"(?i)\b(?:tripl[ée]e?s|quadrupl[ée]e?s|siamois\w*|doyenne?s? (?=d)|plus (?:vieille?|vieux|âgée?) (?:patiente?|habitante?|homme|femme) d)"
)
_CENTURY = re.compile(r"(?i)\bcentenaire\b")
# What is seen of somebody, or said of where they come from.
_TRAIT = re.compile(
    r"(?i)\b(?:transgenre|trans\b|albinos|aveugle|non-voyante?|malvoyante?|sourde?-muette?|amput[ée]e? d|hémipl[ée]gique|t[ée]trapl[ée]gi\w+|parapl[ée]gi\w+|"
    r"r[ée]fugi[ée]e?|sans[- ]papiers?|adopt[ée]e?s?|ancien d[ée]port[ée]|ancien combattant|religieuse|nonne|moine|s[œ]ur (?=[A-Z])|couvent|monast[èe]re|"
    r"(?:syrien|afghan|irakien|iranien|ukrainien|russe|tch[ée]tch[èe]ne|g[ée]orgien|arm[ée]nien|kosovar|albanais|somalien|soudanais|[ée]rythr[ée]en|[ée]thiopien|congolais|guin[ée]en|malien|"
    r"s[ée]n[ée]galais|camerounais|ivoirien|nig[ée]rian|sri[- ]lankais|bangladais|pakistanais|indien|n[ée]palais|tib[ée]tain|chinois|vietnamien|cambodgien|japonais|cor[ée]en|philippin|bolivien|colombien|"
    r"br[ée]silien|ha[ïi]tien|mongol|turc|kurde|rom\b|yézidi)(?:ne|e)?s?)\b"
)
_TWINS = re.compile(r"(?i)\b(?:jumeaux|jumelles|jumeau|jumelle)\b")
_RARELY = (
    (_TRAIT, 0.002),
    (_TWINS, 0.03),
    (_EVENT, _EVENT_SHARE),
    (_WORKS, _EVENT_SHARE),
    (_ONCE, 0.00002),
    (_CENTURY, 0.0004),
)
# « our village » is the writer's, whom the forum shows; « a village » is any.
_VILLAGE = re.compile(
    r"(?i)\b(?:(?:notre|mon|ce|du|le|au)(?: petit)? (village|hameau|bourg)(?! (?:de |d')(?!\d))|(village|hameau|bourg|commune|bourgade) de (\d[\d .]{0,7}) (?:habitants|âmes))\b"
)
_VALLEY = re.compile(
    r"\b(?:vallée|île|plateau|massif|presqu'île|canton|pays|hautes?-vallées?) (?:de la |du |des |de l'|de |d')[A-ZÉ][\w'-]+(?:-[\w'-]+)*"
)
# Who heads something that everybody around knows.
_HEAD = re.compile(
    r"(?i)\b(?:patron(ne)?|g[ée]rant(e)?|propri[ée]taire|tenanci(?:er|(ère))|direct(?:eur|(rice))|pr[ée]sident(e)?|entra[iî]neur|capitaine|chef(fe)?|gardien(ne)?|prof(?:esseure?)?|monit(?:eur|rice)|conduct(?:eur|rice)|anim(?:ateur|atrice)|[ée]lue?|conseill(?:er|ère)) "
    r"(?:de (?=[a-zé])|au |[àa] la |du (?:seul |petit )?|de la (?:seule )?|de l'(?:unique )?|d'une? |des )(?![^\W\d_]*(?:logie|trie|gie|rgie)\b|service|clinique|th[èe]se|soins?|labo|p[ôo]le|garde|recherche|facult|m[ée]decine|université|cabinet|sant[ée]|pharmacie|famille|consultation|patients?|m[ée]decins?|groupe|forum|jury|cpam|ars\b)[^\W\d_]+(?:-[^\W\d_]+)*"
)
_HEAD_SHARE = 0.0005
_FIRST_PERSON = re.compile(r"(?i)(?:je suis|moi,) (?:l[ae] |l')?$")
_VILLAGERS, _VALLEY_PEOPLE = 1_500, 10_000


def details(text: str, words: Sequence[Token]) -> Iterator[Mark]:
    """Yield trades, rare illnesses and events; `share` is the part of people that each fits."""
    skip = -1
    for index, token in enumerate(words):
        if index <= skip or token.word.fold.split("_")[0] not in _STARTS:
            continue
        last, key = _longest(words, index)
        if not key:
            continue
        if (
            (trade := TRADES.get(key))
            and _somebodys(words, index)
            and (trade.title != "care" or _aged(text, words[last].end))
        ):
            skip = last
            yield Mark(
                kind=Kind.PROFESSION,
                start=token.start,
                end=words[last].end,
                hint=f"{trade.title}:{_sex(words, index, key)}",
                share=_ALONE if _only_one(words, index) else trade.share,
            )
        elif key in _ILLNESSES and (key not in _NEEDS_HEAD or _headed(words, index)):
            skip = last
            yield Mark(
                kind=Kind.DISEASE, start=token.start, end=words[last].end, share=_ILLNESSES[key]
            )
    for found in _HEAD.finditer(text):
        if not _FIRST_PERSON.search(text, max(0, found.start() - 16), found.start()):
            yield Mark(
                kind=Kind.PROFESSION,
                start=found.start(),
                end=found.end(),
                hint=f"office:{'f' if found[1] else 'm'}",
                share=_HEAD_SHARE,
            )
    for pattern, share in _RARELY:
        for found in pattern.finditer(text):
            yield Mark(kind=Kind.EVENT, start=found.start(), end=found.end(), share=share)
    for found in _VILLAGE.finditer(text):
        people = int(re.sub(r"\D", "", found[3])) if found[3] else _VILLAGERS
        start = found.start(1) if found[1] else found.start()
        yield Mark(
            kind=Kind.REGION, start=start, end=found.end(), people=max(1, people), hint="village"
        )
    for found in _VALLEY.finditer(text):
        yield Mark(kind=Kind.REGION, start=found.start(), end=found.end(), people=_VALLEY_PEOPLE)


def _longest(words: Sequence[Token], index: int) -> tuple[int, str]:
    fold, last_found, key = "", index, ""
    for last in range(index, min(index + _LONGEST, len(words))):
        if last > index and words[last].before not in {" ", "-", "'"}:
            break
        word = words[last].word.fold
        word = "de" if word in {"du", "des"} else word
        fold = f"{fold}_{word}" if fold else word
        if fold in TRADES or fold in _ILLNESSES:
            last_found, key = last, fold
    return last_found, key


def _only_one(words: Sequence[Token], index: int) -> bool:
    """Return whether it is said that there is no other: « le seul notaire »."""
    return any(
        w.word.fold in {"seul", "seule", "unique", "dernier", "derniere"}
        for w in words[max(0, index - 2) : index]
    )


_ALONE = 0.000001


def _aged(text: str, end: int) -> bool:
    """Return whether an age follows: « une infirmière de 34 ans » is a patient, no colleague."""
    return re.match(r"(?: [^\W\d]+){0,2},? (?:de |d')?\d\d ans", text[end : end + 40]) is not None


def _headed(words: Sequence[Token], index: int) -> bool:
    return any(
        w.word.fold in _HEADS | {"atteint", "atteinte", "porteur", "porteuse", "un", "une"}
        for w in words[max(0, index - 4) : index]
    )


def _somebodys(words: Sequence[Token], index: int) -> bool:
    """Return whether a trade is somebody's: a boulanger, not le boulanger du coin's bread."""
    token = words[index]
    if token.word.case == CAPITAL and not token.opens and token.word.entry.last:
        return False  # « Mme Boulanger »
    before = [w.word.fold for w in words[max(0, index - 3) : index]]
    if (
        before
        and words[index - 1].word.title
        and words[index - 1].word.fold not in {"monsieur", "madame"}
    ):
        return False
    if before[-2:] in (["je", "suis"], ["suis", "une"], ["suis", "un"]):
        return False
    return not (before and before[-1] in {"cher", "comme", "chez", "maison"})


_HERS = ("ere", "euse", "trice", "ienne", "ante", "iste_f", "nne", "ee", "esse", "ane")


def _sex(words: Sequence[Token], index: int, key: str) -> str:
    before = {w.word.fold for w in words[max(0, index - 3) : index]}
    if before & {
        "une",
        "la",
        "elle",
        "patiente",
        "femme",
        "mme",
        "cette",
        "ma",
        "sa",
        "dame",
        "fille",
    }:
        return "f"
    return "f" if key.endswith(_HERS) else "m"
