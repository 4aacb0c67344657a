"""Generated posts: many people, places and numbers in sentences of several registers.

The sentences of `_KEPT` are counted apart, with `--kept`; they were kept aside at first, and used since.
Every person is invented. Numbers have right check digits nine times of ten: the tenth is a slip.
"""

import random
import unicodedata
from collections.abc import Callable, Iterator

from benchmarks.words.gold import Post, post

_WOMEN = (
    "Hélène Mathilde Jeanne Solène Nadia Brigitte Aurélie Corinne Fatima Odile Sylvie Marie-Ange Léa Chloé Manon "
    "Inès Josiane Paulette Ginette Raymonde Aïcha Khadija Priscilla Océane Kimberley Zineb Mireille Anne-Sophie "
    "Lucienne Yvette Aline Noémie Rose Claire Céleste Margaux Apolline Hortense Dounia Siham Ewa Ludmila Svetlana Thi "
    "Mariama Awa Nolwenn Maëlys Louane Jade Alba Victoire Ombeline Sixtine Blandine Ghislaine Huguette Simone"
).split()
_MEN = (
    "Gérard Bernard Thierry Jean-Luc Kévin Mohamed Youssef Théo Lucas Enzo Nathan Hugo Baptiste Yann Loïc Gildas "
    "Pascal Didier Serge René Marcel Lucien Émile Raymond Abdel Karim Rachid Moussa Ibrahima Seydou Dimitri Piotr "
    "Stéphane Ludovic Cédric Jordan Dylan Maxence Aurélien Xavier Tanguy Ronan Malo Titouan Gaspard Léon Achille "
    "Olivier Fabrice Arnaud Christian Jean-Marc Paul Pierre Alain Guy Norbert Ferdinand Wolfgang Urs Joost"
).split()
_LAST = (
    "Martin|Bernard|Petit|Durand|Leroy|Moreau|Simon|Lefebvre|Garcia|Roux|Fournier|Girard|Mercier|Blanc|Guerin|Boyer|Faure|"
    "Benali|Haddad|Cherif|Diallo|Traoré|Ndiaye|Nguyen|Tran|Pereira|Da Silva|Ferreira|Kowalski|Nowak|Rossi|Esposito|Müller|"
    "Keller|Schmitt|Vandenberghe|De Smet|Le Goff|Le Bihan|Kerbrat|Quéméner|Etcheverry|Bouquet|Marchand|Boulanger|Rivière|"
    "Chauvin|Delacroix|Vasseur|Carpentier|Lemaître|Poulain|Renard|Besnard|Charpentier|Gaillard|Maillard|Cousin|Bailly|"
    "Pruvost|Grandjean|Aubry|Thévenin|Mazet|Vialatte|Roumégoux|Peyrebrune|Kermarrec|Guézennec|Zurfluh|Brönnimann|Wawrzyniak|"
    "Abdallah|Ould Ahmed|Bensoussan|Cazaux-Lafitte|Dupont-Moret|Hoarau|Payet|Tchoumi|Mbarga|Oyelaran|Rajaonarison|Papadopoulos"
).split("|")
_TOWNS = (
    "Grenoble|Lyon|Nantes|Brest|Lens|Tours|Nice|Sète|Vienne|Gap|Angers|Mens|Vif|Crest|Aubenas|Privas|Bagnols-sur-Cèze|"
    "Saint-Étienne|Saint-Martin-d'Hères|Le Puy-en-Velay|La Rochelle|Les Sables-d'Olonne|Bourg-en-Bresse|Montluçon|Guéret|Ussel|"
    "Lausanne|Genève|Sion|Fribourg|Vevey|Yverdon|Delémont|Namur|Liège|Charleroi|Arlon|Mons|Dinant|Marche-en-Famenne|"
    "Esch-sur-Alzette|Diekirch|Thionville|Forbach|Saverne|Sélestat|Pontivy|Quimperlé|Landivisiau|Carhaix|Bayonne|Hasparren|"
    "Oloron-Sainte-Marie|Lourdes|Foix|Pamiers|Castelnaudary|Narbonne|Uzès|Apt|Manosque|Barcelonnette|Briançon|Modane|Albertville"
).split("|")
# Villages too small for the gazetteer.
_VILLAGES = (
    "Saint-Andéol|Châtel-en-Trièves|Rochefourchat|La Bâtie-des-Fonds|Beaumont-en-Diois|Villers-sous-Foucarmont|Mont-sous-Vaudrey|"
    "Saint-Julien-en-Quint|Les Vigneaux|Le Saix"
).split("|")
_STREETS = (
    "12 rue des Lilas|4 bis avenue Jean-Jaurès|27, boulevard Victor-Hugo|3 impasse du Moulin|118 route de la Gare|8 allée des Cerisiers|"
    "chemin des Vignes 14|rue de la Station 45|1 place de l'Église|15 quai Perrière|Bahnhofstrasse 7|22 chemin de Bellevue|6 rue du 8 Mai 1945"
).split("|")
_DATES = (
    "12/03/2024|3 septembre 2023|17.01.2025|le 5 mai|21 juin|mardi 14 janvier|1er février 2025|2024-11-30|30-09-2024|9 nov. 2024|22 août|vendredi 3 octobre 2025"
).split("|")
_BIRTHS = (
    "04/11/1958|1er juin 1949|12.03.1971|19 janvier 2008|23-08-1990|7 avril 1936|30/12/62".split(
        "|"
    )
)

