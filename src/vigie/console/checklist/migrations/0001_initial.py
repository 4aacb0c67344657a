import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from vigie.console.practices.scope import isolate


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("practices", "0002_own_practices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.CreateModel(
            name="Answer",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("item", models.CharField(max_length=40)),
                (
                    "said",
                    models.CharField(
                        choices=[("yes", "Yes"), ("no", "No"), ("unconcerned", "Unconcerned")],
                        max_length=12,
                    ),
                ),
                ("name", models.CharField(max_length=80)),
                ("at", models.DateTimeField()),
                ("expires", models.DateTimeField()),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "practice",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="answers",
                        to="practices.practice",
                    ),
                ),
            ],
            options={
                "ordering": ("practice", "item", "-at", "-id"),
                "indexes": [
                    models.Index(fields=["practice", "item", "-at"], name="checklist_answer_read")
                ],
            },
        ),
        isolate("checklist_answer"),
    ]
