"""A walk through every page of an admin site, doing all that can be done there, as one person.

After each request the tables are compared with what they were, and every row that was written must
be told of by a new ledger entry: one whose target, run or data names it. Then all is rolled back.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from http.cookies import SimpleCookie
from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from psycopg import sql

from tests.admin_forms import as_it_stands, changes, forms_of, submissions

OBJECTS = 3
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
# The ledger itself, who is signed in, and Django's own notes of what was clicked.
NOT_TOLD = ("audit_%", "django_session", "django_admin_log")


@dataclass(frozen=True)
class Place:
    """An admin site, its host and URLs, and how to read what it writes: `schemas`, entered by `enter`."""

    site: AdminSite
    host: str
    urls: Any
    enter: Callable[[], AbstractContextManager[Any]]
    schemas: tuple[str, ...]


@dataclass
class Walk:
    """`faults` are the writes that no entry tells of, and what kept the walk from finding any.

    `extra` says, by model, what a form needs that cannot be guessed. Nothing else may write meanwhile.
    """

    place: Place
    client: Client
    extra: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    wrote: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        # Each step is taken back, so that this is what the next one finds.
        self._rows_before, self._entries_before = self._rows(), self._entries()

    def all(self) -> None:
        """Walk through everything that the site has registered."""
        self._do("the index", lambda: self._get("index"))
        for admin in sorted(self.place.site._registry.values(), key=lambda admin: admin.opts.label):
            self._walk(admin)
        self._judge("something that outlives being taken back")

    def submit(self, told: str, name: str, sent: Mapping[str, Any]) -> None:
        """Do one more thing, at a page of the site that is no model's."""
        self._do(f"{told}, its page", lambda: self._get(name))
        self._accepted(told, [(told, name, (), sent)])

    def _walk(self, admin: ModelAdmin[Any]) -> None:
        with self.place.enter():
            keys = [row.pk for row in admin.model._default_manager.order_by("-pk")[:OBJECTS]]
        self._list(admin)
        self._add(admin)
        if not keys:
            self.faults.append(f"{admin.opts.label}: there is no object to walk through")
            return
        for key in keys:
            self._change(admin, key, in_full=key == keys[0])
        self._do(f"{admin.opts.label} history", lambda: self._get(self._name(admin, "history"), keys[0]))
        self._delete(admin, keys[0])

    def _list(self, admin: ModelAdmin[Any]) -> None:
        name = self._name(admin, "changelist")
        page = self._do(f"{admin.opts.label} list", lambda: self._get(name))
        self._do(f"{admin.opts.label} search", lambda: self._get(name, q="walk"))
        if page is None or page.status_code != 200 or page.context["action_form"] is None:
            return
        with self.place.enter():
            keys = [str(row.pk) for row in page.context["cl"].result_list[:OBJECTS]]
        for action, _ in page.context["action_form"].fields["action"].choices:
            if action:
                chosen = {"action": action, "_selected_action": keys, "index": "0", "select_across": "0"}
                self._do(f"{admin.opts.label} action {action}", partial(self._act, name, chosen))

    def _act(self, name: str, chosen: dict[str, Any]) -> Any:
        page = self._post(name, chosen)
        asks = page.status_code == 200 and b'name="post"' in page.content
        return self._post(name, {**chosen, "post": "yes", "reason": "Walked."}) if asks else page

    def _add(self, admin: ModelAdmin[Any]) -> None:
        name, label = self._name(admin, "add"), f"{admin.opts.label} add"
        page = self._do(label, lambda: self._get(name))
        if page is None or page.status_code != 200:
            return
        with self.place.enter():
            sent = as_it_stands(page)
            for other in changes(page).values():
                sent |= other
        sent |= self.extra.get(admin.opts.label_lower, {})
        self._accepted(label, [(label, name, (), sent)])

    def _change(self, admin: ModelAdmin[Any], key: Any, *, in_full: bool) -> None:
        """A page of Django's looks the same for each object; one of our own may offer each something else."""
        name, label = self._name(admin, "change"), f"{admin.opts.label} change"
        page = self._do(label, lambda: self._get(name, key))
        if page is None or page.status_code != 200:
            return
        if "adminform" not in page.context:
            found = [(told, sent) for form in forms_of(page) for told, sent in submissions(form)]
        elif in_full and page.context["has_change_permission"]:
            with self.place.enter():
                stands = as_it_stands(page)
                found = [(field, stands | sent) for field, sent in changes(page).items()]
        else:
            return
        self._accepted(label, [(f"{label}: {told}", name, (key,), sent) for told, sent in found])

    def _accepted(self, label: str, tries: list[tuple[str, str, tuple[Any, ...], Any]]) -> None:
        """Try each; a form of which nothing was accepted has proved nothing."""
        refusals = []
        for told, name, args, sent in tries:
            self.wrote.discard(told)
            page = self._do(told, partial(self._post, name, sent, *args))
            if page is not None and page.context and "adminform" in page.context:
                refusals.append(f"{told}: {page.context['adminform'].form.errors.as_json()}")
        if tries and not self.wrote.intersection(told for told, *_ in tries):
            self.faults.append(f"{label}: nothing that was sent was accepted, so nothing is proved. {refusals}")

    def _delete(self, admin: ModelAdmin[Any], key: Any) -> None:
        name, label = self._name(admin, "delete"), f"{admin.opts.label} delete"
        page = self._do(label, lambda: self._get(name, key))
        if page is not None and page.status_code == 200:
            self._do(label, lambda: self._post(name, {"post": "yes"}, key))

    def _name(self, admin: ModelAdmin[Any], page: str) -> str:
        return f"{admin.opts.app_label}_{admin.opts.model_name}_{page}"

    def _url(self, name: str, *args: object) -> str:
        return reverse(f"admin:{name}", urlconf=self.place.urls, args=args)

    def _get(self, name: str, *args: object, **query: str) -> Any:
        return self.client.get(self._url(name, *args), query, headers={"host": self.place.host})

    def _post(self, name: str, sent: Mapping[str, Any], *args: object) -> Any:
        given = {name: value for name, value in sent.items() if value is not None}
        return self.client.post(self._url(name, *args), given, headers={"host": self.place.host})

    def _do(self, told: str, act: Callable[[], Any]) -> Any:
        """Do it, hold what was written against what the ledger tells, and take it back."""
        cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}
        with transaction.atomic():
            try:
                page = act()
                if self._wrote_something():
                    self._judge(told)
            except Exception as error:
                self.faults.append(f"{told}: {type(error).__name__}: {error}")
                page = None
            finally:
                transaction.set_rollback(True)
        self.client.cookies = SimpleCookie(cookies)  # a session that was renewed is gone with the rest
        if page is not None and page.status_code not in (200, 302, 403, 409, 422):
            self.faults.append(f"{told}: answered {page.status_code}")
        if page is not None and "/login/" in page.headers.get("Location", ""):
            self.faults.append(f"{told}: asked to sign in")
        return page

    def _judge(self, told: str) -> None:
        rows, new = self._rows(), self._entries() - self._entries_before
        written = [*(rows - self._rows_before), *(self._rows_before - rows)]
        if written:
            self.wrote.add(told)
        named = {name for text in new for name in _named(json.loads(text))}
        for table, row in written:
            if not any(name in row for name in named):
                self.faults.append(f"{told}: wrote {table} and no entry tells of it: {row[:200]}")

    def _wrote_something(self) -> bool:
        """Whether this transaction has changed or locked any row: only then has it a number."""
        with self.place.enter(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_xact_id_if_assigned() IS NOT NULL")
            [(found,)] = cursor.fetchall()
        return bool(found)

    def _rows(self) -> Counter[tuple[str, str]]:
        """All rows that can be read, as (table, text)."""
        with self.place.enter(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT n.nspname, c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                " WHERE c.relkind = 'r' AND n.nspname = ANY(%s) AND has_table_privilege(c.oid, 'SELECT')"
                " AND NOT c.relname LIKE ANY(%s)",
                [list(self.place.schemas), list(NOT_TOLD)],
            )
            tables = cursor.fetchall()
            each = [
                sql.SQL("SELECT {} AS name, t::text FROM {} t").format(
                    sql.Literal(".".join(table)), sql.Identifier(*table)
                )
                for table in tables
            ]
            cursor.execute(sql.SQL(" UNION ALL ").join(each))
            return Counter(cursor.fetchall())

    def _entries(self) -> set[str]:
        with self.place.enter(), connection.cursor() as cursor:
            cursor.execute("SELECT text FROM audit_entry")
            return {row[0] for row in cursor.fetchall()}


def _named(entry: Mapping[str, Any]) -> set[str]:
    """What an entry tells of. Its actor is not among it: that somebody acted does not say on what."""
    target = str(entry["target"]).partition(":")[2]
    assert target, "an entry that names nothing would tell of everything"
    return {target, *UUID.findall(f"{entry['run']} {json.dumps(entry['data'])}")}
