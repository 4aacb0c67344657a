import django.db.models.deletion
from django.db import migrations, models

from vigie.console.practices.scope import isolate


class Migration(migrations.Migration):
    initial = True
    dependencies = [("practices", "0002_own_practices")]
    operations = [
        migrations.CreateModel(
            name="Snapshot",
            fields=[
                (
                    "practice",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        serialize=False,
                        to="practices.practice",
                    ),
                ),
                ("proven", models.PositiveSmallIntegerField()),
                ("to_watch", models.PositiveSmallIntegerField()),
                ("to_do", models.PositiveSmallIntegerField()),
                ("blind", models.PositiveSmallIntegerField()),
                ("machines", models.PositiveIntegerField()),
                ("oldest", models.DateTimeField(null=True)),
                ("until", models.DateTimeField(null=True)),
                ("head", models.PositiveBigIntegerField()),
                ("mark", models.CharField(max_length=48)),
            ],
        ),
        isolate("desk_snapshot"),
    ]
