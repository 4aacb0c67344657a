"""An index of the reports that speak of an update: the pages ask for them at each look."""

from django.db import migrations

# Word for word what `intake.rings.told` asks for, or PostgreSQL does not use it.
_ABOUT = """danger = 'failed_update' AND facts::text LIKE '%"update"%'"""


def make(_, editor):
    if editor.connection.vendor == "postgresql":
        made = f"CREATE INDEX intake_report_updates ON intake_report (at) WHERE {_ABOUT}"
        editor.execute(made, params=None)  # its % are letters


def drop(_, editor):
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX intake_report_updates")


class Migration(migrations.Migration):
    dependencies = [("api", "0001_initial"), ("intake", "0003_known_bad")]
    operations = [migrations.RunPython(make, drop)]
