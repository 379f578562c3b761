from django.db import migrations, models

from tenants.secrets import data_key_make


def give_keys(apps, schema_editor):
    for tenant in apps.get_model("tenants", "Tenant").objects.filter(data_key=""):
        tenant.data_key = data_key_make(tenant.pk)
        tenant.save(update_fields=["data_key"])


class Migration(migrations.Migration):
    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="data_key",
            field=models.CharField(default="", editable=False, max_length=100),
            preserve_default=False,
        ),
        migrations.RunPython(give_keys, migrations.RunPython.noop),
    ]
