from django.db import migrations

from compliance import triggers


class Migration(migrations.Migration):
    dependencies = [("compliance", "0012_all_leaves_of_a_rehearsed_mark")]

    operations = [migrations.RunPython(triggers.install, triggers.remove)]
