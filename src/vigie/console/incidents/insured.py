"""Numbers of insured people have no place on the console: what is written there is looked through.

A name cannot be told from a colleague's or a town's without a lexicon, and that is the work of the
practice's machines. A number with its check digit can.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum.be import nn
from stdnum.ch import ssn
from stdnum.fr import nir

_RUN = re.compile(r"\d(?:[ .\-\u00a0\u202f]?[\dAB]){9,18}")
_SORTS = ((15, nir), (13, ssn), (11, nn))  # France, Switzerland, Belgium


def refuse(text: str) -> None:
    """Raise ValidationError for a text that holds the number of an insured person."""
    for found in _RUN.finditer(text):
        plain = re.sub(r"[^\dAB]", "", found[0])
        if any(len(plain) == length and sort.is_valid(plain) for length, sort in _SORTS):
            raise ValidationError(_("A number here is that of an insured person: leave it out."))
