"""Words of health in five languages: forms that are about one patient, and medical words."""

import re

from vigie.knowledge.persons import folded

# Papers that are written about one patient. Folded: without accents, in lower case.
_FORMS = re.compile(
    r"\b(?:comptes?[ -]rendus? (?:d['’ ]?(?:hospitalisation|imagerie|anatomo\w*|echographie|irm|"
    r"examen|intervention|endoscopie|coloscopie|operation)|operatoires?|de (?:consultation|scanner|"
    r"radiologie|biologie|l['’]examen))|compte[ -]rendu medical|lettre de (?:liaison|sortie)|"
    r"courrier (?:de sortie|medical)|ordonnances?|certificats? medica(?:l|ux)|arret de travail|"
    r"feuille de soins|resultats? (?:d['’ ]?analyses?|de (?:laboratoire|biologie|la biopsie|"
    r"l['’]irm|prise de sang))|bilan (?:sanguin|biologique)|prise de sang|dossier medical|"
    r"protocole de soins|"
    r"arztbericht|arztbrief|austrittsbericht|entlassungsbrief|operationsbericht|befund(?:bericht)?|"
    r"laborbefund|laborwerte|blutwerte|arztzeugnis|rezept|uberweisung|krankengeschichte|"
    r"discharge (?:summary|letter)|medical (?:report|record|certificate|history)|"
    r"operative report|lab(?:oratory)? results?|blood (?:test|results?)|biopsy results?|"
    r"prescription|referral letter|sick note|"
    r"referto|lettera di dimissione|cartella clinica|ricetta medica|certificato medico|"
    r"esami del sangue|"
    r"ontslagbrief|verwijsbrief|medisch (?:verslag|dossier)|bloedonderzoek|voorschrift)\b"
)
_STEMS = (
    # French
    "diagnosti antecedent traitement posologie biops echograph radiograph scanner scintigraph "
    "hemogramm glycem hba1c cholesterol tension_arterielle hypertens diabet cancer tumeur tumoral "
    "metasta carcinom chimiotherap radiotherap seropositi hepatit depressi psychiatri anxi "
    "grossesse enceinte gynecolog cardiolog oncolog neurolog rhumatolog dermatolog urolog "
    "pneumolog "
    "patholog symptom douleur fracture intervention_chirurgicale chirurgi anesthes infarctus "
    "insuffisance prostat thyroid antibioti allergi vaccin hospitalis consultation_du "
    "examen_clinique "
    # German
    "diagnose behandlung beschwerden therapie medikament krebs bluthochdruck schwangerschaft "
    "entzundung schmerzen operation_vom ultraschall rontgen herzinfarkt schlaganfall impfung "
    # English
    "diagnos treatment tumour tumor biopsy chemotherap radiotherap pregnan infection ultrasound "
    "x-ray dosage medication surgery vaccinat stroke "
    # Italian and Dutch
    "diagnosi terapia sintom dolore gravidanza ecografia radiografia intervento_chirurgico "
    "behandeling klacht kanker zwanger bloeddruk echografie operatie medicatie"
)
_SHORT = "irm avc vih mri hiv mrt tdm bpco hta copd"  # whole words only


def _at_a_start(words: str) -> str:
    """Return a pattern for words at their start: by first letter, so that a search skips others."""
    by_letter: dict[str, list[str]] = {}
    for word in words.split():
        by_letter.setdefault(word[0], []).append(word[1:].replace("_", " "))
    return "|".join(rf"{first}(?<!\w.)(?:{'|'.join(rests)})" for first, rests in by_letter.items())


_WORDS = re.compile(rf"(?:({_at_a_start(_STEMS)})\w*|({_at_a_start(_SHORT)})\b)")
_DOSE = re.compile(r"\b\d+(?:[.,]\d+)? ?(?:mg|µg|mcg|ui|g/l|mmol/l|mmhg|ml)\b")
_YEAR = re.compile(r"[./\- ](?:19|20)?\d\d\b")  # every date of birth ends so
_BIRTH = re.compile(
    r"\b(?:nee?\s+le|ne\(e\)\s+le|date de naissance|ddn|d\.d\.n\.|geb(?:\.|oren)?(?:\s+am)?|"
    r"geburtsdatum|born(?:\s+on)?|dob|date of birth|nat[oa]\s+il|data di nascita|geboren op|"
    r"geboortedatum)\s*:?\s*(?:le\s+)?\d{1,2}(?:er)?[./\- ]+"
    r"(?:\d{1,2}|[a-z]{3,9})[./\- ]+(?:19|20)?\d\d\b"
)


def forms(text: str) -> int:
    """Return how many kinds of papers about one patient a text speaks of."""
    return len({found[0] for found in _FORMS.finditer(folded(text))})


def medical_words(text: str) -> int:
    """Return how many different medical words, and doses, a text holds."""
    plain = folded(text)
    doses = 1 if _DOSE.search(plain) else 0
    return len({found[1] or found[2] for found in _WORDS.finditer(plain)}) + doses


def births(text: str) -> int:
    """Return how many dates a text gives as somebody's birth."""
    if not _YEAR.search(text):
        return 0
    return len({found[0] for found in _BIRTH.finditer(folded(text))})
