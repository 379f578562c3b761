import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("in_use", "In use"), ("retired", "Retired")], default="in_use", max_length=10
                    ),
                ),
                ("number", models.PositiveIntegerField(default=1)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status__in", ["in_use", "retired"])), name="knowledge_document_status"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DocumentVersion",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("title", models.CharField(max_length=120)),
                ("text", models.TextField()),
                (
                    "language",
                    models.CharField(
                        choices=[
                            ("en", "English"),
                            ("de", "German"),
                            ("es", "Spanish"),
                            ("fr", "French"),
                            ("it", "Italian"),
                            ("pt", "Portuguese"),
                        ],
                        default="en",
                        max_length=2,
                    ),
                ),
                (
                    "audience",
                    models.CharField(
                        choices=[("customers", "Customers and staff"), ("staff", "Staff only")],
                        default="customers",
                        max_length=10,
                    ),
                ),
                ("author", models.CharField(max_length=120)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "searched",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            *(
                                models.When(
                                    language=language,
                                    then=django.contrib.postgres.search.SearchVector("title", config=rules, weight="A")
                                    + django.contrib.postgres.search.SearchVector("text", config=rules, weight="B"),
                                )
                                for language, rules in (
                                    ("en", "english"),
                                    ("de", "german"),
                                    ("es", "spanish"),
                                    ("fr", "french"),
                                    ("it", "italian"),
                                    ("pt", "portuguese"),
                                )
                            ),
                            output_field=django.contrib.postgres.search.SearchVectorField(),
                        ),
                        output_field=django.contrib.postgres.search.SearchVectorField(),
                    ),
                ),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="versions",
                        to="knowledge.document",
                    ),
                ),
            ],
            options={
                "verbose_name": "version",
                "indexes": [django.contrib.postgres.indexes.GinIndex(fields=["searched"], name="knowledge_searched")],
                "constraints": [
                    models.UniqueConstraint(fields=("document", "number"), name="knowledge_version_number"),
                    models.CheckConstraint(
                        condition=models.Q(("title", ""), _negated=True) & models.Q(("text", ""), _negated=True),
                        name="knowledge_version_says_something",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("audience__in", ["customers", "staff"])), name="knowledge_version_audience"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("language__in", ["en", "de", "es", "fr", "it", "pt"])),
                        name="knowledge_version_language",
                    ),
                ],
            },
        ),
    ]
