from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0005_searched")]

    operations = [
        migrations.AddIndex(
            model_name="approval",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)), fields=["-decided_at"], name="approval_decided"
            ),
        ),
    ]
