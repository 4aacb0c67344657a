"""Patients: whether a text speaks of one, and who it is. Rules that can be read, no model.

A small set, for mail about to leave. It is sure rather than complete: what it misses is sent as
it always was, what it sees wrongly interrupts somebody.
"""

from dataclasses import dataclass, replace

from vigie.domain.evidence.mail import Message
from vigie.knowledge.patients.names import named, named_in_file, named_in_title, same_patient
from vigie.knowledge.patients.numbers import insurance_numbers
from vigie.knowledge.patients.words import births, forms, medical_words

__all__ = ["Traces", "of_message", "patients", "same_patient"]

LONGEST = 200_000  # characters of one text that are looked at: a report has a fiftieth of it
_WORDS = 2  # medical words that make a text about health: one alone is in every newsletter


@dataclass(frozen=True, slots=True, kw_only=True)
class Traces:
    """What in a message speaks of a patient: how many of each kind.

    Of health (`forms`, `words`) only where somebody is named or dated: alone it says of nobody.
    """

    numbers: int = 0
    births: int = 0
    names: int = 0
    forms: int = 0
    words: int = 0

    @property
    def of_a_patient(self) -> bool:
        """Return whether these are data of a patient.

        A valid insurance number is. Else somebody must be named or dated, and health spoken of.
        """
        return self.numbers > 0 or (self.somebody and (self.forms > 0 or self.words >= _WORDS))

    @property
    def somebody(self) -> bool:
        """Return whether a person is named or dated."""
        return self.births + self.names > 0


def patients(message: Message) -> tuple[tuple[str, str], ...]:
    """Return the patients a message names, each with the attachment it stands in, or nothing."""
    found = [(name, "") for name in named_in_title(message.subject[:LONGEST])]
    found += [(name, "") for name in named(message.text[:LONGEST])]
    for attachment in message.attachments:
        inside = (*named_in_file(attachment.name), *named(attachment.text[:LONGEST]))
        found += [(name, attachment.name) for name in inside]
    return tuple(dict.fromkeys(found))


def of_message(message: Message) -> Traces:
    """Return the traces of patients in all that a message says and carries."""
    # A file's name runs its words together.
    papers = [t for a in message.attachments for t in (a.name.replace("_", " "), a.text)]
    texts = (message.subject, message.text, *papers)
    whole = "\n".join(text[:LONGEST] for text in texts if text)
    found = Traces(
        numbers=len(insurance_numbers(whole)),
        births=births(whole),
        names=max(len(named(whole)), len(patients(message))),
    )
    if found.somebody:
        found = replace(found, forms=forms(whole), words=medical_words(whole))
    return found
