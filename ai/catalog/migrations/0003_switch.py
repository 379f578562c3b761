import uuid_utils.compat
from django.db import migrations, models

MODES = [("policy", "On: as each workspace says"), ("people_only", "Off: everything goes to people")]


class Migration(migrations.Migration):
    dependencies = [("catalog", "0002_prices")]

    operations = [
        migrations.CreateModel(
            name="Switch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("mode", models.CharField(choices=MODES, max_length=20)),
                (
                    "reason",
                    models.CharField(blank=True, help_text="Everybody in every workspace reads it.", max_length=500),
                ),
                ("changed_by", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "verbose_name": "switch of every workspace's AI",
                "verbose_name_plural": "the AI of every workspace",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("mode__in", ["policy", "people_only"])), name="catalog_switch_mode"
                    )
                ],
            },
        ),
    ]
