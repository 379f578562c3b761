import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ai", "0005_quality"),
    ]

    operations = [
        migrations.CreateModel(
            name="CallText",
            fields=[
                (
                    "call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="ai.call",
                    ),
                ),
                ("prompt", models.TextField(blank=True)),
                ("until", models.DateTimeField()),
            ],
            options={
                "permissions": [("read_calltext", "Can read prompts and answers word for word")],
                "indexes": [models.Index(fields=["until"], name="ai_calltext_until")],
            },
        ),
        migrations.RemoveConstraint(
            model_name="call",
            name="ai_call_one_answer",
        ),
        migrations.AddConstraint(
            model_name="call",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("outcome", "succeeded"),
                    models.Q(("run_id", ""), _negated=True),
                    models.Q(("answer", ""), _negated=True),
                ),
                fields=("run_id", "step", "inputs_digest"),
                name="ai_call_one_answer",
            ),
        ),
    ]
