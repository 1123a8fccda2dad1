from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("compliance", "0001_initial")]

    operations = [
        migrations.RenameField("clauseversion", "citation", "citation_en"),
        migrations.AddField("clauseversion", "citation_kk", models.CharField(blank=True, max_length=300)),
        migrations.AddField("clauseversion", "citation_ru", models.CharField(blank=True, max_length=300)),
    ]
