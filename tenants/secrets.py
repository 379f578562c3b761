"""Secrets of the current tenant at rest: sealed with a data key of its own, which MASTER_KEY wraps.

AES-256-GCM both times, with the nonce in front and all of it in URL-safe base64. What goes in as associated
data is checked when it is opened: a wrapped key opens for its tenant only, a sealed text only for what it
was sealed for.
"""

import base64
import secrets
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from dispatch.connection import tenant_connection
from tenants.errors import NoTenant
from tenants.models import Tenant

NONCE_BYTES = 12


def data_key_make(tenant: UUID) -> str:
    """A random data key for a tenant, wrapped, as its row keeps it."""
    return _encrypt(_master_key(), AESGCM.generate_key(256), tenant.bytes)


def seal(text: str, *, purpose: str) -> str:
    """`text` as it may be stored in the current tenant; `purpose` names what it is for."""
    return _encrypt(_data_key(), text.encode(), purpose.encode())


def unseal(sealed: str, *, purpose: str) -> str:
    """What was sealed in this tenant for the same purpose; raises cryptography's InvalidTag for anything else."""
    return _decrypt(_data_key(), sealed, purpose.encode()).decode()


def _data_key() -> bytes:
    tenant = tenant_connection().tenant
    if not isinstance(tenant, Tenant):
        raise NoTenant("no tenant was entered")
    return _decrypt(_master_key(), tenant.data_key, tenant.pk.bytes)


def _master_key() -> bytes:
    key = settings.COUNTERSIGN.master_key
    if not key:
        raise ImproperlyConfigured("MASTER_KEY is not set: no secret of a tenant can be kept or read.")
    return base64.urlsafe_b64decode(key + "=" * (-len(key) % 4))


def _encrypt(key: bytes, plain: bytes, associated: bytes) -> str:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, plain, associated)).decode()


def _decrypt(key: bytes, text: str, associated: bytes) -> bytes:
    raw = base64.urlsafe_b64decode(text)
    return AESGCM(key).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], associated)
