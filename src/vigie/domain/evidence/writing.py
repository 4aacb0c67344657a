"""Writing: what a text that somebody is about to publish says of a person."""

from dataclasses import dataclass
from enum import StrEnum

from vigie.domain.evidence import Evidence


class Kind(StrEnum):
    """What a stretch of text is. The order is that of `SECRET`, `PERSON`, `PLACE`, `DETAIL`."""

    NIR = "nir"
    AVS = "avs"
    NISS = "niss"
    MATRICULE = "matricule"
    RPPS = "rpps"
    ADELI = "adeli"
    FINESS = "finess"
    RECORD = "record"
    SIRET = "siret"
    IBAN = "iban"
    CARD = "card"
    PLATE = "plate"
    PHONE = "phone"
    MAIL = "mail"
    URL = "url"
    ACCOUNT = "account"
    BIRTH_DATE = "birth_date"
    NAME = "name"
    ADDRESS = "address"
    POSTCODE = "postcode"
    TOWN = "town"
    FACILITY = "facility"
    REGION = "region"
    DATE = "date"
    AGE = "age"
    PROFESSION = "profession"
    DISEASE = "disease"
    EVENT = "event"


IDENTIFIERS = frozenset(list(Kind)[: list(Kind).index(Kind.NAME)])
# What a reader recognises somebody by only together with something else.
DETAILS = frozenset(list(Kind)[list(Kind).index(Kind.POSTCODE) :])


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One stretch of the text as it was given: characters `start` (included) to `end`.

    `hint` is what masking needs to know of it and never the stretch itself: `m` or `f` for a name
    or a profession, the class of a profession, a number of inhabitants or years. `share` is how
    large a part of a population fits (1 where that says nothing), `people` how large the population
    of a place is (0 where none is said). `known`: one of the practice's own patients. `signs`: a
    name that greets or signs, and is most likely a colleague's.
    """

    kind: Kind
    start: int
    end: int
    hint: str = ""
    share: float = 1.0
    people: int = 0
    known: bool = False
    signs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TextOffered(Evidence):
    """A text was shown to Vigie before it is published. The text itself stays where it is.

    `marks` are in order and do not overlap. `crowd` is how many people could fit what is said of
    one, and None where too little is said to ask. `unread`: a slug saying why there are no marks.
    """

    marks: tuple[Mark, ...]
    crowd: int | None = None
    unread: str = ""
    place: str = ""
