"""Each field that readers filter by gets an index in the order of the list, and the one over whole bodies goes."""

import django.db.models.fields.json
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("audit", "0003_seal_and_leaf")]

    operations = [
        migrations.RemoveIndex(model_name="entry", name="audit_entry_body"),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                django.db.models.fields.json.KeyTextTransform("event", "body"), models.F("id"), name="audit_entry_event"
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                django.db.models.fields.json.KeyTextTransform("actor", "body"),
                models.F("id"),
                django.db.models.fields.json.KeyTextTransform("event", "body"),
                name="audit_entry_actor",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                django.db.models.fields.json.KeyTextTransform("target", "body"),
                models.F("id"),
                name="audit_entry_target",
            ),
        ),
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(
                django.db.models.fields.json.KeyTextTransform("run", "body"), models.F("id"), name="audit_entry_run"
            ),
        ),
    ]
