"""Writing what a workbook brought: keep the file, write its cells in one transaction or not at all, undo it as one act.

Checking happens outside, before (`communes.imports`): what comes here is plain cells with the version each rests on.
What must stay true: nothing is written where one of them has moved on since; nothing that stood is deleted; one entry
of history for the whole act.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO, NamedTuple

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions import notify, remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Role, Standing
from accounts.rules import Act as HistoryAct
from accounts.rules import NoticeKind
from communes.actions.keeping import keep, sha256_of
from communes.actions.stating import Entry, refuse_if_locked
from communes.models import Act, Assessment, ColumnMapping, ImportBatch, Statement, Unit
from communes.policies import Refused, may_see_import, why_not_bring, why_not_load_initial
from communes.queries.importing import officers_by_unit
from communes.rules.importing import ImportKind, ImportStage, in_chunks
from communes.rules.workflow import UNSENT, ActKind, Source, Stage, StatementKind
from criteria.rules.numbers import clean_text

FOLDER = "nhap-excel"
GONE = "Lần nhập này đã được ghi hoặc đã bỏ. Tải lại trang để xem."


class CellSave(NamedTuple):
    """One cell to write: where, which version it rests on (assessment None: nothing there yet), and what to state."""

    unit: int
    measure: int
    assessment: int | None
    version: int
    revision: int | None
    stage: str
    entry: Entry
    prefills: bool


class Overtaken(Exception):
    """Somebody wrote, sent or returned one of the cells since they were checked: nothing was written."""


class Undone(NamedTuple):
    count: int
    left: tuple[int, ...]


def keep_import(
    *, by: Person, standing: Standing, district: Unit, kind: ImportKind, year: int | None, content: BinaryIO,
    name: str, size: int, on: date, as_approved: bool = False, reason: str = "",
) -> ImportBatch:  # fmt: skip
    """Take in one file that could be read: rights, then its bytes under what they are, then its row. `as_approved`: an
    initial load of figures, with its reason. Raises Refused; NoRoom where the disk is full. Nothing is kept then."""
    reason = clean_text(reason).strip()
    refusal = why_not_bring(standing, district.code, kind)
    if as_approved:
        refusal = refusal or _why_not_as_approved(standing, district, kind, reason)
    if refusal:
        raise Refused(refusal)
    content.seek(0)
    sha256 = sha256_of(content)
    stored = keep(sha256, content, name=f"{FOLDER}/{sha256[:2]}/{sha256}.xlsx")
    return ImportBatch.objects.create(
        district=district, kind=kind.value, year=year, stored=stored, name=name, size=size, sha256=sha256,
        stage=ImportStage.CHECKED.value, by=by, on=on, at=timezone.now(), as_approved=as_approved,
        desks=sorted(seat.key for seat in standing.seats), of_office=_is_of_office(standing, district),
        reason=reason if as_approved else "",
    )  # fmt: skip


def _is_of_office(standing: Standing, district: Unit) -> bool:
    return any(seat.role is Role.COORDINATOR and seat.district == district.code for seat in standing.seats)


def is_seen(standing: Standing, batch: ImportBatch) -> bool:
    """Whether an import concerns somebody (`may_see_import`)."""
    return may_see_import(
        standing, batch.district.code, ImportKind(batch.kind), by=batch.by_id, desks=batch.desks,
        of_office=batch.of_office,
    )  # fmt: skip


def _why_not_as_approved(standing: Standing, district: Unit, kind: ImportKind, reason: str) -> str | None:
    if kind not in (ImportKind.VALUES, ImportKind.OWN_BOOK):
        return "Chỉ số liệu mới nạp lần đầu coi như đã duyệt được. Bỏ đánh dấu đó rồi nạp lại."
    return why_not_load_initial(standing, district.code) or (
        None if reason else "Phải ghi lý do nạp lần đầu coi như đã duyệt."
    )


def note_findings(*, batch: ImportBatch, counts: Mapping[str, int], marks: str, fingerprint: str) -> None:
    """Write down what was found when the file was first checked (or checked anew with another mapping)."""
    batch.outcome = {**batch.outcome, "counts": dict(counts), "marks": marks}
    batch.fingerprint = fingerprint
    rows = ImportBatch.objects.filter(pk=batch.pk, stage=ImportStage.CHECKED.value)
    rows.update(outcome=batch.outcome, fingerprint=fingerprint)


@transaction.atomic
def keep_mapping(
    *, by: Person, batch: ImportBatch, year: int, mapping: Mapping[str, Any], signature: str, name: str
) -> None:
    """Which measure each column means, for this file and, by the headings of its sheet, for the next one like it."""
    batch.mapping, batch.year = dict(mapping), year
    waiting = ImportBatch.objects.filter(pk=batch.pk, stage=ImportStage.CHECKED.value)
    if not waiting.update(mapping=batch.mapping, year=year):
        raise Refused(GONE)
    ColumnMapping.objects.update_or_create(
        district=batch.district, signature=signature,
        defaults={"name": name[:120], "columns": batch.mapping, "by": by, "at": timezone.now()},
    )  # fmt: skip


@transaction.atomic
def drop_import(*, by: Person, standing: Standing, batch: ImportBatch) -> None:
    """Put a file aside that was not written. The file stays."""
    claim(by, standing, batch, ImportStage.CHECKED, {"stage": ImportStage.DROPPED.value})


@transaction.atomic
def apply_values(
    *, by: Person, standing: Standing, batch: ImportBatch, saves: Sequence[CellSave], counts: Mapping[str, int],
    fingerprint: str, on: date,
) -> int:  # fmt: skip
    """Write the cells as drafts, each resting on the version it was checked against. How many were written.

    Raises Overtaken where any of them moved on (nothing is written), Refused where the import was written already or
    the year is locked. About a dozen queries and those of the bulk rows.
    """
    now = timezone.now()
    claim(by, standing, batch, ImportStage.CHECKED, {
        "stage": ImportStage.APPLIED.value, "applied_by": by, "applied_at": now, "fingerprint": fingerprint,
    })  # fmt: skip
    assert batch.year is not None
    cells = lock_cells(saves, batch.year)
    revisions = _revisions(batch, saves, cells, by, on, now)
    set_current(saves, batch.year, [row.pk for row in revisions])
    replaced = replace_drafts(saves)
    batch.outcome = {**batch.outcome, "counts": dict(counts), **before_of(saves, revisions), "replaced": replaced}
    ImportBatch.objects.filter(pk=batch.pk).update(outcome=batch.outcome)
    units = {save.unit for save in saves}
    remember(history_of("import.apply", by, batch, f"nhập {len(saves)} số liệu", units, on))
    _tell_communes({save.unit for save in saves if save.prefills}, by, batch, on)
    refuse_if_locked(batch.district.code, batch.year)
    return len(saves)


def claim(by: Person, standing: Standing, batch: ImportBatch, stage: ImportStage, fields: dict[str, Any]) -> None:
    """Take the import out of a stage, once: who comes second finds it gone."""
    if not is_seen(standing, batch):
        raise Refused("Chỉ người nạp tệp và Văn phòng Điều phối NTM huyện xử lý lần nhập này.")
    if not ImportBatch.objects.filter(pk=batch.pk, stage=stage.value).update(**fields):
        raise Refused(GONE)


def lock_cells(saves: Sequence[CellSave], year: int) -> dict[tuple[int, int], int]:
    """The assessments of the cells, made where they are missing, locked and still as they were checked. Raises
    Overtaken. By unit and measure."""
    missing = sorted((save.unit, save.measure) for save in saves if save.assessment is None)
    for chunk in in_chunks(missing):
        # Sorted, and whoever comes second waits here: two imports of the same cells never wait for each other.
        Assessment.objects.bulk_create(
            [Assessment(unit_id=unit, measure_id=measure, year=year) for unit, measure in chunk],
            ignore_conflicts=True,
        )
    rows = Assessment.objects.select_for_update().filter(
        year=year, unit_id__in={save.unit for save in saves}, measure_id__in={save.measure for save in saves}
    )
    found: dict[tuple[int, int], tuple[int, int, int | None]] = {
        (unit, measure): (pk, version, current)
        for unit, measure, pk, version, current in rows.order_by("pk").values_list(
            "unit_id", "measure_id", "pk", "version", "current_id"
        )
    }
    for save in saves:
        if found[save.unit, save.measure][1:] != (save.version, save.revision):
            raise Overtaken
    _refuse_moved(saves)
    return {key: pk for key, (pk, _, _) in found.items()}


def _refuse_moved(saves: Sequence[CellSave]) -> None:
    """Sending and returning move a revision without a new version of its cell."""
    stages = {save.revision: save.stage for save in saves if save.revision is not None}
    for chunk in in_chunks(stages):
        for pk, stage in Statement.objects.filter(pk__in=chunk).values_list("pk", "stage"):
            if stages[pk] != stage:
                raise Overtaken


def _revisions(
    batch: ImportBatch, saves: Sequence[CellSave], cells: Mapping[tuple[int, int], int], by: Person, on: date, at: Any
) -> list[Statement]:
    made: list[Statement] = []
    for chunk in in_chunks(saves):
        made += Statement.objects.bulk_create(
            Statement(
                assessment_id=cells[save.unit, save.measure], kind=StatementKind.REVISION.value,
                source=Source.IMPORT.value, batch=batch, by=by, on=on, at=at,
                stage=(Stage.PREFILLED if save.prefills else Stage.DRAFT).value, **save.entry.fields(),
            )
            for save in chunk
        )  # fmt: skip
    return made


def set_current(saves: Sequence[CellSave], year: int, revisions: Sequence[int | None]) -> None:
    """The cells' newest revision, and one version more. An upsert on what names a cell: an update of each in turn
    took as long as everything else together."""
    for chunk in in_chunks(zip(saves, revisions, strict=True)):
        Assessment.objects.bulk_create(
            [
                Assessment(
                    unit_id=save.unit, measure_id=save.measure, year=year, version=save.version + 1, current_id=pk
                )
                for save, pk in chunk
            ],
            update_conflicts=True, unique_fields=["unit", "measure", "year"], update_fields=["version", "current"],
        )  # fmt: skip


def replace_drafts(saves: Iterable[CellSave]) -> dict[str, list[int]]:
    """What was not sent yet makes room for the new draft. The revisions by the stage they had, for undoing."""
    by_stage: dict[str, list[int]] = {}
    for save in saves:
        if save.revision is not None and save.stage in UNSENT:
            by_stage.setdefault(save.stage, []).append(save.revision)
    for revisions in by_stage.values():
        for chunk in in_chunks(revisions):
            Statement.objects.filter(pk__in=chunk).update(stage=Stage.REPLACED.value)
    return by_stage


def before_of(saves: Sequence[CellSave], revisions: Sequence[Statement]) -> dict[str, list[list[int]]]:
    """Which revision stood before each new one, where one did."""
    pairs = zip(saves, revisions, strict=True)
    return {"before": [[row.pk, save.revision] for save, row in pairs if save.revision is not None]}


def history_of(act: str, by: Person, batch: ImportBatch, done: str, units: set[int], on: date) -> HistoryAct:
    """One entry for an import, without its figures: drafts are nobody else's to read."""
    unit = Unit.objects.get(pk=next(iter(units))) if len(units) == 1 else None
    place = f"{unit.title}: " if unit else ""
    of_year = f" năm {batch.year}" if batch.year else ""
    return HistoryAct(
        act, by.pk, f"{place}{PERSON_MARK} {done}{of_year} từ tệp “{batch.name}”", on, timezone.now(),
        {"batch": batch.pk, "sha256": batch.sha256, "counts": batch.outcome.get("counts", {}), "year": batch.year},
        batch.district.code, unit.code if unit else "", "",
    )  # fmt: skip


