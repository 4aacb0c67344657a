from django.db import migrations

from vigie.console.practices.scope import isolate


class Migration(migrations.Migration):
    dependencies = [("practices", "0001_initial")]
    operations = [
        isolate("practices_practice", "id"),
        isolate("practices_machine"),
    ]
