"""The vendor's list prices as of late October 2026; operators keep the table from here on."""

from datetime import date
from decimal import Decimal

from django.db import migrations

SOURCE = "Anthropic's price page, late October 2026"
BEGIN = date(2025, 1, 1)  # the page does not say since when; calls before that day do not exist
LONG = 100_001  # "up to 100,000 tokens" is the short tier

# model, valid from, shortest prompt, input, output, cache write 5 min, cache write 1 h, cache read
PRICES = (
    ("claude-haiku-5-5", BEGIN, 0, "0.10", "0.50", "0.125", "0.20", "0.01"),
    ("claude-haiku-5-5", BEGIN, LONG, "0.50", "2.50", "0.625", "1.00", "0.05"),
    ("claude-sonnet-5-5", BEGIN, 0, "2.00", "10.00", "2.50", "4.00", "0.20"),
    ("claude-sonnet-5-5", date(2026, 10, 7), 0, "2.00", "10.00", "2.50", "4.00", "0.10"),
    ("claude-opus-5-5", BEGIN, 0, "4.00", "20.00", "5.00", "8.00", "0.20"),
    ("claude-sonnet-5", BEGIN, 0, "2.00", "10.00", "2.50", "4.00", "0.20"),
    ("claude-haiku-4-5", BEGIN, 0, "1.00", "5.00", "1.25", "2.00", "0.10"),
)


def enter(apps, schema_editor):
    ModelPrice = apps.get_model("catalog", "ModelPrice")
    for model, valid_from, shortest, *rates in PRICES:
        given, made, write_5m, write_1h, read = map(Decimal, rates)
        ModelPrice.objects.get_or_create(
            model=model,
            valid_from=valid_from,
            min_prompt_tokens=shortest,
            defaults={
                "input": given,
                "output": made,
                "cache_write_5m": write_5m,
                "cache_write_1h": write_1h,
                "cache_read": read,
                "batch_factor": Decimal("0.5"),
                "source": SOURCE,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [migrations.RunPython(enter, migrations.RunPython.noop)]
