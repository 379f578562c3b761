"""django-tenants' backend, which also puts on the tenant's database role.

One statement sets role and search_path, when a tenant is entered, on a new connection and after a
rollback, instead of a SET before each query. With the tenant's role the database itself refuses
what a forgotten filter or a wrong search_path would leak.

It acts only where OPTIONS["tenant_roles"] is true; the owner's login (migrations, provisioning)
works without roles. A cursor opened before a switch keeps the old role and path.
"""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django_tenants.postgresql_backend import base
from django_tenants.utils import get_public_schema_name, quote_schema_name
from psycopg.pq import TransactionStatus

ENTER = "SELECT set_config('role', 'none', false), set_config('search_path', %s, false), set_config('role', %s, false)"

# Where the server gives a session no limit of its own (the embedded one does): one that is left open in a transaction
# would hold back the sealing of every ledger on the server (audit/sealing.py).
IDLE_IN_TRANSACTION = "60s"
LIMIT_IDLING = (
    "SELECT set_config('idle_in_transaction_session_timeout', %s, false)"
    " WHERE current_setting('idle_in_transaction_session_timeout') = '0'"
)


class PublicAs:
    """The public schema, seen with a role's rights."""

    def __init__(self, role: str) -> None:
        self.schema_name = get_public_schema_name()
        self.owner = role


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, settings_dict: dict[str, Any], *args: Any, **kwargs: Any) -> None:
        self.tenant_roles = settings_dict["OPTIONS"].get("tenant_roles", False)
        # What the server has been told, as (role, search path); None: nothing, or no longer.
        self._entered: tuple[str, str] | None = None
        super().__init__(settings_dict, *args, **kwargs)

    def get_connection_params(self) -> dict[str, Any]:
        if not self.settings_dict["NAME"]:
            raise ImproperlyConfigured(
                "No database: set DATABASE_URL and DATABASE_OWNER_URL, or start one with `python manage.py stack up`."
            )
        params = super().get_connection_params()
        params.pop("tenant_roles", None)
        return dict(params)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        self._entered = None
        return super().get_new_connection(conn_params)

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if self.tenant_roles:
            with self.wrap_database_errors, self.connection.cursor() as limiting:
                limiting.execute(LIMIT_IDLING, [IDLE_IN_TRANSACTION])

    def close(self) -> None:
        self._entered = None
        super().close()

    def commit(self) -> None:
        # PostgreSQL answers COMMIT of an aborted transaction with a rollback, and says nothing.
        if self.connection is not None and self.connection.info.transaction_status == TransactionStatus.INERROR:
            self._entered = None
        super().commit()

    def rollback(self) -> None:
        # set_config belongs to the transaction: aborting it takes the setting back.
        self._entered = None
        super().rollback()

    def savepoint_rollback(self, sid: str) -> None:
        # The cursor for ROLLBACK TO is opened inside the aborted transaction: entering there would
        # doom the outer one. The base class resets this flag, and what it knows was set.
        self._setting_search_path = True
        try:
            super().savepoint_rollback(sid)
        finally:
            self._setting_search_path = False
            self._entered = None

    def _role(self) -> str:
        if not self.tenant_roles:
            return "none"
        role = getattr(self.tenant, "owner", None)
        if role:
            return str(role)
        if self.schema_name == get_public_schema_name():
            return "none"
        raise ImproperlyConfigured(
            f"The schema {self.schema_name} was entered without its tenant: use tenants.selectors.tenant_context."
        )

    def _handle_search_path(self, cursor: Any = None) -> None:
        if self._setting_search_path:
            return
        path = ", ".join(quote_schema_name(name) for name in self._get_cursor_search_paths())
        wanted = (self._role(), path)
        if self._entered == wanted:
            return
        self._setting_search_path = True
        try:
            with self.wrap_database_errors, self.connection.cursor() as entering:
                entering.execute(ENTER, [path, wanted[0]])
            self._entered = wanted
        finally:
            self._setting_search_path = False
