"""Alive is not ready: `/song/` says the process answers, `/san-sang/` that database, migrations and disk do."""

from __future__ import annotations

import os

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse


@login_not_required
def alive(request: HttpRequest) -> HttpResponse:
    return HttpResponse("sống\n", content_type="text/plain; charset=utf-8")


@login_not_required
def ready(request: HttpRequest) -> HttpResponse:
    """200 where everything is there, 503 otherwise; no value of any data in the answer."""
    writable = os.access(settings.DATA_DIR, os.W_OK)
    checks = {"database": _database(), "migrations": _migrations(), "data_folder": writable}
    said = {"ready": all(checks.values()), **checks, "journal": _journal()}
    return JsonResponse(said, status=200 if all(checks.values()) else 503)


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _journal() -> str | None:
    """How SQLite keeps what is being written ("wal" only where that is safe); None for another engine."""
    if connection.vendor != "sqlite":
        return None
    try:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA journal_mode")
            return str(cursor.fetchone()[0])
    except DatabaseError:
        return None


def _migrations() -> bool:
    """Dear to find out and seldom different: once it is true it stays so for this process."""
    global _migrated
    _migrated = _migrated or _find_migrated()
    return _migrated


_migrated = False


def _find_migrated() -> bool:
    try:
        executor = MigrationExecutor(connection)
        return not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return False
