from django.db import migrations


class Migration(migrations.Migration):
    """Takes out what `Served` stands for since 0002; nothing has read or written it since."""

    dependencies = [
        ("dispatch", "0003_claim"),
    ]

    operations = [
        migrations.DeleteModel(
            name="Turn",
        ),
    ]
