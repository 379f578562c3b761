"""Two owners who demote each other at the same moment: one of them stays."""

import threading
from uuid import UUID

import psycopg
from django.db import connection

from accounts.errors import LastOwner
from accounts.services import person_add, person_role_set
from audit.services import Actor
from tenants.selectors import tenant_context

TESTS = Actor.system("tests")
WAITING = (
    "SELECT count(DISTINCT a.pid) FROM pg_stat_activity a JOIN pg_locks l USING (pid)"
    " WHERE a.datname = current_database() AND NOT l.granted"
)


def test_of_two_owners_who_demote_each_other_one_stays(
    in_committed_acacia: None, owner: psycopg.Connection[object]
) -> None:
    owner.execute("UPDATE acacia.accounts_user SET is_active = false WHERE email = 'owner@acacia.example'")
    two = [
        person_add(email=f"{name}@pair.example", name=name, role="owner", password=None, actor=TESTS)
        for name in ("ann", "ben")
    ]
    outcomes: list[str] = []

    def demote(person: UUID) -> None:
        try:
            with tenant_context("acacia"):
                person_role_set(person=person, role="agent", actor=TESTS)
            outcomes.append("demoted")
        except LastOwner:
            outcomes.append("stays")
        finally:
            connection.close()

    threads = [threading.Thread(target=demote, args=(person,)) for person in two]
    try:
        with owner.transaction():
            owner.execute("SELECT 1 FROM acacia.auth_group WHERE name = 'owner' FOR UPDATE")
            for thread in threads:
                thread.start()
            with psycopg.connect(owner.info.dsn, password=owner.info.password, autocommit=True) as watch:
                while watch.execute(WAITING).fetchone() != (2,):
                    assert all(thread.is_alive() for thread in threads), outcomes
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["demoted", "stays"]
    finally:
        owner.execute("DELETE FROM acacia.accounts_user_groups WHERE user_id = ANY(%s)", [two])
        owner.execute("DELETE FROM acacia.accounts_user WHERE id = ANY(%s)", [two])
        owner.execute("UPDATE acacia.accounts_user SET is_active = true WHERE email = 'owner@acacia.example'")