def _tell_communes(units: set[int], by: Person, batch: ImportBatch, on: date) -> None:
    """Each commune's own officers, of their own commune, once a day however many files are brought."""
    officers = officers_by_unit(units, on)
    for unit in Unit.objects.filter(pk__in=officers).order_by("pk"):
        notify(
            people=officers[unit.pk] - {by.pk}, kind=NoticeKind.PREFILLED, on=on,
            url=reverse("communes:sheet-home", args=[unit.slug]),
            sentence=f"{by.full_name} nhập hộ {unit.full_name} năm {batch.year} từ tệp. Mở phiếu để nhận hoặc sửa.",
            group=f"lần huyện nhập hộ {unit.full_name} từ tệp, chờ xã nhận",
        )  # fmt: skip


@transaction.atomic
def undo_values(*, by: Person, standing: Standing, batch: ImportBatch, on: date) -> Undone:
    """Take an import back as one act: cells that are still as it left them stand as before it; what was changed, sent
    or accepted since stays. Nothing is deleted: its drafts stay as "đã có bản mới thay". Raises Refused."""
    claim(by, standing, batch, ImportStage.APPLIED, {
        "stage": ImportStage.UNDONE.value, "undone_by": by, "undone_at": timezone.now(),
    })  # fmt: skip
    assert batch.year is not None
    rows = list(cells_of(batch))
    going, left = [row for row in rows if row.is_untouched], tuple(row.revision for row in rows if not row.is_untouched)
    before = dict(batch.outcome.get("before", []))
    for chunk in in_chunks(row.revision for row in going):
        Statement.objects.filter(pk__in=chunk).update(stage=Stage.REPLACED.value)
    set_current([row.save for row in going], batch.year, [before.get(row.revision) for row in going])
    stand_again(batch, {before[row.revision] for row in going if row.revision in before})
    batch.outcome = {**batch.outcome, "left": list(left), "undone": len(going)}
    ImportBatch.objects.filter(pk=batch.pk).update(outcome=batch.outcome)
    units = {row.save.unit for row in rows}
    remember(history_of("import.undo", by, batch, f"hoàn tác {len(going)} số liệu đã nhập", units, on))
    refuse_if_locked(batch.district.code, batch.year)
    return Undone(len(going), left)


