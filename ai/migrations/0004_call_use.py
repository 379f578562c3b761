from django.db import migrations, models

USES = [("work", "Work"), ("evaluation", "Evaluation")]


class Migration(migrations.Migration):
    dependencies = [("ai", "0003_routes")]

    operations = [
        migrations.AddField(
            model_name=name,
            name="use",
            field=models.CharField(choices=USES, db_default="work", default="work", max_length=20),
        )
        for name in ("call", "reservation")
    ]
