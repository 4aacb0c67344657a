"""What the database itself lets us see: PostgreSQL row-level security, told by one setting.

`vigie.scope` is a list of practice numbers, or EVERYONE for the console's own work. Without it
nothing is visible. SQLite has one embedded practice and no such walls: there, querysets are it.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from django.db import connection, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.http import HttpRequest, HttpResponse

from vigie.console.accounts.models import Person
from vigie.console.practices.models import Practice

NOBODY = ""
EVERYONE = "everyone"

Answer = Callable[[HttpRequest], HttpResponse]


def see(scope: str, *, until_commit: bool = False) -> None:
    """Make visible what `scope` names, on this connection or until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('vigie.scope', %s, %s)", [scope, until_commit])


def narrowed_to(column: str) -> str:
    """Return an expression for a SELECT of one row: what is seen becomes the practice it names.

    PostgreSQL computes it for the row it has found, after its walls: until the transaction ends
    that practice alone is visible, without a journey of its own.
    """
    if connection.vendor != "postgresql":
        return "''"
    return f"set_config('vigie.scope', {column}::text, true)"


def of(practices: Iterable[int]) -> str:
    """Return the scope of these practices."""
    return ",".join(str(number) for number in practices)


@contextmanager
def seeing(scope: str) -> Iterator[None]:
    """See what `scope` names inside the block, and what was visible before after it."""
    before = _current()
    see(scope)
    try:
        yield
    finally:
        if not connection.needs_rollback:  # a broken transaction takes the setting back itself
            see(before)


def only_own_practices(answer: Answer) -> Answer:
    """Return a middleware: a page sees the practices of the person who asks for it."""

    def answered(request: HttpRequest) -> HttpResponse:
        # Machines are seen to by the intake; a program's key says itself whose practices it opens.
        if connection.vendor != "postgresql" or request.path.startswith(
            ("/api/agent/", "/static/")
        ):
            return answer(request)
        with seeing(NOBODY):
            if isinstance(request.user, Person):
                care = request.user.practices.through.objects.filter(person=request.user)
                see(of(care.values_list("practice_id", flat=True)))
            return answer(request)

    return answered


def add_practice(caretakers: Iterable[Person], name: str, **particulars: str) -> Practice:
    """Make a practice in the care of these persons, and let this connection see it."""
    before = _current()
    with seeing(EVERYONE):
        practice = Practice.objects.create(name=name, **particulars)
        practice.caretakers.set(caretakers)
    if before and before != EVERYONE:
        see(f"{before},{practice.pk}")
    return practice


def walks_through_walls() -> bool:
    """Return whether PostgreSQL lets this role ignore row security: then there are no walls."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def isolate(table: str, column: str = "practice_id") -> migrations.RunPython:
    """Return the migration that lets PostgreSQL show rows of `table` inside the scope only."""
    rule = walls(column)

    def up(_: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            editor.execute(f"CREATE POLICY own_practices ON {table} USING {rule} WITH CHECK {rule}")

    def down(_: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP POLICY own_practices ON {table}")
            editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
            editor.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")

    return migrations.RunPython(up, down)


def walls(column: str = "practice_id") -> str:
    """Return the rule of a wall, in SQL: what `column` names is inside the scope.

    The scope is read once for a statement, not for each row: a caretaker of a thousand practices
    has a long one.
    """
    scope = "current_setting('vigie.scope', true)"
    numbers = f"string_to_array({scope}, ',')::bigint[]"
    listed = f"SELECT CASE {scope} WHEN '{EVERYONE}' THEN '{{}}' ELSE {numbers} END"
    return f"((SELECT {scope}) = '{EVERYONE}' OR {column} = ANY (({listed})::bigint[]))"


def _current() -> str:
    if connection.vendor != "postgresql":
        return NOBODY
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('vigie.scope', true), '')")
        return str(cursor.fetchone()[0])