_TUNED = """
Bonjour, avis svp pour {mme} {LAST}, {AGE}, qui habite {TOWN_A}. Merci d'avance.
J'ai reçu {FIRST} {LAST} en consultation {DATE_LE}, douleur thoracique atypique, ECG normal.
Patient {LAST_UP} {FIRST}, né le {BIRTH}, hospitalisé à {TOWN} pour une pneumopathie.
Quelqu'un connaît la famille {LAST} de {TOWN} ? {FIRST} est venu aux urgences hier soir.
{mme} {LAST} a rappelé, son numéro est le {PHONE}, elle attend le résultat de sa biopsie.
Mon patient {FIRST}, {AGE}, est suivi par le Dr {LAST} pour un diabète de type 1 mal équilibré.
La petite {FIRST_F} a vomi toute la nuit, sa maman {FIRST_F} est très inquiète. Gastro ? Elle a {AGE}.
Le fils de {m} {LAST} m'a écrit ({MAIL}) pour savoir si son père peut reprendre le volant.
CR de consultation du {DATE} : {m} {LAST} {FIRST_M}, NIR {NIR}, HTA équilibrée sous Coversyl.
Je transfère le dossier n° {RECORD} de {mme} {FIRST_F} {LAST} à nos confrères de {TOWN}.
Adresse du patient : {STREET}, {CP} {TOWN}. Tél {PHONE}.
Ma collègue {FIRST} m'a parlé d'un cas identique à {TOWN}, une certaine {mme} {LAST}.
Signé : Dr {FIRST} {LAST}, RPPS {RPPS}.
Est-ce que {LAST} est sorti ? Je parle de {m} {LAST}, chambre 12, celui de {TOWN}.
Assurée AVS {AVS}, {mme} {LAST}, domiciliée {STREET}, demande un deuxième avis.
NISS {NISS} : {FIRST} {LAST}, né le {BIRTH}, à {TOWN}. Mutuelle à vérifier.
Merci de virer la caution de {m} {LAST} sur le compte {IBAN}.
Pour rappel, {FIRST} {LAST} ne supporte pas l'Augmentin. Allergie notée depuis {DATE_LE}.
{FIRST_F} a {AGE}, elle vit seule à {TOWN} depuis la mort de {FIRST_M}.
Avec {FIRST} on se demandait si {mme} {LAST} n'aurait pas plutôt un syndrome de Sjögren.
On m'a adressé hier un enfant, {FIRST_M}, {AGE}, pour suspicion de Kawasaki. La mère s'appelle {FIRST_F} {LAST}.
Vu ce jour {LAST_UP} {FIRST} ({BIRTH}), renouvellement Levothyrox 75, TSH 2,1.
Désolé du retard, {m} {LAST} est décédé {DATE_LE} à {TOWN}, je finis le certificat.
Le kiné, {FIRST_M} {LAST}, propose d'arrêter les séances. Qu'en pensez-vous pour {mme} {LAST} ?
Bonjour {FIRST_F}, peux-tu rappeler {mme} {LAST} au {PHONE} ? Merci, {FIRST}
La voiture de {m} {LAST} ({PLATE}) bloque l'entrée de la maison médicale de {TOWN}.
Je suis {FIRST_F} depuis sa naissance, {AGE}, jamais malade, et là 40 de fièvre depuis 3 jours.
Suite au mail de {LAST}, je confirme : {FIRST_M} {LAST} habitait bien {STREET}.
Patiente âgée de {AGE}, originaire de {VILLAGE}, porteuse d'un pacemaker. Son aide à domicile : {FIRST_F}.
{m} et {mme} {LAST} ont déménagé à {VILLAGE}. Leur fils {FIRST_M} reste suivi chez nous.
"""

