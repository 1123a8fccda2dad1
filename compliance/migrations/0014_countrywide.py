import django.db.models.deletion
import django.db.models.functions.comparison
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0002_groups_and_reports"),
        ("compliance", "0013_the_law_stands"),
        ("guards", "0008_sessions_and_disagreements"),
        ("schools", "0002_closures_once"),
    ]

    operations = [
        migrations.CreateModel(
            name="Compared",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("person_days", models.PositiveBigIntegerField()),
                ("gross_left", models.PositiveIntegerField()),
                ("net_left", models.PositiveIntegerField()),
                ("settled_left", models.PositiveIntegerField()),
                ("settled_rate", models.FloatField()),
                ("excess", models.FloatField()),
                ("standing", models.PositiveSmallIntegerField()),
                ("standing_by_chance", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name="Comparison",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("as_of", models.DateField()),
                ("funnel", models.JSONField()),
                ("marks", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="SchoolCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("contracted", models.PositiveIntegerField()),
                ("measurable", models.PositiveIntegerField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name="figure",
            name="compliance__level_13fef0_idx",
        ),
        migrations.RemoveIndex(
            model_name="finding",
            name="compliance__agency__f2b1c7_idx",
        ),
        migrations.RemoveIndex(
            model_name="finding",
            name="compliance__school__41a9ab_idx",
        ),
        migrations.AddIndex(
            model_name="figure",
            index=models.Index(
                fields=["level", "-settled_low", "-settled_rate", "id"], name="compliance__level_f71a4d_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="figure",
            index=models.Index(
                fields=["level", "region", "-settled_low", "-settled_rate", "id"], name="compliance__level_4a5586_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(fields=["opened_on", "id"], name="compliance__opened__10fbfb_idx"),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                fields=["agency", "closed_on", "opened_on", "id"], name="compliance__agency__56cc8c_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                fields=["school", "closed_on", "opened_on", "id"], name="compliance__school__e965ce_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                condition=models.Q(("closed_on__isnull", True)),
                fields=["version", "strength", "region"],
                name="compliance_finding_counted",
            ),
        ),
        migrations.AddIndex(
            model_name="finding",
            index=models.Index(
                condition=models.Q(("closed_on__isnull", True)),
                fields=["strength", "opened_on", "id"],
                name="compliance_finding_weighed",
            ),
        ),
        migrations.AddField(
            model_name="compared",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="agencies.agency"
            ),
        ),
        migrations.AddField(
            model_name="comparison",
            name="region",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="schools.region",
            ),
        ),
        migrations.AddField(
            model_name="compared",
            name="comparison",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="compared", to="compliance.comparison"
            ),
        ),
        migrations.AddField(
            model_name="schoolcount",
            name="region",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="schools.region"
            ),
        ),
        migrations.AddConstraint(
            model_name="comparison",
            constraint=models.UniqueConstraint(
                django.db.models.functions.comparison.Coalesce("region", models.Value("")),
                name="compliance_comparison_once",
            ),
        ),
        migrations.AddIndex(
            model_name="compared",
            index=models.Index(
                fields=["comparison", "standing", "-excess", "id"], name="compliance__compari_1ccb72_idx"
            ),
        ),
        migrations.AddIndex(
            model_name="compared",
            index=models.Index(
                fields=["comparison", "standing_by_chance", "-excess", "id"], name="compliance__compari_ecd348_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="compared",
            constraint=models.UniqueConstraint(fields=("comparison", "agency"), name="compliance_compared_once"),
        ),
    ]
