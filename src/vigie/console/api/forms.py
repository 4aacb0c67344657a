"""The forms of keys and webhooks."""

from datetime import timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from vigie.console.accounts.models import Person
from vigie.console.api import hooks
from vigie.console.api.scopes import Scope, rights
from vigie.console.practices.models import Practice

LIVES = [("30", _("30 days")), ("90", _("90 days")), ("365", _("a year"))]
SAID = {
    Scope.READ_PRACTICES: _("read the practices"),
    Scope.ADD_PRACTICES: _("add a practice"),
    Scope.READ_MATTERS: _("read the matters"),
    Scope.SETTLE_MATTERS: _("answer and settle matters"),
    Scope.READ_MACHINES: _("read the machines"),
    Scope.ADMIT_MACHINES: _("let machines in and turn them away"),
    Scope.READ_PROOFS: _("read the proofs"),
    Scope.READ_BACKUPS: _("read the backups"),
    Scope.READ_JOURNAL: _("read the journal"),
    Scope.READ_UPDATES: _("read the updates"),
    Scope.READ_INCIDENTS: _("read the incidents"),
    Scope.WRITE_INCIDENTS: _("open incidents, write about them and close them"),
    Scope.READ_LETTERS: _("read the letters"),
    Scope.SEND_LETTERS: _("let a letter go: you have read it"),
    Scope.READ_CHECKLIST: _("read the good practices"),
    Scope.ANSWER_CHECKLIST: _("write down answers about good practices"),
    Scope.READ_QUESTIONS: _("read the questions that wait for advice"),
    Scope.ANSWER_QUESTIONS: _("answer questions in your name"),
    Scope.READ_ORDERS: _("read what became of orders"),
    Scope.CARRY_ORDERS: _("carry orders that you have signed"),
    Scope.READ_METRICS: _("read the numbers (Prometheus)"),
}


class NewKey(forms.Form):
    """A key for a program."""

    name = forms.CharField(label=_("What the key is for"), max_length=60)
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"), widget=forms.CheckboxSelectMultiple
    )
    practices = forms.MultipleChoiceField(
        label=_("For these practices only"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: all that are in your care."),
    )
    life = forms.ChoiceField(label=_("It ends after"), choices=LIVES, initial="90")

    def __init__(self, person: Person, *arguments: Any, **named: Any) -> None:  # noqa: ANN401
        """Offer what this person may give."""
        super().__init__(*arguments, **named)
        mine = rights(person)
        practices = Practice.objects.visible_to(person)
        scopes, of = self.fields["scopes"], self.fields["practices"]
        if isinstance(scopes, forms.MultipleChoiceField):
            scopes.choices = [(scope.value, SAID[scope]) for scope in Scope if scope in mine]
        if isinstance(of, forms.MultipleChoiceField):
            of.choices = list(practices.values_list("pseudonym", "name"))

    @property
    def lasts(self) -> timedelta:
        """Return how long the key shall live."""
        return timedelta(days=int(self.cleaned_data["life"]))


class NewHook(forms.Form):
    """Where a program wants to be told."""

    name = forms.CharField(label=_("What it is for"), max_length=60)
    address = forms.CharField(
        label=_("Address (https://)"), max_length=hooks.LONGEST, widget=forms.URLInput
    )

    def clean_address(self) -> str:
        """Return the address. Raise ValidationError for one we do not send to."""
        typed: str = self.cleaned_data["address"]
        try:
            return hooks.checked(typed)
        except hooks.NotAHook:
            raise ValidationError(
                _("Write an address outside that begins with https://.")
            ) from None
