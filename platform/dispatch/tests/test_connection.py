"""The hot path's way to the database."""

import pytest
from django.db import connection

from dispatch.connection import row_prepared

pytestmark = pytest.mark.usefixtures("committed")


def test_a_statement_of_the_hot_path_is_planned_once_a_connection() -> None:
    for number in (1, 2):
        assert row_prepared("SELECT %(number)s::int + 41", {"number": number}) == (41 + number,)
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans + custom_plans FROM pg_prepared_statements WHERE statement LIKE '%+ 41'")
        assert cursor.fetchall() == [(2,)]
