"""After a schema was migrated its rights and roles' groups are made true again."""

from typing import Any

from django.dispatch import receiver
from django_tenants.signals import schema_migrated
from django_tenants.utils import get_public_schema_name, schema_context

from accounts.roles import groups_sync
from tenants import grants


@receiver(schema_migrated)
def _schema_migrated(sender: object, schema_name: str, **_: Any) -> None:
    grants.apply(schema_name)
    if schema_name != get_public_schema_name():
        with schema_context(schema_name):
            groups_sync()
