"""Prose: invented patients, and the sentences their letters are made of."""

import textwrap
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

BLANK = "§§§"  # stands in a master letter where a paragraph will be
COLUMN = 84  # characters of a printed line

NAMES = (
    "Lefèvre", "Durand", "Moreau", "Béranger", "Garnier", "Faure", "Chevalier", "Gauthier",
    "Noël", "Perrin", "Müller", "Dos Santos", "Benali", "Nguyen", "Le Goff", "D’Angelo", "Roux",
    "Fontaine", "Lacroix", "Traoré", "Kowalski", "Guérin", "Besson", "Masson", "Çelik",
)  # fmt: skip
FIRST_NAMES = (
    "Élodie", "Jean-Pierre", "Françoise", "Anaïs", "Loïc", "Camille", "Zoé", "René", "Inès",
    "Michel", "Aïcha", "Benoît", "Chloé", "Gaël", "Hélène", "Mathis", "Noémie", "Yann",
)  # fmt: skip
REASONS = (
    "Renouvellement d’ordonnance", "Douleur lombaire", "Toux fébrile", "Vaccination",
    "Certificat de sport", "Suivi de grossesse", "Bilan annuel", "Hypertension artérielle",
)  # fmt: skip
ACTS = ("Consultation", "Visite à domicile", "Échographie", "ECG", "Suture", "Frottis", "Vaccin")
EXAMINATIONS = (
    "Échographie abdominale", "Radiographie du thorax", "Électrocardiogramme", "Bilan sanguin",
    "IRM lombaire", "Doppler des membres inférieurs", "Fond d’œil", "Spirométrie",
)  # fmt: skip
ASSAYS = (
    ("Hémoglobine", "g/dL", 12.0, 16.0), ("Leucocytes", "G/L", 4.0, 10.0),
    ("Plaquettes", "G/L", 150.0, 400.0), ("Glycémie à jeun", "g/L", 0.7, 1.1),
    ("Créatinine", "mg/L", 6.0, 12.0), ("Cholestérol LDL", "g/L", 0.8, 1.6),
    ("TSH", "mUI/L", 0.4, 4.0), ("Ferritine", "µg/L", 20.0, 250.0),
)  # fmt: skip
COLLEAGUES = ("Lambert", "Ait-Kaci", "Vasseur", "Schmitt", "Rey", "Oliveira", "Hébert")
SPECIALTIES = ("cardiologie", "rhumatologie", "dermatologie", "pneumologie", "gynécologie")
MEDICINES = (
    "paracétamol 1 g", "amlodipine 5 mg", "ramipril 2,5 mg", "metformine 850 mg",
    "lévothyroxine 75 µg", "oméprazole 20 mg", "amoxicilline 1 g", "atorvastatine 20 mg",
)  # fmt: skip
FINDINGS = (
    "l’examen clinique est sans particularité, la tension est à {high}/{low} mmHg",
    "l’auscultation cardiaque est régulière, à {pulse} battements par minute, sans souffle",
    "l’abdomen est souple et indolore, le poids est de {weight} kg",
    "la saturation est à {oxygen} % en air ambiant, les mollets sont souples",
    "on note une douleur à la palpation de L{vertebra}, sans déficit moteur",
    "la lésion mesure {size} mm, ses bords sont réguliers et sa couleur est homogène",
)
PLANS = (
    "Je propose de poursuivre {medicine} pendant {weeks} semaines et de revoir le dossier ensuite.",
    "Un contrôle biologique est prévu dans {weeks} semaines ; {medicine} est maintenu.",
    "J’ai remplacé le traitement habituel par {medicine}, à réévaluer dans {weeks} semaines.",
    "Pas de modification du traitement ; prochain rendez-vous dans {weeks} semaines.",
)
OPENINGS = (
    "J’ai reçu ce jour en consultation {who}, né(e) le {born}, pour : {reason}.",
    "Je vous remercie de m’avoir adressé {who}, né(e) le {born}, pour : {reason}.",
    "Je revois {who}, né(e) le {born}, {weeks} semaines après sa dernière visite : {reason}.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """Somebody who does not exist."""

    name: str
    first_name: str
    born: date
    telephone: str

    @property
    def initials(self) -> str:
        """Return the first letters of first name and name."""
        return self.first_name[0] + self.name[0]


def patient(rng: Random) -> Patient:
    """Invent a patient."""
    prefix = rng.choice(("01 99 00", "06 39 98"))
    return Patient(
        name=rng.choice(NAMES),
        first_name=rng.choice(FIRST_NAMES),
        born=date(1930, 1, 1) + timedelta(days=rng.randint(0, 34_000)),
        telephone=f"{prefix} {rng.randint(0, 99):02} {rng.randint(0, 99):02}",
    )


def letter(rng: Random, who: Patient, day: date, *, paragraphs: int) -> list[str]:
    """Return a letter about `who`: date, salutation, `paragraphs` paragraphs and signature."""
    colleague = rng.choice(COLLEAGUES)
    lines = [f"Lyon, le {day:%d/%m/%Y}", f"Chère consœur, cher confrère {colleague},"]
    for number in range(paragraphs):
        opening = OPENINGS if number == 0 else FINDINGS
        sentences = [rng.choice(opening), rng.choice(FINDINGS), rng.choice(PLANS)]
        filled = [_filled(rng, sentence, who) for sentence in sentences]
        lines.append(" ".join(text[0].upper() + text[1:].rstrip(".") + "." for text in filled))
    lines.append(f"Avis demandé en {rng.choice(SPECIALTIES)}. Téléphone : {who.telephone}.")
    lines.append("Bien confraternellement, Dr A. Vernier")
    return lines


def wrapped(paragraph: str) -> list[str]:
    """Return a paragraph as printed lines."""
    return textwrap.wrap(paragraph, COLUMN)


def _filled(rng: Random, sentence: str, who: Patient) -> str:
    return sentence.format(
        who=f"{who.first_name} {who.name}",
        born=f"{who.born:%d/%m/%Y}",
        reason=rng.choice(REASONS).lower(),
        medicine=rng.choice(MEDICINES),
        weeks=rng.randint(2, 24),
        high=rng.randint(110, 160),
        low=rng.randint(60, 95),
        pulse=rng.randint(55, 98),
        weight=rng.randint(45, 110),
        oxygen=rng.randint(94, 100),
        vertebra=rng.randint(1, 5),
        size=rng.randint(2, 18),
    )
