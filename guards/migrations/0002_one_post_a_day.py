from django.db import migrations

from guards import exclusion


class Migration(migrations.Migration):
    dependencies = [("guards", "0001_initial")]

    operations = [migrations.RunPython(exclusion.install, exclusion.remove)]
