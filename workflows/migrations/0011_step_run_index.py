import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Takes out an index that `step_once_a_run` covers; each step that is written kept both."""

    dependencies = [
        ("workflows", "0010_erasure"),
    ]

    operations = [
        migrations.AlterField(
            model_name="step",
            name="run",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="workflows.run"
            ),
        ),
    ]
