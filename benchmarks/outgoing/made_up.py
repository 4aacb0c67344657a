# ruff: noqa: PLR2004, E501, PLR0917, D401, SIM905 (a made-up world is made of numbers and lists of names)
"""A made-up practice: its people, its correspondents, and a year of its sent mail."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from folder import Folder

from vigie.domain.evidence.mail import Attachment, Mailbox, Message
from vigie.domain.evidence.structure import Kind
from vigie.knowledge.persons import folded

_FIRST = (
    "Jean Marie Pierre Claire Paul Anne Luc Sophie Michel Julie Alain Nathalie Hervé Camille Karim "
    "Nadia Youssef Fatima Hans Ursula Peter Katrin Marco Giulia Thomas Léa Hugo Emma Lucas Chloé "
    "Antoine Manon Olivier Sandrine Philippe Isabelle François Catherine Daniel Monique Éric Sylvie "
    "Nicolas Aurélie Stéphane Élodie Frédéric Valérie Mathieu Céline Guillaume Laure Benoît Hélène"
).split()
_LAST = (
    "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre "
    "Michel Garcia David Bertrand Roux Vincent Fournier Morel Girard André Lefèvre Mercier Dupont "
    "Lambert Bonnet François Martinez Legrand Garnier Faure Rousseau Blanc Guérin Müller Henry "
    "Roussel Nicolas Perrin Morin Mathieu Clément Gauthier Dumont Lopez Fontaine Chevalier Robin "
    "Masson Sanchez Gérard Nguyen Boyer Denis Lemaire Duval Joly Gautier Roger Roche Roy Noël Meyer "
    "Lucas Meunier Jean Perez Marchand Dufour Blanchard Marie Barbier Brun Dumas Brunet Schmitt "
    "Leroux Colas Favre Rochat Monnier Keller Weber Schneider Fischer Meier Rossi Bianchi Benali "
    "Haddad Diallo Traoré Kowalski Novak Da-Silva Ferreira"
).split()
_HOUSES = (
    "chu-lyon.fr hopital-nord.fr clinique-lilas.fr clinique-parc.fr ch-valence.fr irm-centre.fr "
    "radiologie-bellecour.fr labo-biorhone.fr cardio-presquile.fr hug-geneve.ch chuv-romand.ch "
    "kine-croixrousse.fr pneumo-villeurbanne.fr lyon.mssante.fr aura.mssante.fr cabinet-hin.hin.ch"
).split()
_FIRMS = (
    "logiciel-medical.fr materiel-sante.fr comptable-rhone.fr plombier-dupuis.fr assur-pro.fr "
    "nettoyage-vert.fr imprimerie-saone.fr energie-plus.fr"
).split()
_WEBMAIL = "gmail.com orange.fr hotmail.fr free.fr yahoo.fr laposte.net outlook.fr sfr.fr".split()
_ILL = (
    "diabète de type 2", "hypertension artérielle", "fracture du poignet", "suspicion de tumeur",
    "douleur thoracique", "insuffisance cardiaque", "grossesse de 12 semaines", "asthme",
)  # fmt: skip
_HOW = ("Cher {first},", "Cher confrère,", "Bonjour Docteur {last},", "Bonjour,", "Dr {last},",
        "Bonjour {first},", "Cher ami,", "Madame, Monsieur,")  # fmt: skip
_MOODS = 0.15  # of the messages, how many do not begin as those to the same person do
_PAPERS = ("CR_{LAST}_{First}.pdf", "Courrier {First} {LAST}.pdf", "scan.pdf", "IRM_genou.pdf",
           "resultats.pdf", "CR consultation.pdf")  # fmt: skip


@dataclass
class Correspondent:
    """Somebody the practice writes to, and the way it greets them but for moods and hurry."""

    box: Mailbox
    first: str
    last: str
    usual: str
    weight: float
    moods: random.Random

    @property
    def how(self) -> str:
        """Return how they are greeted this time."""
        if self.moods.random() >= _MOODS:
            return self.usual
        return "Bonjour," if self.moods.random() < 0.5 else self.moods.choice(_HOW)


@dataclass
class _Year:
    chance: random.Random
    moods: random.Random
    doctors: list[Correspondent] = field(default_factory=list)
    patients: list[Correspondent] = field(default_factory=list)
    desks: list[Correspondent] = field(default_factory=list)
    teams: list[list[Correspondent]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)


def practice(seed: int, messages: int = 3_000) -> Folder:
    """Return a year of one made-up practice: the same for the same seed."""
    year = _Year(random.Random(seed), random.Random(f"moods {seed}"))  # noqa: S311  (to be repeated)
    chance = year.chance
    staff = tuple(
        Mailbox(f"{name}@cabinet-vieux-port.fr", shown)
        for name, shown in (("dr.aubry", "Dr Elise Aubry"), ("secretariat", "Secrétariat"))
    )
    year.doctors = [_doctor(year) for _ in range(70)]
    year.patients = [_patient(year) for _ in range(350)]
    year.desks = [_desk(year) for _ in range(30)]
    year.teams = [chance.sample(year.doctors, chance.randint(4, 7)) for _ in range(5)]
    at, written = datetime(2025, 11, 3, 8, tzinfo=UTC), []
    for number in range(messages):
        at += timedelta(seconds=chance.expovariate(messages / (370 * 86_400)))
        written += _sends(year, chance.choice(staff), at, number)
    return Folder(title=f"practice {seed}", staff=staff, messages=tuple(written))


def _sends(year: _Year, writer: Mailbox, at: datetime, number: int) -> list[Message]:
    chance = year.chance
    kinds: Sequence[tuple[Callable[..., list[Message]], float]] = (
        (_letter, 0.40), (_to_patient, 0.30), (_to_desk, 0.17), (_to_team, 0.07), (_pair, 0.04),
        (_handed_on, 0.02),
    )  # fmt: skip
    kind = chance.choices([k for k, _ in kinds], [w for _, w in kinds])[0]
    return kind(year, writer, at, number)


def _letter(year: _Year, writer: Mailbox, at: datetime, number: int) -> list[Message]:
    """A letter to a colleague; two in three about a patient. One in fifty is to somebody new."""
    chance = year.chance
    if chance.random() < 0.02:
        year.doctors.append(_doctor(year))
        who = year.doctors[-1]
    else:
        who = chance.choices(year.doctors, [d.weight for d in year.doctors])[0]
    if chance.random() < 0.35:
        thanks = "Merci pour votre retour. À bientôt."
        if chance.random() < 0.5:
            thanks = f"{thanks}\n\n{_quoted(who, [], writer, at)}"
        last = chance.choice(_LAST)
        return [_message(writer, [who], at, number, who.how, thanks, f"RE: Mme {last}, {number}")]
    first, last = chance.choice(_FIRST), chance.choice(_LAST)
    title = chance.choice(("Mme", "M."))
    text = (
        f"Je vous adresse {title} {first} {last.upper()}, né(e) le "
        f"{chance.randint(1, 28)}/{chance.randint(1, 12)}/{chance.randint(1930, 2015)}, pour "
        f"{chance.choice(_ILL)}. Vous trouverez le compte rendu de consultation ci-joint.\n"
        "Traitement actuel : à revoir. Confraternellement, Dr Aubry"
    )
    name = chance.choice(_PAPERS).format(LAST=folded(last).upper(), First=first)
    inside = f"Patient : {first} {last.upper()}\n" if chance.random() < 0.5 else ""
    return [_message(writer, [who], at, number, who.how, text, f"{title} {last}", (name, inside))]


def _to_patient(year: _Year, writer: Mailbox, at: datetime, number: int) -> list[Message]:
    """A word to a patient; most wrote first, one in eight gets a paper about themselves."""
    chance = year.chance
    if chance.random() < 0.10:
        year.patients.append(_patient(year))
        who = year.patients[-1]
    else:
        who = chance.choices(year.patients, [p.weight for p in year.patients])[0]
    wrote = [_message(who.box, [], at - timedelta(hours=3), number, "Bonjour,", "Un rendez-vous ?")]
    wrote[0] = Message(**{f: getattr(wrote[0], f) for f in wrote[0].__slots__} | {
        "identity": f"in{number}", "to": (writer,)})  # fmt: skip
    before = wrote if chance.random() < 0.9 else []
    if chance.random() < 0.88:
        text = "Votre rendez-vous est confirmé pour mardi à 10 h. Cordialement."
        return [*before, _message(writer, [who], at, number, who.how, text)]
    text = "Voici votre ordonnance. Traitement : amoxicilline 500 mg pendant six jours."
    name = chance.choice(("Ordonnance.pdf", f"ORDO_{folded(who.last).upper()}_{who.first}.pdf"))
    return [*before, _message(writer, [who], at, number, who.how, text, paper=(name, ""))]


def _to_desk(year: _Year, writer: Mailbox, at: datetime, number: int) -> list[Message]:
    chance = year.chance
    if chance.random() < 0.05:
        year.desks.append(_desk(year))
        who = year.desks[-1]
    else:
        who = chance.choice(year.desks)
    return [_message(writer, [who], at, number, who.how, "Pouvez-vous nous renvoyer la facture ?")]


def _to_team(year: _Year, writer: Mailbox, at: datetime, number: int) -> list[Message]:
    """A round to a team: some are left out; now and then a colleague joins for the first time."""
    chance = year.chance
    team = chance.choice(year.teams)
    some = [who for who in team if chance.random() < 0.85] or team
    text, answers = "La réunion est à 19 h.", chance.random() < 0.4
    before = list(some)
    if chance.random() < 0.04:
        some = [*some, chance.choice(year.doctors)]
        if chance.random() < 0.5:
            text = f"J’ajoute {some[-1].first} {some[-1].last}. {text}"
    if answers:
        text = f"{text}\n\n{_quoted(before[0], before[1:], writer, at)}"
    some = list({who.box.address: who for who in some}.values())
    subject = f"{'RE: ' if answers else ''}Réunion numéro {number}"
    return [_message(writer, some, at, number, "Bonjour à tous,", text, subject)]


def _handed_on(year: _Year, writer: Mailbox, at: datetime, number: int) -> list[Message]:
    """The same thing, handed on to a few colleagues one after the other."""
    some = year.chance.sample(year.doctors, year.chance.randint(1, 4))
    text = "Pour votre information."
    subject = f"TR: Planning de garde {number}"
    return [
        _message(
            writer, [who], at + timedelta(minutes=n), number * 1_000_000 + n, who.how, text, subject
        )
        for n, who in enumerate(some)
    ]


def _quoted(
    who: Correspondent, others: Sequence[Correspondent], writer: Mailbox, at: datetime
) -> str:
    """What mail programs put below an answer."""

    def shown(box: Mailbox) -> str:
        return f"{box.name} <{box.address}>" if box.name else box.address

    if not others:
        return f"Le {at:%d/%m/%Y} à {at:%H:%M}, {shown(who.box)} a écrit :\n> Bonjour,\n> Merci d’avance."
    people = "; ".join(shown(box) for box in (writer, *(other.box for other in others)))
    return f"De : {shown(who.box)}\nEnvoyé : {at:%d/%m/%Y %H:%M}\nÀ : {people}\nObjet : Réunion\n\nÀ 19 h ?"


def _pair(year: _Year, writer: Mailbox, at: datetime, number: int) -> list[Message]:
    """Two or three colleagues, by chance."""
    chance = year.chance
    some = chance.sample(year.doctors, chance.randint(2, 3))
    how = "Chers confrères," if chance.random() < 0.7 else f"Cher {some[0].first},"
    return [_message(writer, some, at, number, how, "Pour votre information.")]


def _message(  # noqa: PLR0913  (what a message is made of)
    writer: Mailbox,
    to: Sequence[Correspondent],
    at: datetime,
    number: int,
    how: str,
    text: str,
    subject: str = "",
    paper: tuple[str, str] = ("", ""),
) -> Message:
    greeting = how.format(first=to[0].first, last=to[0].last) if to else how
    name, inside = paper
    attached = Attachment(name=name, kind=Kind.PDF, size=80_000, digest="1" * 64, text=inside)
    return Message(
        digest=f"{number:064x}",
        size=5_000,
        sender=writer,
        identity=f"out{number}",
        date=at,
        subject=subject,
        text=f"{greeting}\n\n{text}\n",
        to=tuple(who.box for who in to),
        attachments=(attached,) if name else (),
    )


def _person(year: _Year) -> tuple[str, str]:
    return year.chance.choice(_FIRST), year.chance.choice(_LAST)


def _doctor(year: _Year) -> Correspondent:
    chance = year.chance
    first, last = _person(year)
    f, n, house = folded(first), folded(last), chance.choice(_HOUSES)
    local = chance.choice((f"{f}.{n}", f"{f}.{n}", f"{f[0]}.{n}", f"dr.{n}", f"{n}"))
    shown = chance.choice((f"Dr {first} {last}", f"{first} {last}", f"{last.upper()} {first}", ""))
    return _new(year, f"{local}@{house}", shown, first, last, chance.choice(_HOW))


def _patient(year: _Year) -> Correspondent:
    chance = year.chance
    first, last = _person(year)
    f, n = folded(first), folded(last)
    local = chance.choice(
        (f"{f}.{n}", f"{f}{n}", f"{n}.{f}{chance.randint(1, 99)}", f"{f[0]}{n}", f"{f}{chance.randint(10, 99)}",
         f"{chance.choice(('titi', 'loulou', 'soleil', 'bricole'))}{chance.randint(10, 9999)}")
    )  # fmt: skip
    how = chance.choice(
        ("Bonjour,", "Bonjour Madame {last},", "Bonjour Monsieur {last},", "Bonjour {first},")
    )
    return _new(
        year,
        f"{local}@{chance.choice(_WEBMAIL)}",
        chance.choice((f"{first} {last}", "")),
        first,
        last,
        how,
    )


def _desk(year: _Year) -> Correspondent:
    chance = year.chance
    first, last = _person(year)
    local = chance.choice(
        ("contact", "info", "compta", "commandes", f"{folded(first)}.{folded(last)}")
    )
    return _new(year, f"{local}@{chance.choice(_FIRMS)}", "", first, last, "Bonjour,")


def _new(  # noqa: PLR0913  (what a person is made of)
    year: _Year, address: str, shown: str, first: str, last: str, how: str
) -> Correspondent:
    if address in year.taken:
        local, _, domain = address.partition("@")
        address = f"{local}{len(year.taken)}@{domain}"
    year.taken.add(address)
    weight = year.chance.paretovariate(1.2)
    return Correspondent(Mailbox(address, shown), first, last, how, min(weight, 30.0), year.moods)
