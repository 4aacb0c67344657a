"""Invented words: names, lines of medical software, papers and notes. Nobody of that name is meant."""

import numpy as np

GIVEN = (
    "Marie Jean Nathalie Luc Sophie Karim Léa Théo Inès Hugo Chloé Adrien Fatou Bruno Odile Yves "
    "Agnès Noé Rémi Zoé Gaël Maëlle Jérôme Sébastien Françoise Thérèse Günther Beat Urs Anneke"
).split()
FAMILY = (
    "Martin Bernard Dubois Lefèvre Moreau Garcia Roux Fournier Girard Favre Rochat Nguyen Benali "
    "Diallo Peeters Lambert Mercier Blanchard Guérin Muller Faure Perrin Clément Gauthier Küng "
    "Vandamme Weber Schmitt Noël Lemaître Boyer Chevalier Renard Aubert"
).split()
TOWNS = "Lyon Mens Moudon Namur Arlon Nantes Quimper Sion Esch Auch Vesoul Tulle Privas".split()
ILLS = (
    "diabète de type 2|HTA|asthme|fibrillation auriculaire|lombalgie|BPCO|hypothyroïdie|migraine|"
    "insuffisance rénale|suivi de grossesse|vaccin DTP|anémie|arthrose du genou|épilepsie"
).split("|")
DRUGS = (
    "Doliprane 1000 mg|Metformine 850 mg|Amlodipine 5 mg|Levothyrox 75 µg|Ventoline|Kardégic 75 mg|"
    "Ramipril 5 mg|Oméprazole 20 mg|Xarelto 20 mg|Atorvastatine 40 mg"
).split("|")
LABELS = (
    "Nom|Prénom|Né(e) le|Adresse|Téléphone|Médecin traitant|Motif|Antécédents|Traitement|"
    "N° de sécurité sociale|Mutuelle|Allergies|Profession|Dernière visite|Poids|Tension"
).split("|")
MENUS = (
    "Fichier Édition Affichage Patients Agenda Courrier Ordonnance Examens Outils Aide"
).split()
LOGINS = "admin accueil secretariat docteur cabinet martin user poste1 infirmiere".split()
SECRETS = (
    "Soleil2024! azerty123 Cabinet69 Medoc#77 lilas2023 M@rtin1975 Doudou12 bienvenue1 Wifi-5421 "
    "P4ssword Toubib38! Chat_Noir9 kine2022 Sesame44 Vitale*2025"
).split()
CHORES = (
    "rappeler Mme Roux|acheter du café|réunion jeudi 14 h|commander gants M|RDV dentiste|"
    "penser au courrier|clé chez Odile|livraison lundi|anniversaire de Zoé|fermer les volets|"
    "appeler le labo|pain, lait, œufs|congés du 3 au 9|ramette A4"
).split("|")


class Words:
    """Words from one generator, so that a scene is the same each time."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng

    def one(self, of):
        """Return one of them."""
        return of[int(self.rng.integers(len(of)))]

    def person(self) -> str:
        """Return a name as software or people write it."""
        given, family = self.one(GIVEN), self.one(FAMILY)
        return self.one([f"{family.upper()} {given}", f"{given} {family}", f"M. {family}"])

    def date(self) -> str:
        """Return a date with slashes."""
        r = self.rng
        return f"{r.integers(1, 29):02d}/{r.integers(1, 13):02d}/{r.integers(1930, 2026)}"

    def phone(self) -> str:
        """Return a French telephone number."""
        return "0" + " ".join(f"{n:02d}" for n in self.rng.integers(10, 99, 5))

    def nir(self) -> str:
        """Return what looks like a social security number."""
        r = self.rng
        return (
            f"{r.integers(1, 3)} {r.integers(10, 99)} {r.integers(1, 13):02d} {r.integers(10, 96)} "
            f"{r.integers(100, 999)} {r.integers(100, 999)} {r.integers(10, 97)}"
        )

    def cell(self) -> str:
        """Return what stands in one cell of a list."""
        return self.one(
            [self.person, self.date, self.phone, self.nir, lambda: self.one(ILLS),
             lambda: self.one(DRUGS), lambda: self.one(TOWNS), lambda: f"{self.rng.integers(1, 99)}"]
        )()  # fmt: skip

    def sentence(self, most: int = 9) -> str:
        """Return a line of a letter."""
        parts = [self.cell() for _ in range(int(self.rng.integers(2, most)))]
        return " ".join(parts)[: most * 9]

    def note(self, *, secret: bool) -> list[str]:
        """Return the lines of a sticky note, with a password on it or not."""
        if not secret:
            return [self.one(CHORES) for _ in range(int(self.rng.integers(1, 4)))]
        login, word = self.one(LOGINS), self.one(SECRETS)
        return self.one(
            [[f"mdp : {word}"], [login, word], [f"login {login}", f"mdp {word}"],
             ["Code Windows", word], [f"Wifi {word}"], ["mot de passe", word],
             [f"ID: {login}", f"PW: {word}"], ["Doctolib", f"{login}@cabinet.example", word]]
        )  # fmt: skip
