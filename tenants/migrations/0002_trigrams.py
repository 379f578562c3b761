from django.db import migrations


class Migration(migrations.Migration):
    """Trigrams, for indexes that find a part of a word; the extension is a trusted one of PostgreSQL's own."""

    dependencies = [("tenants", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA public",
            reverse_sql="DROP EXTENSION IF EXISTS pg_trgm",
        )
    ]
