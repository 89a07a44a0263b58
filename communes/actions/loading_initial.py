"""An initial load: figures of before the system, taken over as approved in one act with its reason.

Only into cells where nothing was ever sent (an undone load aside) and nobody is writing: what the workflow has seen
goes through the workflow. Each cell gets a revision, a result that says the same, an act LOAD; what stands on every
basis follows from the acts as always (`communes.rules.holdings`). Undoing adds an act UNLOAD; nothing is deleted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Person
from accounts.roles import Standing
from communes.actions.importing import (
    CellSave,
    Undone,
    before_of,
    cells_of,
    claim,
    history_of,
    lock_cells,
    replace_drafts,
    set_current,
    stand_again,
)
from communes.actions.stating import refuse_if_locked
from communes.models import Act, Holding, ImportBatch, Statement
from communes.policies import Refused, why_not_load_initial
from communes.rules.holdings import ActRow, BackwardsInTime, Interval, holdings_of
from communes.rules.importing import ImportStage, in_chunks
from communes.rules.workflow import ActKind, Source, Stage, StatementKind
from criteria.rules.vocabulary import Basis


@transaction.atomic
def apply_initial_load(
    *, by: Person, standing: Standing, batch: ImportBatch, saves: Sequence[CellSave], counts: Mapping[str, int],
    fingerprint: str, on: date,
) -> int:  # fmt: skip
    """Take the cells over as approved. As `importing.apply_values`: raises Overtaken or Refused."""
    if refusal := why_not_load_initial(standing, batch.district.code):
        raise Refused(refusal)
    now = timezone.now()
    claim(by, standing, batch, ImportStage.CHECKED, {
        "stage": ImportStage.APPLIED.value, "applied_by": by, "applied_at": now, "fingerprint": fingerprint,
    })  # fmt: skip
    assert batch.year is not None
    cells = lock_cells(saves, batch.year)
    _refuse_sent(cells[save.unit, save.measure] for save in saves)
    revisions: list[Statement] = []
    for chunk in in_chunks(saves):
        made = _state(batch, chunk, cells, by, on, now)
        _act(batch, ActKind.LOAD, made, by, on, now)
        revisions += made
    set_current(saves, batch.year, [row.pk for row in revisions])
    replaced = replace_drafts(saves)
    settle_many([row.assessment_id for row in revisions])
    batch.outcome = {**batch.outcome, "counts": dict(counts), **before_of(saves, revisions), "replaced": replaced}
    ImportBatch.objects.filter(pk=batch.pk).update(outcome=batch.outcome)
    done = f"nạp lần đầu, coi như đã duyệt {len(saves)} số liệu ({batch.reason})"
    remember(history_of("import.load", by, batch, done, {save.unit for save in saves}, on))
    refuse_if_locked(batch.district.code, batch.year)
    return len(saves)


def _refuse_sent(assessments: Iterable[int]) -> None:
    """Asked again under the lock: a load never joins a cell that the workflow has seen."""
    for chunk in in_chunks(assessments):
        acted: dict[int, int] = {}
        for pk, kind in Act.objects.filter(assessment_id__in=chunk).values_list("assessment_id", "kind"):
            acted[pk] = acted.get(pk, 0) + (-1 if kind == ActKind.UNLOAD.value else 1)
        if any(count > 0 for count in acted.values()):
            raise Refused("Có mục vừa được gửi. Tải lại trang để xem lại.")


def _state(
    batch: ImportBatch, saves: Sequence[CellSave], cells: Mapping[tuple[int, int], int], by: Person, on: date, at: Any
) -> list[Statement]:
    """A revision for each cell, and beside it the result that says the same."""
    common = {"source": Source.IMPORT.value, "batch": batch, "by": by, "on": on, "at": at}
    made = Statement.objects.bulk_create(
        Statement(
            assessment_id=cells[save.unit, save.measure], kind=StatementKind.REVISION.value,
            stage=Stage.APPROVED.value, **save.entry.fields(), **common,
        )
        for save in saves
    )  # fmt: skip
    results = Statement.objects.bulk_create(
        Statement(
            assessment_id=revision.assessment_id, kind=StatementKind.VERIFICATION.value, of=revision,
            **{**save.entry.fields(), "remark": ""}, **common,
        )
        for save, revision in zip(saves, made, strict=True)
    )  # fmt: skip
    for revision, result in zip(made, results, strict=True):
        revision.loaded_as = result.pk  # type: ignore[attr-defined]
    return made


def _act(batch: ImportBatch, kind: ActKind, revisions: Sequence[Statement], by: Person, on: date, at: Any) -> None:
    Act.objects.bulk_create(
        Act(
            assessment_id=row.assessment_id, revision_id=row.pk, result_id=getattr(row, "loaded_as", None),
            kind=kind.value, reason=batch.reason, by=by, on=on, at=at,
        )
        for row in revisions
    )  # fmt: skip


def settle_many(assessments: Iterable[int]) -> None:
    """Bring the holdings of many assessments in line with their acts, writing only what differs. Raises Refused."""
    for chunk in in_chunks(assessments):
        acts: dict[int, list[ActRow]] = {pk: [] for pk in chunk}
        rows = Act.objects.filter(assessment_id__in=chunk).exclude(kind=ActKind.APPRAISE.value).order_by("pk")
        for pk, kind, revision, result, on in rows.values_list(
            "assessment_id", "kind", "revision_id", "result_id", "on"
        ):
            acts[pk].append(ActRow(ActKind(kind), revision, result, on))
        try:
            wanted = {(pk, interval) for pk, done in acts.items() for interval in holdings_of(done)}
        except BackwardsInTime:
            raise Refused("Ngày làm việc sớm hơn việc đã ghi trước đó cho số liệu này.") from None
        _write_holdings(chunk, wanted)


def _write_holdings(assessments: Sequence[int], wanted: set[tuple[int, Interval]]) -> None:
    standing = {
        (pk, Interval(Basis(basis), statement, from_on, until_on)): holding
        for holding, pk, basis, statement, from_on, until_on in Holding.objects.filter(
            assessment_id__in=assessments
        ).values_list("pk", "assessment_id", "basis", "statement_id", "from_on", "until_on")
    }
    gone = [holding for interval, holding in standing.items() if interval not in wanted]
    for chunk in in_chunks(gone):
        Holding.objects.filter(pk__in=chunk).delete()
    Holding.objects.bulk_create(
        Holding(
            assessment_id=pk, basis=interval.basis.value, statement_id=interval.statement, from_on=interval.from_on,
            until_on=interval.until_on,
        )
        for pk, interval in sorted(wanted - standing.keys(), key=lambda pair: (pair[0], pair[1].from_on, pair[1].basis))
    )  # fmt: skip


@transaction.atomic
def undo_initial_load(*, by: Person, standing: Standing, batch: ImportBatch, on: date) -> Undone:
    """Take a load back: its cells stand on no basis any more, unless something was done on them since."""
    if refusal := why_not_load_initial(standing, batch.district.code):
        raise Refused(refusal)
    now = timezone.now()
    claim(by, standing, batch, ImportStage.APPLIED, {
        "stage": ImportStage.UNDONE.value, "undone_by": by, "undone_at": now,
    })  # fmt: skip
    assert batch.year is not None
    rows = list(cells_of(batch, loaded=True))
    going, left = [row for row in rows if row.is_untouched], tuple(row.revision for row in rows if not row.is_untouched)
    before = dict(batch.outcome.get("before", []))
    for chunk in in_chunks(row.revision for row in going):
        Statement.objects.filter(pk__in=chunk).update(stage=Stage.REPLACED.value)
        _act(batch, ActKind.UNLOAD, list(Statement.objects.filter(pk__in=chunk).order_by("pk")), by, on, now)
    set_current([row.save for row in going], batch.year, [before.get(row.revision) for row in going])
    stand_again(batch, {before[row.revision] for row in going if row.revision in before})
    settle_many([row.save.assessment for row in going if row.save.assessment is not None])
    batch.outcome = {**batch.outcome, "left": list(left), "undone": len(going)}
    ImportBatch.objects.filter(pk=batch.pk).update(outcome=batch.outcome)
    remember(history_of("import.unload", by, batch, f"hoàn tác nạp lần đầu {len(going)} số liệu", {
        row.save.unit for row in rows
    }, on))  # fmt: skip
    refuse_if_locked(batch.district.code, batch.year)
    return Undone(len(going), left)
