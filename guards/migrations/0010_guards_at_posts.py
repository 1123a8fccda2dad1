from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_groups_and_reports"),
        ("guards", "0009_relief_and_questions"),
        ("schools", "0002_closures_once"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="assignment",
            name="guards_assi_post_id_9c3d41_idx",
        ),
        migrations.RemoveIndex(
            model_name="employment",
            name="guards_empl_agency__4d7285_idx",
        ),
        migrations.AddIndex(
            model_name="assignment",
            index=models.Index(fields=["post", "first_day", "guard"], name="guards_assi_post_id_0c6d0a_idx"),
        ),
        migrations.AddIndex(
            model_name="employment",
            index=models.Index(fields=["agency", "last_day", "guard"], name="guards_empl_agency__05ed34_idx"),
        ),
    ]
