import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.db import migrations, models
from django.db.models import Value
from django.db.models.fields.json import KT


class Migration(migrations.Migration):
    dependencies = [("approvals", "0004_inbox_index")]

    operations = [
        # One for all schemas; it is a trusted extension of PostgreSQL's own, so the database's owner may add it.
        migrations.RunSQL("CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public", migrations.RunSQL.noop),
        migrations.AddField(
            model_name="approval",
            name="searched",
            field=models.GeneratedField(
                db_persist=True,
                expression=django.db.models.functions.text.Upper(
                    django.db.models.functions.text.Concat(
                        "title",
                        Value(" "),
                        KT("document__customer__name"),
                        Value(" "),
                        KT("document__customer__email"),
                        Value(" "),
                        KT("document__message__subject"),
                        output_field=models.TextField(),
                    )
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="approval",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("status__in", ("pending", "asked", "stale"))),
                fields=["searched"],
                name="approval_searched",
                opclasses=["gin_trgm_ops"],
            ),
        ),
    ]
