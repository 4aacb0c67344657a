"""What a device's web page shows to somebody without a password: a login, settings, or neither.

Only the maker's own path proves anything; elsewhere the words of a form are a hint, and said as one.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

_LOGIN_PATH = re.compile(
    r"log[-_]?[io]n|signin|sign-in|anmeld|connexion|identif|auth", re.IGNORECASE
)
_LOGIN_WORDS = re.compile(
    r"\b(log ?in|log ?on|sign ?in|please (authenticate|enter)|(authentication|password|login) (is )?required"
    r"|session (has )?(expired|timed out)|not (authori[sz]ed|logged)|unauthori[sz]ed|access denied|forbidden"
    r"|connexion|connectez-vous|identifi(ez-vous|cation)|authentifi(ez-vous|cation)|acc[eè]s (refus|restreint)"
    r"|mot de passe (requis|administrateur requis)|veuillez (saisir|entrer)|session expir"
    r"|anmeld(en|ung)|einloggen|bitte (geben|melden)|zugriff verweigert|nicht angemeldet)",
    re.IGNORECASE,
)
_COUNTING = re.compile(
    r"attempts? (left|remaining)|remaining (attempts?|tries)|tentatives? (restantes?|avant)|essais restants"
    r"|locked( out)?\b|verrouill|bloqu[ée]|too many|trop de tentatives|captcha|verbleibende|gesperrt"
    r"|\b\d+ (failed|échecs?|tentatives)",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"invalid|incorrect|wrong (user|pass|login)|failed|failure|erron[ée]|[ée]chec|invalide|ung[üu]ltig|falsch",
    re.IGNORECASE,
)
_LEAVES = re.compile(
    r"log[-_ ]?(out|off)|sign[-_ ]?out|d[ée]connex|d[ée]connect|abmeld", re.IGNORECASE
)
_INSIDE = re.compile(
    r"welcome|bienvenue|willkommen|dashboard|tableau de bord|administration|configuration|param[èe]tres"
    r"|settings|r[ée]glages|einstellungen|[ée]tat|status|overview|aper[çc]u",
    re.IGNORECASE,
)
# What only a device's own settings are called, in the names of fields and beside them.
_SETTINGS = re.compile(
    r"ip[-_ ]?addr|adresse ?ip|ip-adresse|ipv4|ipv6|subnet|netmask|sous-r[ée]seau|masque|gateway|passerelle"
    r"|\bdns|dhcp|ssid|wi-?fi|wlan|wpa|snmp|communit|host ?name|nom d.h[oô]te|smtp|\bntp|time ?server"
    r"|firmware|upnp|port.?forward|redirection|\bdmz|firewall"
    r"|pare-feu|remote.{0,6}(admin|manag|access)|telnet|\bftp|\blpd|airprint|\bipp\b|9100|protocol|mac.?filter"
    r"|static|statique|vlan|proxy|ddns|pppoe|\bwan\b|\blan\b|channel|canal|stream|resolution|share|workgroup",
    re.IGNORECASE,
)
# A password that is being changed: settings at a maker's own path, a registration elsewhere.
_NEW_PASSWORD = re.compile(
    r"admin.{0,12}pass|new.?pass|confirm|nouveau mot|neues (pass|kenn)", re.IGNORECASE
)
_SECRET = re.compile(r"pass|pwd|\bpin\b|mot de|code|kennwort|secret", re.IGNORECASE)
_READ_ONLY = re.compile(
    r"(log ?in|sign ?in|authenticate) (first )?(to|before|for) (change|chang|modif|edit|apply|sav|mak)"
    r"|(connectez-vous|identifiez-vous|authentifiez-vous) (pour|avant)|lecture seule|read[- ]only"
    r"|nur lesen|schreibgesch|melden sie sich an, um|must (be )?log(ged)?[ -]?in|login required",
    re.IGNORECASE,
)
_SEARCH = re.compile(
    r"^(q|query|s|search|recherche|suche|lang|language|langue|sprache|locale)$", re.IGNORECASE
)
_OFFERS_SETTINGS = re.compile(
    r"setting|setup|config|admin|network|r[ée]seau|param|r[ée]glage|wi-?fi|wlan|wireless|security|s[ée]curit"
    r"|einstellung|netzwerk|sicherheit|system|manage|advanced|avanc|propert|protocol|tcp",
    re.IGNORECASE,
)
# A link may do something when it is followed: such links are left alone.
_DOES_SOMETHING = re.compile(
    r"reboot|restart|red[ée]marr|neustart|reset|r[ée]init|factory|usine|delete|remove|suppr|clear|effac"
    r"|l[öo]sch|print|imprim|druck|test|clean|nettoy|start|stop|apply|appliquer|save|enregistr|submit|upload"
    r"|upgrade|update|flash|format|erase|logout|log-out|signout|d[ée]connex|abmeld|disable|enable|wps|ping"
    r"|poweroff|shutdown|power|wake|scan|copy|fax|send|toggle|switch|action=|cmd=|do=",
    re.IGNORECASE,
)
_ENOUGH = 2  # settings in one form, where the path proves nothing
_FEW = 2  # visible fields of a login beside its password


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a form that can be changed. `label` is what stands beside it."""

    name: str
    kind: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """One form. Hidden, disabled and read-only fields are in `hidden` by name and value."""

    method: str
    action: str
    fields: tuple[Field, ...] = ()
    hidden: Mapping[str, str] = field(default_factory=dict)
    submits: bool = False

    @property
    def passwords(self) -> int:
        """Return how many fields hide what is typed."""
        return sum(one.kind == "password" for one in self.fields)

    @property
    def logs_in(self) -> bool:
        """Return whether this is where somebody signs in, and nothing else."""
        typed = {"text", "email", "tel", "number"}
        others = [one for one in self.fields if one.kind in typed]
        if self.settings >= _ENOUGH:
            return False
        if self.passwords:
            return self.passwords == 1 and len(others) <= _FEW
        secret = any(_SECRET.search(f"{one.name} {one.label}") for one in others)
        return secret and len(self.fields) <= _FEW + 1 and not self.settings

    @property
    def settings(self) -> int:
        """Return how many fields are called like settings of a device."""
        if len(self.fields) == 1 and _SEARCH.match(self.fields[0].name):
            return 0
        return sum(bool(_SETTINGS.search(f"{one.name} {one.label}")) for one in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One page as it was read: `text` in small letters, `links` inside the same device."""

    status: int
    path: str
    title: str = ""
    text: str = ""
    forms: tuple[Form, ...] = ()
    links: tuple[tuple[str, str], ...] = ()  # path, words
    onward: str = ""  # where a refresh leads
    away: bool = False
    challenge: str = ""


def asks(page: Shown) -> bool:
    """Return whether the page wants a password before it goes on."""
    if page.status in {401, 403, 407} or page.challenge:
        return True
    if page.away or _LOGIN_PATH.search(page.onward) or _LOGIN_PATH.search(page.path.split("?")[0]):
        return True
    if any(form.logs_in for form in page.forms) or _READ_ONLY.search(page.text):
        return True
    heading = f"{page.title} {page.text[:600]}"
    edits = any(form.settings >= _ENOUGH for form in page.forms)
    return bool(_LOGIN_WORDS.search(page.title)) or (
        not edits and bool(_LOGIN_WORDS.search(heading))
    )


def changes(page: Shown, *, at_least: int = _ENOUGH) -> bool:
    """Return whether the page shows settings in a form that can be sent."""
    return any(
        (form.settings >= at_least and form.submits and form.method == "post")
        or (form.settings > at_least and form.submits)
        for form in page.forms
    )


def proves(page: Shown, words: Sequence[str], *, nowhere: Shown | None) -> bool:
    """Return whether a page at its maker's own path proves that settings lie open.

    `nowhere` is what the device answers at a path that no maker has: a device that answers the
    same everywhere proves nothing.
    """
    if page.status != 200 or asks(page):
        return False
    if nowhere and nowhere.status == 200 and _alike(page, nowhere):
        return False
    if words:
        return all(word in page.text for word in words)
    if any(_LOGIN_WORDS.search(words) or _LOGIN_PATH.search(path) for path, words in page.links):
        return False  # somebody may sign in here: whether they must, a person looks
    return any(form.submits and _changes_a_setting(form) for form in page.forms)


def hints(page: Shown) -> bool:
    """Return whether a page elsewhere looks like settings that anybody may change."""
    return page.status == 200 and not asks(page) and changes(page)


def lets_in(after: Shown, before: Shown) -> bool:
    """Return whether what came back for a password is the inside, and no refusal in disguise."""
    if asks(replace(after, path="/")) or after.text == before.text or _REFUSED.search(after.text):
        return False
    inside = any(_LEAVES.search(f"{path} {words}") for path, words in after.links)
    words = f"{after.title} {after.text}"
    return inside or bool(_LEAVES.search(words) or _INSIDE.search(words)) or changes(after)


def counts_failures(*texts: str) -> bool:
    """Return whether a device says that it counts wrong passwords: then none is tried."""
    return any(_COUNTING.search(text) for text in texts)


def worth_following(page: Shown) -> tuple[str, ...]:
    """Return the links to look behind, the likeliest first; none that may do something."""
    likely = [
        path
        for path, words in page.links
        if _OFFERS_SETTINGS.search(f"{path} {words}")
        and not _DOES_SOMETHING.search(f"{path} {words}")
        and not _LOGIN_PATH.search(path)
    ]
    return tuple(dict.fromkeys(likely))


def _changes_a_setting(form: Form) -> bool:
    """Return whether a form at a maker's own path changes the device, and does not sign in."""
    fresh = any(_NEW_PASSWORD.search(f"{one.name} {one.label}") for one in form.fields)
    return not form.logs_in and (form.settings >= 1 or (fresh and form.passwords > 1))


def _alike(one: Shown, other: Shown) -> bool:
    return one.title == other.title and one.forms == other.forms
