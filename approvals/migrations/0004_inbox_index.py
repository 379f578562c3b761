from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_asked_claimed_given")]

    operations = [
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(
                condition=models.Q(("status__in", ("pending", "asked", "stale"))),
                fields=["expires_at", "id"],
                name="approval_inbox",
            ),
        ),
    ]
