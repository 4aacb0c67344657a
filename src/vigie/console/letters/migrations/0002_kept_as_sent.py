"""Practices are apart, and a letter is kept as it was written: the database itself refuses else."""

from django.db import migrations

from vigie.console.practices.scope import isolate

SQLITE = (
    """CREATE TRIGGER letters_letter_keeps_words BEFORE UPDATE ON letters_letter
    BEGIN SELECT RAISE(ABORT, 'a letter is kept as it was written'); END""",
    """CREATE TRIGGER letters_letter_keeps_rows BEFORE DELETE ON letters_letter
    BEGIN SELECT RAISE(ABORT, 'a letter is kept as it was written'); END""",
)
POSTGRESQL = (
    """CREATE FUNCTION letters_keep() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'a letter is kept as it was written'; END $$""",
    """CREATE TRIGGER letters_letter_keeps_rows BEFORE UPDATE OR DELETE ON letters_letter
    FOR EACH ROW EXECUTE FUNCTION letters_keep()""",
    """CREATE TRIGGER letters_letter_keeps_all BEFORE TRUNCATE ON letters_letter
    FOR EACH STATEMENT EXECUTE FUNCTION letters_keep()""",
)


def protect(_, editor):
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("letters", "0001_initial"), ("practices", "0002_own_practices")]
    operations = [
        isolate("letters_addressee"),
        isolate("letters_letter"),
        isolate("letters_dispatch"),
        migrations.RunPython(protect),
    ]
