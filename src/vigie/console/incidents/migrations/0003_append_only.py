"""What somebody wrote about an incident is kept: the database refuses to change or delete it."""

from django.db import migrations

TABLES = ("incidents_tick", "incidents_revision", "incidents_draft", "incidents_evidence")


def statements(table, vendor):
    if vendor == "postgresql":
        yield (
            f"CREATE FUNCTION {table}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'what was written is kept'; END $$"
        )
        yield (
            f"CREATE TRIGGER {table}_keeps_rows BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_append_only()"
        )
        yield (
            f"CREATE TRIGGER {table}_keeps_all BEFORE TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {table}_append_only()"
        )
        return
    for verb in ("UPDATE", "DELETE"):
        yield (
            f"CREATE TRIGGER {table}_keeps_{verb.lower()} BEFORE {verb} ON {table} "
            "BEGIN SELECT RAISE(ABORT, 'what was written is kept'); END"
        )


def protect(_, editor):
    for table in TABLES:
        for statement in statements(table, editor.connection.vendor):
            editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("incidents", "0002_own_practices")]
    operations = [migrations.RunPython(protect)]
