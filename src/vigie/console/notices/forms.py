"""The forms of telling: a new address, and when to be told."""

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from vigie.console.accounts.models import Person
from vigie.console.notices import ways
from vigie.console.notices.models import Wish

REASONS = {
    "malformed": _("This address cannot be read: copy it whole, as the service gives it."),
    "unknown_scheme": _("This kind of address is not one of those below."),
    "unknown_option": _("This address asks for something that is not allowed here."),
    "not_encrypted": _("This address is not encrypted: choose the same kind ending in s."),
    "inside": _("This address lies inside the console’s own network."),
}


class Unshown(forms.TextInput):
    """A field whose content is never sent back to the page."""

    def format_value(self, value: Any) -> None:  # noqa: ANN401  (as Django declares it)
        """Return nothing."""
        del value


class NewAddress(forms.Form):
    """A way to reach the person who is signed in."""

    name = forms.CharField(label=_("Your name for it"), max_length=60)
    address = forms.CharField(
        label=_("Address"),
        max_length=ways.LONGEST,
        widget=Unshown(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
        help_text=_(
            "For example ntfys://ntfy.sh/a-long-secret-word. It is sealed, and not shown again."
        ),
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
        """Say that an e-mail address is enough where the host has a mail server."""
        super().__init__(*arguments, **named)
        if settings.MAIL:
            self.fields["address"].help_text = _(
                "An e-mail address, or for example ntfys://ntfy.sh/a-long-secret-word. It is "
                "sealed, and not shown again."
            )

    def clean_address(self) -> str:
        """Return the address; its scheme is in `kind`. Raise ValidationError saying why not."""
        typed: str = self.cleaned_data["address"].strip()
        if settings.MAIL and "://" not in typed:
            validate_email(typed)
            self.cleaned_data["kind"] = ways.HOST_MAIL
            return ways.by_the_host(typed)
        try:
            self.cleaned_data["kind"] = ways.scheme(typed, settings.LOCAL_RECEIVERS)
        except ways.NotAnAddress as why:
            raise ValidationError(REASONS[why.slug]) from None
        return typed


class Wishes(forms.ModelForm[Wish]):
    """When to be told, and who follows."""

    class Meta:
        """The person is the one who is signed in."""

        model = Wish
        fields = (
            "quiet_from",
            "quiet_until",
            "grave_passes",
            "discreet",
            "following",
            "wait",
            "timezone",
        )
        labels = {  # noqa: RUF012  (as Django reads it)
            "quiet_from": _("Quiet from"),
            "quiet_until": _("until"),
            "grave_passes": _("Wake me all the same when harm is under way"),
            "discreet": _("Name neither practice nor incident in messages"),
            "following": _("When I do not answer, tell"),
            "wait": _("after so many minutes"),
            "timezone": _("Time zone"),
        }
        widgets = {  # noqa: RUF012  (as Django reads it)
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, person: Person, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
        """Offer as a stand-in only somebody who shares a practice with this person."""
        super().__init__(*arguments, **named)
        shared = Person.objects.filter(practices__caretakers=person, is_active=True)
        following = self.fields["following"]
        if isinstance(following, forms.ModelChoiceField):
            following.queryset = shared.exclude(pk=person.pk).distinct()
            following.empty_label = str(_("nobody"))

    def clean_timezone(self) -> str:
        """Return the time zone. Raise ValidationError for one that does not exist."""
        named: str = self.cleaned_data["timezone"]
        if named not in available_timezones():
            raise ValidationError(_("This time zone is not known: write for example Europe/Paris."))
        return named

    def clean(self) -> dict[str, Any]:
        """Return the wishes. Raise ValidationError when quiet hours have one end only."""
        told = super().clean() or {}
        if (told.get("quiet_from") is None) != (told.get("quiet_until") is None):
            raise ValidationError(_("Quiet hours need a beginning and an end."))
        return told
