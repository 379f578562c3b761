"""The Celery app: what a worker does around each wake-up."""

import pytest
from celery.fixups.django import DjangoFixup
from django.db import connection

from config.celery import app
from dispatch.tasks import work

pytestmark = pytest.mark.usefixtures("committed")


def backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def test_a_worker_keeps_its_connection_from_one_wake_up_to_the_next() -> None:
    before = backend()
    around = DjangoFixup(app).worker_fixup
    around.on_task_prerun(work)
    around.on_task_postrun(work)
    assert backend() == before
