"""To whom a letter goes, and what stands at its head."""

from typing import ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from vigie.console.letters.models import Addressee, Letterhead


class AddresseeForm(forms.ModelForm[Addressee]):
    """Who reads it, where it goes, and whether somebody reads it before."""

    class Meta:
        """The columns a caretaker fills in."""

        model = Addressee
        fields = ("doctor", "mail", "read_first")
        labels: ClassVar = {
            "doctor": _("Whom the letter greets"),
            "mail": _("Address the letter goes to"),
            "read_first": _("Send it only once I have read it"),
        }
        help_texts: ClassVar = {
            "doctor": _("For example: Docteur Martin. Left empty, the greeting names nobody."),
            "mail": _("Left empty, no letter is sent: it waits here."),
        }


class LetterheadForm(forms.ModelForm[Letterhead]):
    """What stands at the head of every letter of one caretaker."""

    class Meta:
        """The columns a caretaker fills in."""

        model = Letterhead
        fields = ("name", "trade", "telephone", "mail")
        labels: ClassVar = {
            "name": _("Name at the head of the letters"),
            "trade": _("One line below it"),
            "telephone": _("Telephone"),
            "mail": _("Mail"),
        }
