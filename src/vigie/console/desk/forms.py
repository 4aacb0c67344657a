"""The few forms of the desk."""

from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from vigie.console.checklist.models import Said
from vigie.domain.practice import Country, Language

_COUNTRIES = [
    (Country.FR.value, _("France")),
    (Country.CH.value, _("Switzerland")),
    (Country.BE.value, _("Belgium")),
    (Country.LU.value, _("Luxembourg")),
]
_LANGUAGES = [
    (Language.FR.value, "Français"),
    (Language.DE.value, "Deutsch"),
    (Language.EN.value, "English"),
]


class NewPractice(forms.Form):
    """A practice: what it is called, what it speaks, whose law it follows."""

    name = forms.CharField(label=_("Name of the practice"), max_length=120)
    language = forms.ChoiceField(label=_("Language of the practice"), choices=_LANGUAGES)
    country = forms.ChoiceField(label=_("Country"), choices=_COUNTRIES)
    timezone = forms.CharField(label=_("Time zone"), initial="Europe/Paris", max_length=40)

    def clean_timezone(self) -> str:
        """Return the time zone. Raise ValidationError for one that does not exist."""
        named: str = self.cleaned_data["timezone"]
        if named not in available_timezones():
            raise ValidationError(_("This time zone is not known: write for example Europe/Paris."))
        return named


class MachineName(forms.Form):
    """What the caretaker calls a machine."""

    name = forms.CharField(max_length=60)


class Answered(forms.Form):
    """What somebody says of a good practice, and who says so."""

    said = forms.ChoiceField(choices=Said.choices)
    name = forms.CharField(max_length=80)
