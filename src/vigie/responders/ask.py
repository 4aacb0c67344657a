"""ASK: a question with one button, for the one person who can answer it."""

from vigie.domain.response import Deed
from vigie.responders.tell import Tell


class Ask(Tell):
    """The deed: as TELL, and the notice stays a question until it is settled."""

    deed = Deed.ASK
