"""What applications write down about themselves, beside what people entered.

A census of records leaves these out: an update that counts itself has changed nothing of a patient.
Sources, looked at on 2026-11-25: the documentation of Django, Alembic, Flyway, Liquibase, Rails,
Knex, Prisma, Goose, Refinery, Laravel, Phinx and Entity Framework.
"""

import re

# Where migration tools keep what they have done.
_MIGRATIONS = """
django_migrations alembic_version flyway_schema_history schema_version schema_migrations
schema_info schema_history ar_internal_metadata databasechangelog databasechangeloglock migrations
knex_migrations knex_migrations_lock _prisma_migrations goose_db_version refinery_schema_history
phinxlog __efmigrationshistory migration_versions doctrine_migration_versions version db_version
dbversion migration
"""
# Where sessions, locks and search indexes live: made again by themselves.
_PASSING = """
django_session sessions session php_sessions spring_session spring_session_attributes cache
cache_locks locks
"""
TABLES = frozenset((_MIGRATIONS + _PASSING).split())

# In a table of settings, the rows that say which version wrote them.
_SETTINGS = """
settings setting config configuration conf meta metadata parametres parametre params options info
properties app_info application kv keyvalue system reglages
"""
SETTINGS = frozenset(_SETTINGS.split())
MOST_SETTINGS = 3  # columns: a name, a value, and perhaps when
_VERSIONED = re.compile(
    r"version|schema|migrat|updated|mise_?a_?jour|maj|build|release", re.IGNORECASE
)


def keeps_itself(table: str) -> bool:
    """Return whether a table (with or without its schema) is the application's own bookkeeping."""
    return table.lower().rpartition(".")[2] in TABLES


def holds_settings(table: str, columns: int) -> bool:
    """Return whether a table holds settings by name."""
    return table.lower().rpartition(".")[2] in SETTINGS and columns <= MOST_SETTINGS


def says_version(name: str) -> bool:
    """Return whether a setting of this name says which version the application has."""
    return bool(_VERSIONED.search(name))
