from django.db import migrations

from vigie.console.practices.scope import isolate


class Migration(migrations.Migration):
    dependencies = [("signing", "0001_initial"), ("practices", "0002_own_practices")]
    operations = [
        isolate("signing_assertedorder"),
    ]
