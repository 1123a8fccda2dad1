from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0011_columns_that_a_judging_knew"),
    ]

    operations = [
        migrations.AddField(
            model_name="rehearsedmark",
            name="net_left",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="rehearsedmark",
            name="gross_left",
            field=models.PositiveIntegerField(null=True),
        ),
    ]
