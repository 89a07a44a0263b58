"""The demo district built once for a whole module; every test in it may only look, or is rolled back."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction

from criteria.actions.loading import load_library
from criteria.rules.library import read_library
from ntm_tracker.demo.build import Built, build


def load_criteria() -> None:
    load_library(library=read_library(settings.BASE_DIR / "criteria" / "data"), on=date(2026, 1, 5))


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[Built]:
    with django_db_blocker.unblock():
        undone = transaction.atomic()
        undone.__enter__()
        try:
            load_criteria()
            yield build(hashed="!")
        finally:
            transaction.set_rollback(True)
            undone.__exit__(None, None, None)
