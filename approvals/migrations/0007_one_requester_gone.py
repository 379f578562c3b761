from django.db import migrations


class Migration(migrations.Migration):
    """Takes out the column that `requesters` stands for since 0002; nothing has read or written it since."""

    dependencies = [("approvals", "0006_decided_index")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE approvals_approval DROP COLUMN IF EXISTS requester",
            "ALTER TABLE approvals_approval ADD COLUMN IF NOT EXISTS requester uuid NULL",
        )
    ]
