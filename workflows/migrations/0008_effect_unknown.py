from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0007_undo_plans"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="effect",
            index=models.Index(condition=models.Q(("status", "unknown")), fields=["run"], name="effect_unknown"),
        ),
    ]
