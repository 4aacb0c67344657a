# ruff: noqa: E501, SIM905, PLR2004 (templates, told whole)
"""How many notes with passwords are found, and how many ordinary papers are taken for one.

    python benchmarks/passwords/notes.py [--documents 2000] [--seed 1] [--part tuned|kept|both]

Notes and papers are made up from templates by the author of the rules. Templates are of two parts:
`tuned` was looked at while the rules were written, `kept` was written before and run at the end.
"""

import argparse
import random
from collections import Counter
from collections.abc import Callable, Sequence

from vigie.knowledge.passwords.notes import entries

Chance = random.Random
SITES = (
    "Doctolib Ameli Messagerie Banque Wifi Alarme Laboratoire Mutuelle Compta Urssaf Chorus "
    "Orange Free Amazon Agenda Télétransmission MSSanté Cloud Serveur Imprimante".split()
)
PEOPLE = "lea martin accueil secretariat dr.favre cabinet.tilleuls c.bernard".split()
WORDS = (
    "soleil printemps tilleul cheval merle bateau bonjour marseille chouchou cabinet azerty "
    "violon tracteur nuage".split()
)


def password(c: Chance) -> str:
    """Return a password as people make them."""
    word = c.choice(WORDS)
    return c.choice([
        f"{word.title()}{c.randrange(10, 99)}", f"{word}{c.randrange(2010, 2027)}!", f"{word}{c.randrange(1, 999)}",
        "".join(c.choice("abcdefghkmnpqrstuvwxyzABCDEFGHKLMNPQRSTUVWXYZ23456789!#-_") for _ in range(c.randrange(8, 15))),
        f"{word[:4].upper()}-{c.randrange(100, 999)}", f"{word}@{c.randrange(10, 99)}", f"{word}{c.choice(WORDS).title()}7",
        f"{c.randrange(1000, 999999)}", word,
    ])  # fmt: skip


def login(c: Chance) -> str:
    """Return a login."""
    who = c.choice(PEOPLE)
    return c.choice(
        [who, f"{who}@cabinet.example", f"{who}@orange.fr", str(c.randrange(10**7, 10**8))]
    )


Document = tuple[str, list[list[str]], int]  # the file's stem, its rows, how many passwords
Template = Callable[[Chance], Document]


def rows(text: str) -> list[list[str]]:
    """Return lines as rows of one cell."""
    return [[line] if line.strip() else [] for line in text.split("\n")]


def _several(
    c: Chance, stem: str, line: Callable[[str, str, str], str], between: str = "\n"
) -> Document:
    n = c.randrange(1, 6)
    said = [line(site, login(c), password(c)) for site in c.sample(SITES, n)]
    return stem, rows(between.join(said)), n


def labelled(word: str, sign: str, *, with_login: bool = True) -> Template:
    """Return a note of blocks: the place, who, the password."""

    def make(c: Chance) -> Document:
        def line(s: str, u: str, p: str) -> str:
            who = f"Identifiant{sign}{u}\n" if with_login else ""
            return f"{s}\n{who}{word}{sign}{p}"

        return _several(c, c.choice(["notes", "a faire", "divers", "memo"]), line, "\n\n")

    return make


def table(head: Sequence[str], order: str) -> Template:
    """Return a workbook: `order` says which column is what (s, u, p, or - for a remark)."""

    def make(c: Chance) -> Document:
        n, body = c.randrange(1, 8), []
        for site in c.sample(SITES, n):
            cells = {
                "s": site,
                "u": login(c),
                "p": password(c),
                "-": c.choice(["", "vu le 12/03/2025", "à changer"]),
            }
            body.append([cells[k] for k in order])
        return c.choice(["classeur", "liste", "Feuil1"]), [list(head), *body], n

    return make


def bare(stem: str, form: str) -> Template:
    """Return a file that is named after passwords, whose lines say nothing more."""

    def make(c: Chance) -> Document:
        n, said = c.randrange(1, 6), []
        for site in c.sample(SITES, n):
            secret = password(c)
            while secret.isdigit() or secret.isalpha() or len(secret) < 6:
                secret = password(c)
            said.append(form.format(s=site, u=login(c), p=secret))
        return stem, rows("\n".join(said)), n

    return make


def inline(form: str) -> Template:
    """Return a letter in which one line says a password."""

    def make(c: Chance) -> Document:
        text = (
            f"Bonjour Léa,\n{form.format(s=c.choice(SITES), u=login(c), p=password(c))}\nÀ demain."
        )
        return "mail Léa", rows(text), 1

    return make


def paper(stem: str, text: str) -> Template:
    """Return an ordinary paper, with numbers and names that change."""

    def make(c: Chance) -> Document:
        said = text.format(
            n=c.randrange(10, 99), m=c.randrange(1000, 9999), w=c.choice(WORDS), s=c.choice(SITES),
            u=login(c), d=f"{c.randrange(1, 28):02}/0{c.randrange(1, 9)}/2026",
        )  # fmt: skip
        return stem, rows(said), 0

    return make


