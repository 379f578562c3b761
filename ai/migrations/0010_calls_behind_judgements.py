from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ai", "0009_rejection_kinds"),
    ]

    operations = [
        migrations.AddField(
            model_name="judgement",
            name="cost_usd",
            field=models.DecimalField(decimal_places=10, max_digits=18, null=True),
        ),
        migrations.AddField(
            model_name="judgement",
            name="latency_ms",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="judgement",
            name="run_fell_back",
            field=models.BooleanField(null=True),
        ),
    ]
