from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0008_trends"),
    ]

    operations = [
        migrations.AddField(
            model_name="figure",
            name="allowed",
            field=models.PositiveIntegerField(blank=True, null=True),
        ),
    ]