TUNED: Sequence[Template] = (
    labelled("Mot de passe", " : "), labelled("mdp", ": "), labelled("MDP", " = ", with_login=False),
    table(["Site", "Identifiant", "Mot de passe"], "sup"), table(["Application", "Login", "mdp", "Remarque"], "sup-"),
    bare("mdp", "{s} {u} {p}"), bare("mots de passe cabinet", "{s} : {p}"), inline("Le mot de passe de {s} : {p}"),
    inline("mdp {s} : {p} (login {u})"), labelled("Passwort", ": "), labelled("code", " : "),
)  # fmt: skip
KEPT: Sequence[Template] = (
    labelled("Password", ":"), labelled("Mot de passe", "="), labelled("PWD", " -> "), labelled("mot de passe", " "),
    table(["Nom", "Utilisateur", "Password", "Date"], "sup-"), table(["Mot de passe", "Site", "Compte"], "psu"),
    table(["Logiciel", "Mot de passe du logiciel"], "sp"), bare("codes d'accès", "{s}\t{u}\t{p}"), bare("identifiants", "{s} - {u} - {p}"),
    bare("MDP_2025", "{s} {p}"), inline("pour {s} le mot de passe est {p}"), inline("mdp {s} {p}"),
    inline("Login: {u} / Password: {p}"), inline("nouveau mot de passe {s} = {p}"), inline("clé wifi {p}"),
)  # fmt: skip
PAPERS_TUNED: Sequence[Template] = (
    paper("charte", "Votre mot de passe doit comporter {n} caractères.\nNe l’écrivez jamais. Mot de passe : à changer tous les {n} jours."),
    paper("courrier", "Cher confrère, M. X, {n} ans, HbA1c 8,{n} %, Doliprane 500mg, RDV le {d} à 8h30. Code postal : 69003."),
    paper("codes ccam", "HBQK002 radio\nDEQP003 ECG {n},26\nYYYY600"), paper("aide", "Mot de passe oublié ? https://{s}.example/{m}"),
    paper("formulaire", "Identifiant : ______\nMot de passe : ______\nDate : {d}"),
    paper("procedure", "Mot de passe : voir avec Karim\nIdentifiant : {u}\nTél : 04 72 00 {n} {n}"),
)  # fmt: skip
PAPERS_KEPT: Sequence[Template] = (
    paper("contrat", "Le titulaire garde son mot de passe confidentiel. Le mot de passe est changé le {d}.\nArticle {n}."),
    paper("formation", "Un bon mot de passe : long, unique, et facile à retenir.\nExemple de phrase : trois mots et {n} signes."),
    paper("notice", "1. Saisissez le mot de passe de la messagerie {s}.\n2. Validez. Le mot de passe provisoire expire après {n} heures."),
    paper("ordonnance", "Amoxicilline 1g x{n}/j\nVitamine B12\nCode barre : 34009{m}{m}\nN° dossier : A{m}"),
    paper("inventaire", "Imprimante HP-{m} série CN{m}X{n}\nÉcran 24''\nPIN de la sonde : voir notice\nAccès : salle {n}"),
    paper("compte rendu", "Pass sanitaire : valide. Code de la route : obtenu. Clé du local : chez {u}.\nMot-clé : {w}{n}"),
    paper("facture", "Identifiant client : {u}\nRéférence : FR{m}{n}\nTotal : {n},90 €\nPour vos accès : espace client, mot de passe habituel."),
    paper("RGPD", "Politique de mots de passe : 12 caractères, 4 types. Mot de passe administrateur : détenu par la direction. Revue le {d}."),
)  # fmt: skip


def score(
    name: str, notes: Sequence[Template], papers: Sequence[Template], n: int, seed: int
) -> None:
    """Print one row of the table; what was missed or wrong is counted by template."""
    c = random.Random(seed)  # noqa: S311  (a benchmark, to be repeated)
    met = passwords = found = wrong = noted = 0
    missed: Counter[int] = Counter()
    for i in range(n):
        stem, said, held = notes[i % len(notes)](c)
        got = len(entries(said, stem))
        noted, passwords, found = noted + (got > 0), passwords + held, found + min(got, held)
        wrong += max(0, got - held)
        missed[i % len(notes)] += held - min(got, held)
    flagged: Counter[int] = Counter()
    for i in range(n):
        stem, said, _ = papers[i % len(papers)](c)
        flagged[i % len(papers)] += bool(entries(said, stem))
    met = sum(flagged.values())
    print(f"| {name} | {noted / n:.3f} | {found / passwords:.3f} | {wrong} | {met / n:.3f} |")
    if show:
        print("missed by template", dict(missed), "papers flagged", dict(flagged))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--documents", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--part", choices=["tuned", "kept", "both"], default="both")
    parser.add_argument("--show", action="store_true", help="Which templates were missed.")
    chosen = parser.parse_args()
    show = chosen.show
    print(
        "| part | notes found | passwords found | counted too many | papers taken for notes |\n|---|---|---|---|---|"
    )
    if chosen.part != "kept":
        score("tuned", TUNED, PAPERS_TUNED, chosen.documents, chosen.seed)
    if chosen.part != "tuned":
        score("kept", KEPT, PAPERS_KEPT, chosen.documents, chosen.seed)