class Written(NamedTuple):
    """One cell of an applied import as it is now."""

    revision: int
    save: CellSave
    is_untouched: bool


def cells_of(batch: ImportBatch, *, loaded: bool = False) -> Iterator[Written]:
    """The cells an import wrote, locked. Untouched: its revision is still the newest, and nobody acted on it (an
    initial load, whose revisions are approved, itself aside)."""
    of_batch = Statement.objects.filter(batch=batch, kind=StatementKind.REVISION.value)
    rows = Assessment.objects.select_for_update().filter(pk__in=of_batch.values("assessment_id"))
    cells = {row[0]: row[1:] for row in rows.order_by("pk").values_list(
        "pk", "unit_id", "measure_id", "version", "current_id"
    )}  # fmt: skip
    acts = Act.objects.filter(revision__in=of_batch.values("pk")).exclude(kind=ActKind.LOAD.value)
    acted, stages = set(acts.values_list("revision_id", flat=True)), {Stage.APPROVED} if loaded else UNSENT
    for pk, assessment, stage in of_batch.values_list("pk", "assessment_id", "stage"):
        unit, measure, version, current = cells[assessment]
        save = CellSave(unit, measure, assessment, version, current, stage, _NOTHING, prefills=False)
        yield Written(pk, save, current == pk and stage in stages and pk not in acted)


_NOTHING = Entry(None)


def stand_again(batch: ImportBatch, revisions: set[int]) -> None:
    """Drafts that the import had replaced are drafts again, at the stage they had."""
    replaced: dict[str, list[int]] = batch.outcome.get("replaced", {})
    for stage, pks in replaced.items():
        for chunk in in_chunks(pk for pk in pks if pk in revisions):
            Statement.objects.filter(pk__in=chunk, stage=Stage.REPLACED.value).update(stage=stage)
