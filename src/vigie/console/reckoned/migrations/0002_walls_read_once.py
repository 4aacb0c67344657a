"""Walls that were built before read the scope once for each row; now once for a statement."""

from django.db import migrations

from vigie.console.practices.scope import walls

_BUILT = """SELECT tablename FROM pg_policies
WHERE policyname = 'own_practices' AND schemaname = current_schema()"""


def rebuild(_, editor):
    if editor.connection.vendor != "postgresql":
        return
    with editor.connection.cursor() as cursor:
        cursor.execute(_BUILT)
        tables = [row[0] for row in cursor.fetchall()]
    for table in tables:
        rule = walls("id" if table == "practices_practice" else "practice_id")
        editor.execute(f"ALTER POLICY own_practices ON {table} USING {rule} WITH CHECK {rule}")


class Migration(migrations.Migration):
    dependencies = [
        ("reckoned", "0001_initial"),
        ("intake", "0003_known_bad"),
        ("journal", "0003_append_only"),
        ("enrolment", "0002_own_practices"),
        ("alerts", "0003_outages"),
    ]
    operations = [migrations.RunPython(rebuild, migrations.RunPython.noop)]
