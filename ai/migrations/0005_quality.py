import django.contrib.postgres.fields
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ai", "0004_call_use"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="failed_checks",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=30), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="call",
            name="intent",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddField(
            model_name="call",
            name="version",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.AddField(
            model_name="reservation",
            name="intent",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
        migrations.AddField(
            model_name="reservation",
            name="version",
            field=models.PositiveIntegerField(db_default=0, default=0),
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("approval", models.UUIDField(unique=True)),
                ("workflow", models.CharField(max_length=60)),
                ("version", models.PositiveIntegerField()),
                ("intent", models.CharField(blank=True, max_length=60)),
                ("provider", models.CharField(blank=True, max_length=40)),
                ("model", models.CharField(blank=True, max_length=100)),
                ("prompt_version", models.CharField(blank=True, max_length=60)),
                ("fell_back", models.BooleanField()),
                ("decision", models.CharField(max_length=10)),
                ("edited", models.BooleanField()),
                ("words_changed", models.FloatField(null=True)),
                ("waited", models.DurationField()),
                ("at", models.DateTimeField()),
                ("taken_back_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["at"], name="ai_judgement_at"),
                    models.Index(fields=["workflow", "version", "id"], name="ai_judgement_version"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ("approve", "reject"))), name="ai_judgement_decision"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("words_changed", None),
                            models.Q(("words_changed__gte", 0), ("words_changed__lte", 1)),
                            _connector="OR",
                        ),
                        name="ai_judgement_words",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Look",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("workflow", models.CharField(max_length=60)),
                ("version", models.PositiveIntegerField()),
                ("number", models.PositiveIntegerField()),
                ("until", models.UUIDField()),
                ("level", models.FloatField()),
                ("tests", models.JSONField()),
                ("drifted", models.BooleanField()),
                ("at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("workflow", "version", "number"), name="ai_look_number")
                ],
            },
        ),
    ]
