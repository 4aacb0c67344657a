"""Inviting somebody, and coming in by an invitation."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from vigie.console.accounts.models import Person, Role
from vigie.console.practices.models import Practice

ROLES = {
    Role.OWNER: _("Owner: everything, and who else may come in"),
    Role.CARETAKER: _("Caretaker: looks after the practices and signs orders"),
    Role.READER: _("Reader: sees, and changes nothing"),
    Role.DOCTOR: _("Doctor: sees their own practice"),
}


class Invite(forms.Form):
    """Who is invited, as what, and to which practices."""

    name = forms.CharField(label=_("Name"), max_length=120)
    role = forms.ChoiceField(
        label=_("As"), choices=[(role.value, said) for role, said in ROLES.items()],
        initial=Role.CARETAKER.value,
    )  # fmt: skip
    practices = forms.ModelMultipleChoiceField(
        label=_("Practices"), queryset=Practice.objects.none(), to_field_name="pseudonym",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    def __init__(self, *given: Any, practices: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **named)
        self.fields["practices"].queryset = practices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Return what was chosen. Raise ValidationError for a doctor of several practices."""
        said = super().clean() or {}
        if said.get("role") == Role.DOCTOR and len(said.get("practices") or ()) > 1:
            raise ValidationError(_("A doctor sees one practice: choose one."))
        return said


class ComeIn(forms.Form):
    """The name to sign in with, and a first password."""

    username = forms.SlugField(label=_("Name to sign in with"), max_length=60)
    password = forms.CharField(label=_("Password"), widget=forms.PasswordInput)
    again = forms.CharField(label=_("The password again"), widget=forms.PasswordInput)

    def clean_username(self) -> str:
        """Return the name. Raise ValidationError where somebody has it."""
        name = str(self.cleaned_data["username"]).lower()
        if Person.objects.filter(username__iexact=name).exists():
            raise ValidationError(_("Somebody has this name already."))
        return name

    def clean(self) -> dict[str, Any]:
        """Return what was typed. Raise ValidationError for a password that is too weak."""
        said = super().clean() or {}
        if said.get("password") and said.get("username"):
            if said["password"] != said.get("again"):
                raise ValidationError(_("The two passwords differ."))
            validate_password(said["password"], Person(username=said["username"]))
        return said
