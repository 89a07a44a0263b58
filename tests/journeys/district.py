"""The demo district in the live server's database: built once a session, put back in a moment before every journey.

Building takes some seconds, putting back a tenth of one: SQLite copies pages with its backup call, PostgreSQL copies
rows from a schema of its own. After a journey pytest-django empties the database as after every test of this kind.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from io import StringIO
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction

PASSWORD = "Thu-cho-biet-2023"
KEPT = "kept_district"


class Kept:
    """The demo district as first built. `put_back` may be called whenever no transaction is open."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "district.sqlite3"
        call_command("flush", interactive=False, verbosity=0)
        call_command("load_criteria", stdout=StringIO())
        call_command("demo", password=PASSWORD, stdout=StringIO())
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(self.file)) as copy:
                connection.connection.backup(copy)
        else:
            self._copy_rows_aside()
        call_command("flush", interactive=False, verbosity=0)

    def put_back(self) -> None:
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with closing(sqlite3.connect(self.file)) as copy:
                copy.backup(connection.connection)
        else:
            self._copy_rows_back()

    def _copy_rows_aside(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA IF EXISTS {KEPT} CASCADE")
            cursor.execute(f"CREATE SCHEMA {KEPT}")
            for table in _tables():
                cursor.execute(f'CREATE TABLE {KEPT}."{table}" AS TABLE "{table}"')

    def _copy_rows_back(self) -> None:
        # Foreign keys of Django are checked at the end of the transaction: the order of tables does not matter.
        tables = list(_tables())
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE {}".format(", ".join(f'"{table}"' for table in tables)))
            for table in tables:
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM {KEPT}."{table}"')
            for statement in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
                cursor.execute(statement)


def _tables() -> Iterator[str]:
    names = set(connection.introspection.django_table_names(only_existing=True))
    names |= {model._meta.db_table for model in apps.get_models(include_auto_created=True)} & set(
        connection.introspection.table_names()
    )
    yield from sorted(names - {"django_migrations"})
