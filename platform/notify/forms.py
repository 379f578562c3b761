"""The form for a new webhook; what is allowed is decided by the service."""

from django import forms

from notify.models import Endpoint, EndpointKind
from notify.webhook_types import TYPES


class EndpointForm(forms.Form):
    """An address, and what is sent to it, in which form."""

    kind_of = forms.ChoiceField(choices=EndpointKind.choices, required=False)
    url = forms.CharField(max_length=Endpoint.URL_LENGTH, error_messages={"required": "Where is it to be sent?"})
    types = forms.MultipleChoiceField(choices=list(TYPES.items()), error_messages={"required": "Choose at least one."})

    def clean_kind_of(self) -> str:
        return self.cleaned_data["kind_of"] or EndpointKind.STANDARD
