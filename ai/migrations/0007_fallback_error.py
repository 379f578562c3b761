from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ai", "0006_words"),
    ]

    operations = [
        migrations.AddField(
            model_name="call",
            name="fallback_error",
            field=models.CharField(blank=True, db_default="", default="", max_length=60),
        ),
    ]
