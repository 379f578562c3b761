from typing import Any

from django.db import migrations, models
from django.db.models import F


def in_force_since_it_was_made(apps: Any, schema_editor: Any) -> None:
    """Nobody kept when the versions there are were put in force; their order is that of their making."""
    versions = apps.get_model("workflows", "WorkflowVersion")
    versions.objects.filter(status__in=("active", "retired")).update(activated_at=F("created_at"))


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0004_automation"),
    ]

    operations = [
        migrations.AddField(
            model_name="workflowversion",
            name="activated_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(in_force_since_it_was_made, migrations.RunPython.noop, elidable=True),
    ]
