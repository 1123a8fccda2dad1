from typing import Any

from django.db import migrations, models

# All that were filled before; `allowed` stands since migration 0009 and may never have been.
FILLED = [
    "as_of",
    "measurable",
    "person_days",
    "average_headcount",
    "gross_left",
    "excused_left",
    "net_left",
    "provisional_left",
    "rate",
    "rate_low",
    "rate_high",
    "settled_rate",
    "settled_low",
    "distinct_guards",
    "continuity",
    "median_tenure_days",
    "stability",
    "claimed",
    "present",
    "refused",
]


def say_what_was_filled(apps: Any, schema_editor: Any) -> None:
    apps.get_model("compliance", "Evaluation").objects.update(columns=FILLED)


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0010_weight_of_a_rehearsed_mark"),
    ]

    operations = [
        migrations.AddField(
            model_name="evaluation",
            name="columns",
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.RunPython(say_what_was_filled, migrations.RunPython.noop, elidable=True),
    ]
