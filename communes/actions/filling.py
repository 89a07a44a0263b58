"""Many cells at once: a pasted block, a fill, an undo, last year's values; and many steps of the workflow at once.

Each cell goes through the same door as one typed by hand (`stating.save_value`, `moving.move`), so the same versions
and policies bind it; what is refused does not hold up the others. All in one transaction, the assessments locked first
and in one order: a single save locks its row and then the history, and must never meet a bulk that holds the history
and still wants its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from accounts.models import Person
from accounts.roles import Standing
from communes.actions.moving import Seen, hold, move
from communes.actions.stating import Entry, Stale, save_value
from communes.models import Assessment, Unit
from communes.policies import Item, Refused
from communes.rules.workflow import ActKind
from criteria.models import Measure


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell to save: what policies know of it, what is stated, and the version that the person saw."""

    item: Item
    measure: Measure
    entry: Entry
    seen_version: int


@dataclass(frozen=True, slots=True)
class Step:
    """One revision to move, as the person saw it."""

    item: Item
    revision: int


STALE_STEP = "Mục này vừa chuyển bước. Tải lại trang để xem."


@transaction.atomic
def save_many(
    *, by: Person, standing: Standing, unit: Unit, year: int, cells: Sequence[Cell], on: date
) -> Mapping[str, Refused | Stale | None]:
    """Save cells of one unit and year as drafts; by measure code what stopped each, None where it was saved."""
    _hold(unit, year, [cell.measure for cell in cells])
    outcomes: dict[str, Refused | Stale | None] = {}
    for cell in cells:
        outcomes[cell.measure.code] = None
        try:
            save_value(
                by=by, standing=standing, item=cell.item, unit=unit, measure=cell.measure, year=year,
                seen_version=cell.seen_version, entry=cell.entry, on=on,
            )  # fmt: skip
        except (Refused, Stale) as problem:
            outcomes[cell.measure.code] = problem
    return outcomes


def _hold(unit: Unit, year: int, measures: Iterable[Measure]) -> None:
    """Make and lock the assessments of these measures. Two queries."""
    wanted = sorted(measures, key=lambda measure: measure.pk)
    Assessment.objects.bulk_create(
        (Assessment(unit=unit, measure=measure, year=year) for measure in wanted), ignore_conflicts=True
    )
    list(
        Assessment.objects.select_for_update()
        .filter(unit=unit, year=year, measure__in=wanted)
        .order_by("pk")
        .values_list("pk")
    )


@transaction.atomic
def move_many(
    *, act: ActKind, by: Person, standing: Standing, steps: Mapping[str, Step], on: date, reason: str = ""
) -> Mapping[str, str]:
    """Do one act on many revisions; by key the sentence that stopped it, for those that were stopped."""
    revisions = [step.revision for step in steps.values()]
    hold(revisions)
    stopped: dict[str, str] = {}
    for key, step in steps.items():
        try:
            move(act=act, by=by, standing=standing, item=step.item, seen=Seen(step.revision), on=on, reason=reason)
        except Refused as refusal:
            stopped[key] = str(refusal)
        except Stale:
            stopped[key] = STALE_STEP
    return stopped