_KEPT = """
Chers confrères, je suis bien embêté avec {m} {LAST}, {AGE}, toujours fébrile depuis son retour de {TOWN}.
Vous souvenez-vous de {mme} {FIRST_F} {LAST} ? Elle consultait chez {LAST} à {TOWN}. Décédée {DATE_LE}.
Peut-on m'expliquer pourquoi {FIRST_M} {LAST}, opéré {DATE_LE}, n'a reçu aucun anticoagulant ?
Infos pratiques : la patiente loge {STREET} à {TOWN}, code postal {CP}, téléphone {PHONE}.
Pour {FIRST_F}, {AGE}, j'ai demandé une échographie. Le radiologue, {LAST}, n'y croit pas.
Qui remplace {FIRST} {LAST} au cabinet de {TOWN} ? J'ai son patient {m} {LAST} au bout du fil.
Identité : {LAST_UP}, {FIRST}. Naissance : {BIRTH}. Sécu : {NIR}. Courriel : {MAIL}.
Notre doyenne, {mme} {LAST}, vient de {VILLAGE}. Sa petite-fille {FIRST_F} l'accompagne toujours.
{FIRST_M} m'inquiète : {AGE}, chute hier dans l'escalier, sous Xarelto. {LAST} est de garde, je l'appelle.
Je confirme le rendez-vous de {FIRST_F} {LAST} {DATE_LE} à {TOWN}, merci de la prévenir sur son portable {PHONE}.
Le compte {IBAN} est celui de la veuve {LAST}, pas le nôtre. Corrigez svp.
Un certain {LAST} prétend être le tuteur de {FIRST_M}. Dossier {RECORD}. Je fais quoi ?
"""

_HARMLESS = """
Que faites-vous devant une maladie de {EPONYM} qui ne répond pas à {DRUG} ?
Le score de {EPONYM} est-il validé en médecine générale ?
Rupture de {DRUG} depuis lundi, par quoi remplacez-vous ?
Vous dosez {DRUG} à combien chez l'insuffisant rénal ?
Syndrome de {EPONYM} : qui adresse-t-on en premier ?
Fracture de {EPONYM} négligée, opérer ou plâtrer ?
Merci pour ce topo sur {EPONYM}, très clair.
""".strip().split("\n")
_EPONYMS = (
    "Horton Basedow Crohn Parkinson Hashimoto Charcot Wilson Marfan Raynaud Sjögren Behçet Hodgkin Paget Cushing Addison Ménière "
    "Dupuytren Glasgow Apgar Wells Romberg Maisonneuve Pouteau-Colles Bennett Guillain-Barré Gougerot-Sjögren Kawasaki Lyme Still Tietze"
).split()
_DRUGS = "Doliprane Kardegic Eliquis Xarelto Lyrica Ventoline Cortancyl Ozempic Levothyrox Augmentin Tahor Seroplex Méthotrexate Humira Plaquenil Lasilix".split()


