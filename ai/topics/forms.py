"""The form in which people write a forbidden topic; what it refuses, the services refuse."""

from __future__ import annotations

from typing import Any

from django import forms

from ai.topics.selectors import OwnTopic, TopicView


class TopicForm(forms.Form):
    """`phrases` are one a line; `seen` is the version that is changed, nothing for a new topic."""

    name = forms.CharField(required=False)
    phrases = forms.CharField(required=False, strip=False)
    words = forms.CharField(required=False)
    seen = forms.IntegerField(required=False, min_value=1, max_value=2**31 - 1)

    def said(self) -> dict[str, Any]:
        """What was typed, as the services take it; an empty line is no phrase."""
        typed = self.cleaned_data
        return {"name": typed["name"], "phrases": phrases_in(typed["phrases"]), "words": typed["words"]}

    def topic(self) -> OwnTopic:
        """What was typed, as it would be looked for; it is known to be right."""
        said = self.said()
        return OwnTopic("", said["name"], said["words"], tuple(said["phrases"]))

    def refuse(self, faults: list[tuple[str, str]]) -> None:
        """Tell what the services refuse, at its field."""
        for path, sentence in faults:
            self.add_error(path.partition(".")[0], sentence)


def phrases_in(text: str) -> list[str]:
    """The phrases of a text, one a line."""
    return [line for line in text.splitlines() if line.strip()]


def filled(topic: TopicView) -> TopicForm:
    """The form with what a topic says today."""
    phrases = "\n".join(topic.phrases)
    return TopicForm(initial={"name": topic.name, "phrases": phrases, "words": topic.words, "seen": topic.version})
