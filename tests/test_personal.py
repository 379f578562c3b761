"""Every text that a tenant's tables can hold is somebody's, or nobody's for a reason that is written down."""

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from audit.erasing import ERASED, Personal, shape, tables

TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, models.FileField)


def text_fields(model: type[models.Model]) -> set[str]:
    """The fields that can hold what somebody wrote; one with choices holds a word of ours."""
    found = set()
    for field in model._meta.concrete_fields:
        kind = field.output_field if isinstance(field, models.GeneratedField) else field
        kind = kind.base_field if isinstance(kind, ArrayField) else kind
        if isinstance(kind, TEXTS) and not field.choices:
            found.add(field.name)
    return found


def tenant_models() -> dict[str, type[models.Model]]:
    configs = [config for config in apps.get_app_configs() if config.name in settings.TENANT_APPS]
    found = [model for config in configs for model in config.get_models(include_auto_created=True)]
    return {model._meta.label: model for model in found if model._meta.managed}


DECLARED = {table.model._meta.label: table for table in tables()}


@pytest.mark.parametrize("label", sorted(tenant_models()))
def test_each_text_of_a_table_is_declared_as_somebodys_or_nobodys(label: str) -> None:
    declared = DECLARED[label].fields if label in DECLARED else {}
    missing = text_fields(tenant_models()[label]) - set(declared)
    assert not missing, (
        f"{label}: say in the app's personal.py whose {', '.join(sorted(missing))} is: "
        "Personal(subject=…), or why it is nobody's (audit/erasing.py)"
    )


@pytest.mark.parametrize("label", sorted(DECLARED))
def test_what_is_declared_is_there_and_nobodys_has_a_reason(label: str) -> None:
    table = DECLARED[label]
    names = {field.name for field in table.model._meta.concrete_fields}
    assert set(table.fields) <= names
    assert all(isinstance(how, Personal) or how.strip() for how in table.fields.values())


def test_a_document_keeps_its_shape_and_loses_its_words() -> None:
    leaves = shape("kind", "n")
    document = {
        "kind": "message",
        "id": "01939f4e-7c6e-7c3f-8d1a-0123456789ab",
        "text": "Hi, I am Georgia",
        "n": 3,
        "budget": 900000,
        "at": "2026-11-28T10:30:00Z",
        "record": "contact:01939f4e-7c6e-7c3f-8d1a-0123456789ab",
        "digest": "0" * 64,
        "people": ["georgia", {"name": "", "kind": "Georgia P."}],
        "Georgia's own key": "x",
        "done": True,
        "none": None,
    }
    left = leaves(document)
    assert left == {
        "kind": "message",
        "id": "01939f4e-7c6e-7c3f-8d1a-0123456789ab",
        "text": ERASED,
        "n": 3,
        "budget": 0,
        "at": "2026-11-28T10:30:00Z",
        "record": "contact:01939f4e-7c6e-7c3f-8d1a-0123456789ab",
        "digest": "0" * 64,
        "people": [ERASED, {"name": "", "kind": ERASED}],
        "done": True,
        "none": None,
    }
    assert leaves(left) == left, "erasing again changes nothing"
