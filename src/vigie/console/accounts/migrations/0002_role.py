from django.db import migrations, models


def first_is_owner(apps, _):
    """Where there are caretakers already, the first of them is the owner."""
    person = apps.get_model("accounts", "Person")
    first = person.objects.filter(is_active=True).order_by("pk").first()
    if first:
        person.objects.filter(pk=first.pk).update(role="owner")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="role",
            field=models.CharField(
                choices=[
                    ("owner", "Owner"),
                    ("caretaker", "Caretaker"),
                    ("reader", "Reader"),
                    ("doctor", "Doctor"),
                ],
                default="caretaker",
                max_length=9,
            ),
        ),
        migrations.RunPython(first_is_owner, migrations.RunPython.noop),
    ]
