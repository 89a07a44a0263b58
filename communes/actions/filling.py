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
from communes.actions.dropping import below_drafts, drop_draft, is_said_by
from communes.actions.moving import Seen, hold, move
from communes.actions.stating import Entry, Stale, save_value
from communes.models import Act, Assessment, Unit
from communes.policies import Item, Refused, why_not_send_again
from communes.queries.evidence import papers_beside
from communes.rules.evidence import evidence_mark
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
    """Save cells of one unit and year as drafts; by measure code what stopped each, None where it was saved. Who types
    over a draft what stands below it drops the draft."""
    _hold(unit, year, [cell.measure for cell in cells])
    below = below_drafts(unit, year, [cell.measure for cell in cells])
    outcomes: dict[str, Refused | Stale | None] = {}
    for cell in cells:
        outcomes[cell.measure.code] = None
        earlier = below.get(cell.measure.pk)
        try:
            if earlier is not None and is_said_by(cell.entry, earlier):
                drop_draft(
                    by=by, standing=standing, item=cell.item, unit=unit, measure=cell.measure, year=year,
                    seen_version=cell.seen_version, on=on,
                )  # fmt: skip
                continue
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
    unchanged = unchanged_since_return(revisions) if act in (ActKind.SUBMIT, ActKind.PROPOSE) else frozenset()
    for key, step in steps.items():
        try:
            if refusal := why_not_send_again(is_same_papers=step.revision in unchanged):
                raise Refused(refusal)
            move(act=act, by=by, standing=standing, item=step.item, seen=Seen(step.revision), on=on, reason=reason)
        except Refused as refusal:
            stopped[key] = str(refusal)
        except Stale:
            stopped[key] = STALE_STEP
    return stopped


def unchanged_since_return(revisions: Iterable[int]) -> frozenset[int]:
    """Those of the revisions that were returned and have the very papers beside them still. Two queries, one where
    nothing was returned. A new value or remark makes another revision, which was never returned."""
    newest = {act.revision_id: act for act in Act.objects.filter(revision__in=list(revisions)).order_by("pk")}
    returned = {pk: act for pk, act in newest.items() if act.kind in _RETURNS}
    if not returned:
        return frozenset()
    papers = papers_beside([act.assessment_id for act in returned.values()])
    return frozenset(
        pk for pk, act in returned.items()
        if evidence_mark(papers.get(act.assessment_id, [])) == evidence_mark((a, c) for a, c in act.evidence or [])
    )  # fmt: skip


_RETURNS = (ActKind.RETURN.value, ActKind.RETURN_TO_ASSESSOR.value)
