"""The forms of an incident: the register, when the practice knew, the words of a paper."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from vigie.console.desk import words
from vigie.console.incidents import insured, record, register
from vigie.console.incidents.papers import content
from vigie.console.incidents.papers.content import Paper
from vigie.console.practices.models import Practice
from vigie.domain.danger import Danger

Sent = QueryDict | None


class Register(forms.Form):
    """The whole register of one incident; what is empty is not known."""

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401  (Django's own)
        super().__init__(*given, **named)
        for field in register.FIELDS:
            lines = forms.Textarea(attrs={"rows": field.lines}) if field.lines > 1 else None
            self.fields[field.slug] = forms.CharField(
                label=_(field.label),
                required=False,
                max_length=register.LONGEST,
                widget=lines,
                validators=[insured.refuse],
            )
        self.fields[register.RISK] = forms.ChoiceField(
            label=_("Risk"), required=False, choices=[(v, _(label)) for v, label in register.RISKS]
        )
        self.order_fields([*_until("measures_planned"), register.RISK])

    def content(self) -> dict[str, str]:
        """Return what was filled in, lines ended alike."""
        told = {slug: str(value) for slug, value in self.cleaned_data.items()}
        return {slug: _lines(text) for slug, text in told.items() if text.strip()}


class Known(forms.Form):
    """When the practice knew. A time without a zone is the practice's own."""

    aware = forms.CharField(
        label=_("The practice has known since"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
    )

    def __init__(self, practice: Practice, at: datetime, now: datetime, given: Sent = None) -> None:
        self._zone = ZoneInfo(practice.timezone)
        self._now = now
        local = at.astimezone(self._zone).strftime("%Y-%m-%dT%H:%M")
        super().__init__(given, initial={"aware": local})

    def clean_aware(self) -> datetime:
        """Return the moment. Raise ValidationError for no moment, one to come or long past."""
        try:
            said = datetime.fromisoformat(self.cleaned_data["aware"]).replace(tzinfo=self._zone)
        except ValueError:
            raise ValidationError(_("Write a day and an hour.")) from None
        if not record.believable(said, self._now):
            raise ValidationError(_("This moment is to come, or more than a year ago."))
        return said


class Told(Known):
    """An incident that somebody told: which of the eleven, and since when it is known."""

    def __init__(self, practice: Practice, at: datetime, now: datetime, given: Sent = None) -> None:
        super().__init__(practice, at, now, given)
        choices = [(danger.value, words.incident(danger.value)) for danger in Danger]
        self.fields["danger"] = forms.ChoiceField(label=_("What happened"), choices=choices)
        self.order_fields(["danger", "aware"])


class Words(forms.Form):
    """The words of a paper, part by part; `[…]` is a blank."""

    def __init__(self, paper: Paper, *given: Any) -> None:  # noqa: ANN401
        super().__init__(*given)
        self.prepared = {"to": paper.to} | {
            p.slug: p.text for p in paper.parts if p.kind != "heading"
        }
        labels = {part.slug: part.label for part in paper.parts}
        for slug, text in self.prepared.items():
            long = "\n" in text or len(text) > 70  # noqa: PLR2004  (a line of the form)
            rows = max(2, text.count("\n") + 1 + len(text) // 80)
            area = forms.Textarea(attrs={"rows": min(rows, 12)}) if long else None
            label = _("To") if slug == "to" else labels[slug] or _("Text")
            self.fields[slug] = forms.CharField(
                label=label,
                required=False,
                max_length=content.LONGEST,
                widget=area,
                initial=text,
                validators=[insured.refuse],
            )

    def changed(self) -> dict[str, str]:
        """Return the parts that a person worded differently from what was prepared."""
        told = {slug: _lines(str(text)) for slug, text in self.cleaned_data.items()}
        return {slug: text for slug, text in told.items() if text != self.prepared[slug].strip()}


def _until(slug: str) -> list[str]:
    slugs = [field.slug for field in register.FIELDS]
    return slugs[: slugs.index(slug) + 1]


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
