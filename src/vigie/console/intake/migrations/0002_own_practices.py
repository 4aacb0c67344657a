from django.db import migrations

from vigie.console.practices.scope import isolate


class Migration(migrations.Migration):
    dependencies = [("intake", "0001_initial"), ("practices", "0002_own_practices")]
    operations = [
        isolate("intake_report"),
        isolate("intake_proof"),
        isolate("intake_backup"),
        isolate("intake_gap"),
        isolate("intake_order"),
    ]
