"""Forms for new tokens and inbound webhooks; what happens is decided by services."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django import forms
from django.utils import timezone

from gateway.scopes import RESOURCES, SCOPES
from gateway.services import HOOK_NAME

ENDS = (("30", "in 30 days"), ("90", "in 90 days"), ("365", "in a year"), ("", "never"))


class NewTokenForm(forms.Form):
    """A new token of the signed-in person."""

    name = forms.CharField(max_length=100)
    scopes = forms.MultipleChoiceField(
        choices=[(scope, scope) for scope in sorted(SCOPES)], error_messages={"required": "Choose at least one."}
    )
    ends = forms.ChoiceField(choices=ENDS, required=False, initial="90")

    def expires_at(self) -> datetime | None:
        """When the token that was asked for ends."""
        days = self.cleaned_data["ends"]
        return timezone.now() + timedelta(days=int(days)) if days else None


class HookForm(forms.Form):
    """A new inbound webhook."""

    name = forms.RegexField(
        rf"^{HOOK_NAME.pattern}$",
        error_messages={"invalid": "Small letters, digits and underscores, at most 40; a letter first."},
    )


def scope_choices(chosen: Iterable[str]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """What a token may be used for, a row a resource: its words, and per scope its verb and whether it is chosen."""
    chosen = set(chosen)
    verbs = (("read", "Read"), ("write", "Change"), ("decide", "Decide"))
    return [
        (words, [(scope, verb, scope in chosen) for name, verb in verbs if (scope := f"{resource}:{name}") in SCOPES])
        for resource, words in RESOURCES.items()
    ]
