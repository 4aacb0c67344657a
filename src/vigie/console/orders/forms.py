"""Choosing an order: the machine and the verb, then what the verb needs."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from vigie.console.desk import words
from vigie.console.orders.known import Choices, Known
from vigie.console.orders.verbs import ASKS, NAMES, Verb
from vigie.console.practices.models import Machine
from vigie.domain.danger import Danger
from vigie.wire.orders import Leave

if TYPE_CHECKING:
    from collections.abc import Callable

LASTS = {
    "1h": (_("an hour"), timedelta(hours=1)),
    "1d": (_("a day"), timedelta(days=1)),
    "7d": (_("a week: the machine may be off"), timedelta(days=7)),
}
_LEAVES = [
    (Leave.ONCE.value, _("let it in once")),
    (Leave.ALWAYS.value, _("let it in always")),
    (Leave.NEVER.value, _("never, and nobody asks again")),
]


class Choice(forms.Form):
    """Which machine is asked for what, and for how long the order is good."""

    machine = forms.ModelChoiceField(
        label=_("Machine"), queryset=Machine.objects.none(), to_field_name="pseudonym",
        empty_label=None,
    )  # fmt: skip
    verb = forms.ChoiceField(
        label=_("What is to be done"), choices=[(verb.value, NAMES[verb]) for verb in Verb]
    )
    lasts = forms.ChoiceField(
        label=_("The order is good for"),
        choices=[(name, said) for name, (said, _span) in LASTS.items()],
    )

    def __init__(self, *given: Any, machines: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **named)
        self.fields["machine"].queryset = machines  # type: ignore[attr-defined]  # a ModelChoice


class Particulars(forms.Form):
    """What one verb needs, chosen from what the console knows of the machine."""

    dangers = forms.MultipleChoiceField(
        label=_("Which incidents"), widget=forms.CheckboxSelectMultiple, required=False,
        help_text=_("All eleven, if none is chosen."),
    )  # fmt: skip
    report = forms.ChoiceField(label=_("What was put aside"), widget=forms.RadioSelect)
    key = forms.ChoiceField(label=_("Which USB key"), widget=forms.RadioSelect)
    leave = forms.ChoiceField(label=_("The answer"), widget=forms.RadioSelect, choices=_LEAVES)
    update = forms.ChoiceField(label=_("Which update"), widget=forms.RadioSelect)
    days = forms.IntegerField(label=_("For how many days"), min_value=1, max_value=14, initial=3)

    def __init__(self, verb: Verb, known: Known, *given: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **named)
        asked = ASKS.get(verb, ())
        for name in [name for name in self.fields if name not in asked]:
            del self.fields[name]
        choices: dict[str, Callable[[], Choices]] = {
            "dangers": lambda: [(d.value, words.incident(d.value)) for d in Danger],
            "report": known.held,
            "key": known.keys,
            "update": lambda: known.updates(verb),
        }
        for name in asked:
            if name in choices:
                self.fields[name].choices = choices[name]()  # type: ignore[attr-defined]  # a choice

    @property
    def nothing_to_choose(self) -> bool:
        """Return whether the machine has told of nothing that this order could be about."""
        chosen = [field for field in self.fields.values() if isinstance(field, forms.ChoiceField)]
        return any(not field.choices for field in chosen)
