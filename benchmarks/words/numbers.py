"""Insurance and account numbers in ten hands: `python -m benchmarks.words.numbers`.

A tenth has a slip in its check digit, some have dashes, no-break spaces, small letters, or the letter O
that a scan puts for a nought; some stand alone, without a word that says what they are.
"""

import random

from benchmarks.words.made import _luhn, _Slots

from vigie.knowledge.writing import search

_COUNT = 600
_AROUND = {
    "nir": ("NIR {}", "n° sécu {}", "INS {}", "{}", "Carte vitale {}", "num de secu cest {} merci"),
    "avs": ("AVS {}", "AHV {}", "no avs {}", "{}", "n° AVS: {}."),
    "niss": ("NISS {}", "registre national {}", "{}", "numéro national {}", "RN {}"),
    "iban": ("IBAN {}", "{}", "compte {}", "virement sur {} svp"),
    "rpps": ("RPPS {}", "n° RPPS : {}", "rpps {}", "{}"),
}


def main() -> None:
    dice = random.Random(5)
    slots = _Slots(random.Random(3), lower=False)

    def rpps() -> str:
        digits = _luhn(f"10{dice.randint(10**7, 10**8 - 1)}")
        spaced = f"{digits[:2]} {digits[2:5]} {digits[5:8]} {digits[8:]}"
        return dice.choice((digits, spaced))

    makers = {
        "nir": slots._nir,
        "avs": slots._avs,
        "niss": slots._niss,
        "iban": slots._iban,
        "rpps": rpps,
    }
    for kind, make in makers.items():
        named = covered = 0
        for _ in range(_COUNT):
            number = make()
            for chance, old, new in ((0.1, " ", "-"), (0.1, " ", "\u00a0")):
                number = number.replace(old, new) if dice.random() < chance else number
            number = number.replace("0", "O", 1) if dice.random() < 0.05 else number
            number = number.lower() if dice.random() < 0.1 else number
            text = f"Bonjour, {dice.choice(_AROUND[kind]).format(number)} voilà."
            start = text.index(number)
            over = [
                m for m in search(text) if m.start <= start + 1 and m.end >= start + len(number) - 1
            ]
            covered += bool(over)
            named += any(m.kind.value == kind for m in over)
        print(f"{kind}: found {covered / _COUNT:.3f}, under its own name {named / _COUNT:.3f}")


if __name__ == "__main__":
    main()
