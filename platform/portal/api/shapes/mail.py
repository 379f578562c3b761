"""Messages and conversations."""

from typing import Any

from rest_framework import serializers as s

from mail.selectors import message_statuses
from portal.api.shapes.people import ColleagueShape


class AddressShape(s.Serializer[Any]):
    email = s.CharField()
    name = s.CharField()


class AttachmentShape(s.Serializer[Any]):
    name = s.CharField()
    content_type = s.CharField()
    size = s.IntegerField()
    sha256 = s.CharField()


class AuthShape(s.Serializer[Any]):
    spf = s.CharField()
    dkim = s.CharField()
    dmarc = s.CharField()


class MessageShape(s.Serializer[Any]):
    id = s.UUIDField()
    direction = s.ChoiceField(["in", "out"])
    status = s.ChoiceField(message_statuses())
    message_id = s.CharField()
    in_reply_to = s.CharField()
    thread = s.UUIDField(allow_null=True)
    # `from` is a word of Python's; it is put in place by to_representation.
    from_name = s.CharField()
    to = s.ListField(child=s.CharField())
    cc = s.ListField(child=s.CharField())
    reply_to = s.ListField(child=s.CharField())
    subject = s.CharField()
    text = s.CharField()
    new_text = s.CharField()
    html = s.CharField()
    attachments = AttachmentShape(many=True)
    received_at = s.DateTimeField(allow_null=True)
    release_at = s.DateTimeField(allow_null=True)
    auth = AuthShape()
    flags = s.ListField(child=s.CharField())
    intent = s.CharField()
    run = s.CharField(source="run_id", allow_null=True)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        fields["from"] = s.CharField(source="from_email")
        return fields

    def to_representation(self, instance: Any) -> dict[str, Any]:
        shown: dict[str, Any] = super().to_representation(_Flat(instance))
        shown["run"] = shown["run"] or None
        return shown


class _Flat:
    """A message whose addresses are plain texts."""

    def __init__(self, message: Any) -> None:
        self._message = message
        self.to = [address.email for address in message.to]
        self.cc = [address.email for address in message.cc]
        self.reply_to = [address.email for address in message.reply_to]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._message, name)


class NoteShape(s.Serializer[Any]):
    id = s.UUIDField()
    author = ColleagueShape()
    text = s.CharField()
    created_at = s.DateTimeField()


class ConversationShape(s.Serializer[Any]):
    id = s.UUIDField()
    subject = s.CharField()
    created_at = s.DateTimeField()
    last_message_at = s.DateTimeField()
    unanswered_since = s.DateTimeField(allow_null=True)
    taken_over_by = ColleagueShape(allow_null=True, help_text="Who answers in person: the AI is silent meanwhile.")
    taken_over_at = s.DateTimeField(allow_null=True)
    assignee = ColleagueShape(allow_null=True)


class ConversationDetailShape(ConversationShape):
    notes = NoteShape(many=True)


class ReplyShape(s.Serializer[Any]):
    text = s.CharField(max_length=20_000, trim_whitespace=False)
    cc = s.ListField(
        child=s.CharField(max_length=320), required=False, max_length=50, help_text="Addresses of the conversation."
    )
    in_reply_to = s.UUIDField(
        required=False, help_text="The message that you answer: refused (422) where a newer one has come since."
    )


class GiveBackShape(s.Serializer[Any]):
    answer = s.BooleanField(default=False, help_text="Have the last message answered now.")


class NoteGivenShape(s.Serializer[Any]):
    text = s.CharField(max_length=5_000, trim_whitespace=False)


class AssignShape(s.Serializer[Any]):
    assignee = s.UUIDField(allow_null=True, help_text="The id of a person; null: nobody's.")
