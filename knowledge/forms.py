"""The form in which people write a document; what it refuses, the services refuse too."""

from collections.abc import Mapping
from typing import Any

from django import forms

from knowledge.models import Audience, Language
from knowledge.sections import faults_of, tidied

FIELDS = ("title", "text", "language", "audience")


class DocumentForm(forms.Form):
    """A document's fields; `seen` is the revision that is changed, nothing for a new one."""

    title = forms.CharField(required=False)
    text = forms.CharField(required=False, strip=False)
    language = forms.ChoiceField(choices=Language.choices, initial=Language.EN)
    audience = forms.ChoiceField(choices=Audience.choices, initial=Audience.CUSTOMERS)
    seen = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    def clean(self) -> dict[str, Any]:
        said = self.said()
        for name, fault in faults_of(said).items():
            self.add_error(name, fault)
        return self.cleaned_data

    def said(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        return tidied({name: self.cleaned_data[name] for name in FIELDS if name in self.cleaned_data})


def filled(values: Mapping[str, Any]) -> DocumentForm:
    """The form with what a document says today."""
    return DocumentForm(initial=dict(values))
