from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("notify", "0004_asked_and_given"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="notice",
            name="notify_notice_news",
        ),
        migrations.AlterField(
            model_name="notice",
            name="news",
            field=models.CharField(
                choices=[
                    ("waits", "Waits"),
                    ("stale", "Stale"),
                    ("escalated", "Escalated"),
                    ("expired", "Expired"),
                    ("given", "Given"),
                    ("asked", "Asked"),
                    ("answered", "Answered"),
                    ("drifted", "Drifted"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("news__in", ["waits", "stale", "escalated", "expired", "given", "asked", "answered", "drifted"])
                ),
                name="notify_notice_news",
            ),
        ),
    ]
