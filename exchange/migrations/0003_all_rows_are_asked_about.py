from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("exchange", "0002_warnings_before_bringing_in")]

    operations = [migrations.RemoveField(model_name="import", name="rows_asked")]
