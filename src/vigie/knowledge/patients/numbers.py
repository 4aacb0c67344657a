"""Insurance numbers with their check digits: French NIR (and INS), Swiss AVS, Belgian NISS.

Sources: NIR, Code de la sécurité sociale R115-1 and INSEE (key: 97 less the number modulo 97;
Corsica 2A counts as 19, 2B as 18); AVS, Bundesamt für Sozialversicherungen (13 digits, 756, an
EAN-13 check digit); NISS, Registre national (97 less the first nine digits modulo 97, with a 2
before them for births from 2000 on).
"""

import re

_GAP = r"[ .\u00a0\u202f-]?"
# Each begins with its digit and looks back from there: a search then skips whatever is none.
_NIR = re.compile(
    rf"([1-478])(?<![\w.].){_GAP}(\d\d){_GAP}(\d\d){_GAP}(\d\d|2[ABab]){_GAP}"
    rf"(\d{{3}}){_GAP}(\d{{3}}){_GAP}(\d\d)(?!\w)"
)
_AVS = re.compile(rf"7(?<![\w.].)56{_GAP}\d{{4}}{_GAP}\d{{4}}{_GAP}\d\d(?!\w)")
_NISS = re.compile(rf"\d(?<![\w.].)\d{_GAP}[0-6]\d{_GAP}[0-3]\d{_GAP}\d{{3}}{_GAP}\d\d(?![\w])")
_CORSICA = {"2A": "19", "2B": "18"}
_MODULUS = 97


def insurance_numbers(text: str) -> tuple[str, ...]:
    """Return the insurance numbers in a text whose check digits are right, without their gaps."""
    found = [re.sub(r"[^0-9ABab]", "", m[0]).upper() for m in _NIR.finditer(text) if _nir(m)]
    found += [d for m in _AVS.finditer(text) if _avs(d := re.sub(r"\D", "", m[0]))]
    found += [d for m in _NISS.finditer(text) if _niss(d := re.sub(r"\D", "", m[0]))]
    return tuple(dict.fromkeys(found))


def _nir(found: re.Match[str]) -> bool:
    *parts, key = found.groups()
    month = int(parts[2])
    if not (1 <= month <= 12 or 20 <= month <= 42 or month >= 50):  # noqa: PLR2004  (pseudo-months)
        return False
    parts[3] = _CORSICA.get(parts[3].upper(), parts[3])
    return _MODULUS - int("".join(parts)) % _MODULUS == int(key)


def _avs(digits: str) -> bool:
    weighed = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(digits[:12]))
    return (10 - weighed % 10) % 10 == int(digits[12])


def _niss(digits: str) -> bool:
    body, key = digits[:9], int(digits[9:])
    month, day = int(digits[2:4]), int(digits[4:6])
    # BIS numbers (people without a Belgian register entry) add 20 or 40 to the month.
    if month % 20 > 12 or day > 31:  # noqa: PLR2004
        return False
    return key in (_MODULUS - int(body) % _MODULUS, _MODULUS - int(f"2{body}") % _MODULUS)
