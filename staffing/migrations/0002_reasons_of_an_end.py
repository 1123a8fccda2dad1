from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("staffing", "0001_signed_reasons")]

    operations = [
        migrations.RemoveConstraint(model_name="signedreason", name="staffing_signed_reason_once_a_clause"),
        migrations.AddField(model_name="signedreason", name="of_end", field=models.BooleanField(default=False)),
        migrations.AddConstraint(
            model_name="signedreason",
            constraint=models.UniqueConstraint(
                fields=("assignment", "version", "of_end"),
                name="staffing_signed_reason_once_a_clause",
                violation_error_message="A reason for setting this clause aside is signed already.",
            ),
        ),
    ]