def _luhn(digits: str) -> str:
    total = 0
    for place, char in enumerate(reversed(digits)):
        n = int(char) * (2 if place % 2 == 0 else 1)
        total += n - 9 if n > 9 else n
    return digits + str(-total % 10)


class _Slots:
    """What fills the sentences, with one person's dice."""

    def __init__(self, dice: random.Random, *, lower: bool) -> None:
        self._dice, self._lower = dice, lower

    def fill(self, sentence: str) -> str:
        slots: dict[str, Callable[[], str]] = {
            "mme": lambda: self._one("Mme", "Madame", "Mme", "Mlle", "Mme."),
            "m": lambda: self._one("M.", "Monsieur", "Mr", "M."),
            "LAST": lambda: self._mark("name", self._last()),
            "LAST_UP": lambda: self._mark("name", self._last().upper()),
            "FIRST": lambda: self._mark("name", self._dice.choice(_WOMEN + _MEN)),
            "FIRST_F": lambda: self._mark("name", self._dice.choice(_WOMEN)),
            "FIRST_M": lambda: self._mark("name", self._dice.choice(_MEN)),
            "TOWN": lambda: self._mark("town", self._dice.choice(_TOWNS)),
            "TOWN_A": lambda: "à " + self._mark("town", self._dice.choice(_TOWNS)),
            "VILLAGE": lambda: self._mark("town", self._dice.choice(_VILLAGES)),
            "STREET": lambda: self._mark("address", self._dice.choice(_STREETS)),
            "CP": lambda: self._mark("postcode", self._one("38000", "26400", "69003", "5000", "1950", "34700")),
            "DATE": lambda: self._mark("date", self._dice.choice(_DATES).removeprefix("le ")),
            "DATE_LE": self._date_le,
            "BIRTH": lambda: self._mark("birth_date", self._dice.choice(_BIRTHS)),
            "AGE": lambda: self._mark("age", f"{self._dice.randint(2, 98)} ans"),
            "PHONE": lambda: self._mark("phone", self._phone()),
            "MAIL": self._mail,
            "NIR": lambda: self._mark("nir", self._nir()),
            "RPPS": lambda: self._mark("rpps", _luhn(f"10{self._dice.randint(10**7, 10**8 - 1)}")),
            "RECORD": lambda: self._mark("record", str(self._dice.randint(10_000, 99_999_999))),
            "AVS": lambda: self._mark("avs", self._avs()),
            "NISS": lambda: self._mark("niss", self._niss()),
            "IBAN": lambda: self._mark("iban", self._iban()),
            "PLATE": lambda: self._mark("plate", f"{self._letters()}-{self._dice.randint(100, 999)}-{self._letters()}"),
            "EPONYM": lambda: self._dice.choice(_EPONYMS),
            "DRUG": lambda: self._dice.choice(_DRUGS),
        }  # fmt: skip
        out, at = [], 0
        while (start := sentence.find("{", at)) >= 0:
            end = sentence.index("}", start)
            out += [sentence[at:start], slots[sentence[start + 1 : end]]()]
            at = end + 1
        return "".join([*out, sentence[at:]])

    def _mark(self, kind: str, text: str) -> str:
        return f"{{{kind}|{text}}}"

    def _one(self, *choices: str) -> str:
        return self._dice.choice(choices)

    def _last(self) -> str:
        return self._dice.choice(_LAST)

    def _letters(self) -> str:
        return "".join(self._dice.choice("ABCDEFGHJKLMNPQRSTVWXYZ") for _ in range(2))

    def _date_le(self) -> str:
        date = self._dice.choice(_DATES).removeprefix("le ")
        day = date.split()[0] in {"mardi", "vendredi"}
        return ("" if day else "le ") + self._mark("date", date)

    def _phone(self) -> str:
        d = "".join(str(self._dice.randint(0, 9)) for _ in range(8))
        two = [d[i : i + 2] for i in range(0, 8, 2)]
        return self._one(
            f"06 {' '.join(two)}", f"07.{'.'.join(two)}", f"06{d}", f"+33 6 {' '.join(two)}", f"04-76-{'-'.join(two[:3])}",
            f"079 {d[:3]} {d[3:5]} {d[5:7]}", f"+41 79 {d[:3]} {d[3:5]} {d[5:7]}", f"0475 {d[:2]} {d[2:4]} {d[4:6]}", f"+352 621 {d[:3]} {d[3:6]}",
        )  # fmt: skip

    def _mail(self) -> str:
        name = f"{self._dice.choice(_MEN)}.{self._dice.choice(_LAST)}".lower().replace(" ", "")
        plain = "".join(
            c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c)
        )
        return self._mark(
            "mail", f"{plain}@{self._one('gmail.com', 'orange.fr', 'bluewin.ch', 'skynet.be')}"
        )

    def _slip(self, digits: str) -> str:
        if self._dice.random() < 0.9:
            return digits
        at = len(digits) - 1
        return digits[:at] + str((int(digits[at]) + 3) % 10)

    def _nir(self) -> str:
        body = f"{self._dice.choice('12')}{self._dice.randint(30, 99):02}{self._dice.randint(1, 12):02}{self._dice.randint(1, 95):02}{self._dice.randint(1, 990):03}{self._dice.randint(1, 999):03}"
        n = self._slip(body + f"{97 - int(body) % 97:02}")
        spaced = f"{n[0]} {n[1:3]} {n[3:5]} {n[5:7]} {n[7:10]} {n[10:13]} {n[13:]}"
        return self._one(n, spaced, spaced.replace(" ", "."), f"{n[:13]} {n[13:]}", spaced[:-3])

    def _avs(self) -> str:
        body = "756" + "".join(str(self._dice.randint(0, 9)) for _ in range(9))
        check = -sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body)) % 10
        n = self._slip(body + str(check))
        return self._one(f"{n[:3]}.{n[3:7]}.{n[7:11]}.{n[11:]}", n)

    def _niss(self) -> str:
        body = f"{self._dice.randint(30, 99):02}{self._dice.randint(1, 12):02}{self._dice.randint(1, 28):02}{self._dice.randint(1, 997):03}"
        n = self._slip(body + f"{97 - int(body) % 97:02}")
        return self._one(f"{n[:2]}.{n[2:4]}.{n[4:6]}-{n[6:9]}.{n[9:]}", n)

    def _iban(self) -> str:
        country, length = self._dice.choice((("FR", 23), ("BE", 12), ("CH", 17), ("LU", 16)))
        body = "".join(str(self._dice.randint(0, 9)) for _ in range(length))
        numeric = int(body + "".join(str(ord(c) - 55) for c in country) + "00")
        n = f"{country}{98 - numeric % 97:02}{body}"
        return self._one(n, " ".join(n[i : i + 4] for i in range(0, len(n), 4)))


def made(count: int, *, seed: int, kept: bool) -> Iterator[Post]:
    """Yield posts: two sentences each, a third of them without capitals and accents."""
    dice = random.Random(seed)
    sentences = (_KEPT if kept else _TUNED).strip().split("\n")
    for number in range(count):
        lower = number % 3 == 2
        if number % 8 == 7:
            body = _Slots(dice, lower=lower).fill(dice.choice(_HARMLESS))
            flags = {"harmless"}
        else:
            chosen = dice.sample(sentences, 2)
            body = " ".join(_Slots(dice, lower=lower).fill(s) for s in chosen)
            flags = {"names"}
        if lower:
            body = _lowered(body, dice)
            flags.add("lower")
        yield post(body, frozenset(flags))


def _lowered(text: str, dice: random.Random) -> str:
    """Write as one does on a telephone: no capitals, no accents, fewer apostrophes."""
    text = text.replace("œ", "oe")
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    plain = plain.lower()
    if dice.random() < 0.5:
        plain = (
            plain.replace("j'ai", "jai")
            .replace("n'a", "na")
            .replace("qu'", "qu")
            .replace("d'a", "da")
        )
    return plain
