"""Idempotency-Key: a POST that is sent again does its work once, and gets the first answer again.

The row that claims a key is committed before the work begins, so that the second of two at once finds it.
The work and its answer are one transaction: a process that dies in between has done nothing, and its key can be
claimed anew once it cannot be at work any more.
"""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Protocol

from django.db import transaction
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from uuid_utils.compat import uuid7

from audit.services import Actor
from gateway.models import KeptAnswer
from gateway.problems import Problem
from tenants.secrets import seal, unseal

KEPT = timedelta(hours=24)
# Longer than any request is let run: whoever claimed a key earlier than this is dead, or will find it taken over.
BUSY = timedelta(minutes=2)
KEY = re.compile(r"[\x21-\x7e]{1,255}")


class Posting(Protocol):
    """A view whose POST takes an Idempotency-Key."""

    def actor(self, request: Request) -> Actor: ...
    def handle_exception(self, exc: Exception) -> Response: ...


Post = Callable[..., Response]


def once(post: Post) -> Post:
    """`post`, a view's method, done once for each Idempotency-Key that comes with it."""

    @wraps(post)
    def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return post(view, request, *args, **kwargs)
        claimed = _claim(view.actor(request), request, key)
        if claimed.status is not None:
            return _again(claimed)
        try:
            with transaction.atomic():
                response = _handled(view, post, request, *args, **kwargs)
                _keep(claimed, response)
        except BaseException:
            # Faults of ours are not kept: the caller may try again.
            KeptAnswer.objects.filter(pk=claimed.pk, attempt=claimed.attempt).delete()
            raise
        return response

    return answer


def _claim(actor: Actor, request: Request, key: str) -> KeptAnswer:
    """The key's row: ours to do the work, or with the answer that was given. Raises Problem."""
    if not KEY.fullmatch(key):
        raise Problem(400, "bad-request", "Idempotency-Key must be 1 to 255 visible ASCII characters.")
    now, attempt = timezone.now(), uuid7()
    KeptAnswer.objects.filter(created_at__lt=now - KEPT).delete()
    body = hashlib.sha256(request.body).hexdigest()
    row, made = KeptAnswer.objects.get_or_create(
        caller=str(actor.person or actor.key),
        # Of a path: one that holds a token must not be stored.
        endpoint=hashlib.sha256(request.path.encode()).hexdigest(),
        key=key,
        defaults={"body": body, "attempt": attempt, "busy_until": now + BUSY},
    )
    if made:
        return row
    if row.body != body:
        raise Problem(422, "idempotency-key-reused", "This Idempotency-Key came with another body before.")
    if row.status is None:
        free = KeptAnswer.objects.filter(pk=row.pk, status=None, busy_until__lt=now)
        if not free.update(attempt=attempt, busy_until=now + BUSY):
            raise _running()
        row.attempt = attempt
    return row


def _handled(view: Posting, post: Post, request: Request, *args: Any, **kwargs: Any) -> Response:
    """What the view answers; what it refuses is an answer too."""
    try:
        return post(view, request, *args, **kwargs)
    except Exception as error:
        return view.handle_exception(error)


def _keep(row: KeptAnswer, response: Response) -> None:
    headers = {name: value for name, value in response.headers.items() if name != "Content-Type"}
    answer = {
        "type": response.content_type,
        "headers": headers,
        "body": None if response.data is None else JSONRenderer().render(response.data).decode(),
    }
    # It may hold a secret that is shown this once.
    sealed = seal(json.dumps(answer), purpose=f"answer:{row.pk}")
    mine = KeptAnswer.objects.filter(pk=row.pk, attempt=row.attempt, status=None)
    if not mine.update(status=response.status_code, answer=sealed):
        raise _running()


def _again(row: KeptAnswer) -> Response:
    answer = json.loads(unseal(row.answer, purpose=f"answer:{row.pk}"))
    data = None if answer["body"] is None else json.loads(answer["body"])
    headers = {**answer["headers"], "Idempotent-Replayed": "true"}
    return Response(data, status=row.status, headers=headers, content_type=answer["type"])


def _running() -> Problem:
    sentence = "The first request with this Idempotency-Key is still being worked on."
    return Problem(409, "idempotency-key-in-use", sentence, headers={"Retry-After": "1"})
