"""A process of its own that applies an import and stops half way, to be killed there.

    python -m tests.communes.apply_in_child BATCH PERSON guarded|bare

`bare` takes the transaction away: the positive control.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import date

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ntm_tracker.settings")
django.setup()

from django.db.models import QuerySet  # noqa: E402

from accounts.models import Person  # noqa: E402
from communes.actions import importing  # noqa: E402
from communes.imports import kinds  # noqa: E402
from communes.models import ImportBatch  # noqa: E402
from communes.queries.people import standing_of  # noqa: E402


def half_way(*told: object) -> None:
    """Statements are written, the cells do not point to them yet."""
    print("HALF", flush=True)
    time.sleep(120)


def main(batch: int, person: int, how: str) -> None:
    importing.set_current = half_way
    if how == "bare":
        kinds.apply_values = importing.apply_values.__wrapped__  # type: ignore[attr-defined]
        QuerySet.select_for_update = lambda self, *args, **kwargs: self  # type: ignore[method-assign]
    today = date(2023, 10, 15)
    row = ImportBatch.objects.select_related("district").get(pk=batch)
    by = Person.objects.get(pk=person)
    standing = standing_of(by, today)
    found = kinds.check_batch(row, standing, today)
    kinds.INTAKES[kinds.ImportKind(row.kind)].apply(
        kinds.Writing(by, standing, row, found.written, found.counts, found.fingerprint, today)
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
