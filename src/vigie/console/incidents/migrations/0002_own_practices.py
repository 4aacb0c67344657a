from django.db import migrations

from vigie.console.practices.scope import isolate


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial"), ("practices", "0002_own_practices")]
    operations = [
        isolate("incidents_incident"),
        isolate("incidents_tick"),
        isolate("incidents_revision"),
        isolate("incidents_draft"),
        isolate("incidents_evidence"),
    ]
