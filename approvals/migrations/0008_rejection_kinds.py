from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0007_one_requester_gone")]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="rejection",
            field=models.CharField(
                blank=True,
                choices=[
                    ("wrong_facts", "Wrong facts"),
                    ("wrong_tone", "Wrong tone or language"),
                    ("wrong_action", "Not to be answered or done like this"),
                    ("needs_person", "A person should answer"),
                    ("not_needed", "The customer no longer needs it"),
                    ("other", "Something else"),
                ],
                db_default="",
                default="",
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="decision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rejection", ""),
                    models.Q(
                        ("decision", "reject"),
                        (
                            "rejection__in",
                            ["wrong_facts", "wrong_tone", "wrong_action", "needs_person", "not_needed", "other"],
                        ),
                    ),
                    _connector="OR",
                ),
                name="decision_rejection",
            ),
        ),
    ]
