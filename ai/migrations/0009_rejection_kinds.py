from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ai", "0008_topics"),
    ]

    operations = [
        migrations.AddField(
            model_name="judgement",
            name="rejection",
            field=models.CharField(blank=True, db_default="", default="", max_length=20),
        ),
    ]
