"""The forms of an incident: the register, when the practice knew, the words of a paper."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from vigie.console.incidents import register
from vigie.console.incidents.models import Incident
from vigie.console.incidents.papers import content
from vigie.console.incidents.papers.content import Paper

_EARLIEST = timedelta(days=400)


class Register(forms.Form):
    """The whole register of one incident; what is empty is not known."""

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401  (Django's own)
        super().__init__(*given, **named)
        for field in register.FIELDS:
            lines = forms.Textarea(attrs={"rows": field.lines}) if field.lines > 1 else None
            self.fields[field.slug] = forms.CharField(
                label=_(field.label), required=False, max_length=register.LONGEST, widget=lines
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

    def __init__(self, incident: Incident, now: datetime, given: Any = None) -> None:  # noqa: ANN401
        self._zone = ZoneInfo(incident.practice.timezone)
        self._now = now
        local = incident.aware_at.astimezone(self._zone).strftime("%Y-%m-%dT%H:%M")
        super().__init__(given, initial={"aware": local})

    def clean_aware(self) -> datetime:
        """Return the moment. Raise ValidationError for no moment, one to come or long past."""
        try:
            said = datetime.fromisoformat(self.cleaned_data["aware"]).replace(tzinfo=self._zone)
        except ValueError:
            raise ValidationError(_("Write a day and an hour.")) from None
        if not self._now - _EARLIEST < said <= self._now:
            raise ValidationError(_("This moment is to come, or more than a year ago."))
        return said


class Words(forms.Form):
    """The words of a paper, part by part; `[…]` is a blank."""

    def __init__(self, paper: Paper, *given: Any) -> None:  # noqa: ANN401
        super().__init__(*given)
        self._paper = {"to": paper.to} | {
            p.slug: p.text for p in paper.parts if p.kind != "heading"
        }
        labels = {part.slug: part.label for part in paper.parts}
        for slug, text in self._paper.items():
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
            )

    def changed(self) -> dict[str, str]:
        """Return the parts that a person worded differently from what was prepared."""
        told = {slug: _lines(str(text)) for slug, text in self.cleaned_data.items()}
        return {slug: text for slug, text in told.items() if text != self._paper[slug].strip()}


def _until(slug: str) -> list[str]:
    slugs = [field.slug for field in register.FIELDS]
    return slugs[: slugs.index(slug) + 1]


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
