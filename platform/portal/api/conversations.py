"""Conversations: who takes care of one, and what people do in it. Their messages are `messages?thread=…`."""

from typing import Any, NoReturn
from uuid import UUID, uuid4

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from gateway.pagination import limit_of, page, place_of
from gateway.problems import Problem
from mail.errors import MailRefused, NoSuchThread, ReplyAlreadyHeld
from mail.selectors import Place, message_view, notes_of_thread, thread_list, thread_view
from mail.services import note_add, reply_write, thread_assign, thread_give_back, thread_take_over
from portal.api.base import View
from portal.api.queries import ConversationQuery, wanted
from portal.api.shapes.mail import (
    AssignShape,
    ConversationDetailShape,
    ConversationShape,
    GiveBackShape,
    MessageShape,
    NoteGivenShape,
    ReplyShape,
)
from portal.api.shapes.paging import paged
from workflows.services import thread_answer


def _refuse(error: MailRefused) -> NoReturn:
    if isinstance(error, NoSuchThread):
        raise NotFound() from None
    if isinstance(error, ReplyAlreadyHeld):
        raise Problem(409, "reply-held", str(error)) from None
    raise Problem(422, "not-possible", str(error)) from None


def _detail(id: UUID) -> Response:
    try:
        shown = {**thread_view(id).__dict__, "notes": notes_of_thread(id)}
    except NoSuchThread as error:
        _refuse(error)
    return Response(ConversationDetailShape(shown).data)


def _after(request: Request) -> Place | None:
    text = place_of(request)
    try:
        return Place.read(text) if text else None
    except ValueError:
        raise ValidationError({"cursor": ["This is no cursor of ours."]}) from None


class Conversations(View):
    resource = "messages"
    rights = {"GET": "mail.view_thread"}

    @extend_schema(parameters=[ConversationQuery], responses=paged(ConversationShape))
    def get(self, request: Request) -> Response:
        """Conversations, the one with the latest message first; pages go back in time only."""
        listed = thread_list(**wanted(request, ConversationQuery), after=_after(request), limit=limit_of(request))
        threads = [row.thread for row in listed.items]
        return page(request, threads, listed.older, None, lambda thread: ConversationShape(thread).data)


class ConversationDetail(View):
    resource = "messages"
    rights = {"GET": "mail.view_thread"}

    @extend_schema(responses=ConversationDetailShape)
    def get(self, request: Request, id: UUID) -> Response:
        """One conversation with the notes of colleagues."""
        return _detail(id)


class ConversationReply(View):
    resource = "messages"
    rights = {"POST": "mail.add_message"}

    @extend_schema(request=ReplyShape, responses={201: MessageShape})
    def post(self, request: Request, id: UUID) -> Response:
        """Answer whoever wrote last, by hand: held for 30 seconds, then sent. What the AI has open here ends."""
        given = _given(ReplyShape, request, id)
        try:
            message = reply_write(thread_id=id, key=uuid4(), actor=self.actor(request), **given)
        except MailRefused as error:
            _refuse(error)
        return Response(MessageShape(message_view(message)).data, status=201)


class ConversationTakeOver(View):
    resource = "messages"
    rights = {"POST": "mail.change_thread"}

    @extend_schema(request=None, responses=ConversationDetailShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Answer in person from now on: what the AI has open ends, later messages start nothing."""
        try:
            thread_take_over(thread_id=id, actor=self.actor(request))
        except MailRefused as error:
            _refuse(error)
        return _detail(id)


class ConversationGiveBack(View):
    resource = "messages"
    rights = {"POST": "mail.change_thread"}

    @extend_schema(request=GiveBackShape, responses=ConversationDetailShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Let the next message start runs again; with `answer`, the last one at once."""
        answer = _given(GiveBackShape, request, id)["answer"]
        try:
            with transaction.atomic():
                thread_give_back(thread_id=id, actor=self.actor(request))
                if answer:
                    thread_answer(thread=id, actor=self.actor(request))
        except MailRefused as error:
            _refuse(error)
        return _detail(id)


class ConversationNotes(View):
    resource = "messages"
    rights = {"POST": "mail.change_thread"}

    @extend_schema(request=NoteGivenShape, responses={201: ConversationDetailShape})
    def post(self, request: Request, id: UUID) -> Response:
        """Leave a note for colleagues; it is never sent."""
        given = _given(NoteGivenShape, request, id)
        try:
            note_add(thread_id=id, actor=self.actor(request), **given)
        except MailRefused as error:
            _refuse(error)
        answer = _detail(id)
        answer.status_code = 201
        return answer


class ConversationAssign(View):
    resource = "messages"
    rights = {"POST": "mail.change_thread"}

    @extend_schema(request=AssignShape, responses=ConversationDetailShape)
    def post(self, request: Request, id: UUID) -> Response:
        """Make it a colleague's; null: nobody's."""
        given = _given(AssignShape, request, id)
        try:
            thread_assign(thread_id=id, person=given["assignee"], actor=self.actor(request))
        except MailRefused as error:
            _refuse(error)
        return _detail(id)


def _given(shape: type[Any], request: Request, thread_id: UUID) -> dict[str, Any]:
    """What was sent, checked; whether there is such a conversation comes first."""
    try:
        thread_view(thread_id)
    except NoSuchThread as error:
        _refuse(error)
    given = shape(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)
