"""Write a whole past at once: the saves and moves of many assessments, in the order of their working days.

For the demo district, an initial load and the benchmark, which date acts back and would need minutes doing them one
by one. The same pure rules decide as in `stating` and `moving` (stages, separation of persons, which statement stands
when), and a test holds the rows against those of the ordinary acts. Two things differ: seats are not asked for (the
caller vouches that each person held theirs), and history tells one line for each person, unit, day and kind of act.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from operator import attrgetter
from typing import Any, NamedTuple

from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.actions import remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.rules import Act as HistoryAct
from communes.actions.stating import Entry, said
from communes.models import Act, Assessment, Holding, Statement, Unit
from communes.rules.holdings import ActRow, holdings_of
from communes.rules.superseding import Revised, is_overtaken, stages_changed
from communes.rules.workflow import MOVES, UNSENT, ActKind, Source, Stage, StatementKind, why_not_move
from criteria.models import Measure

BATCH = 2000


class Step(NamedTuple):
    """One thing done to one cell on a day: a save (`act` None) or an act of the workflow.

    `entry` is what is saved, verified (None: the same as the revision) or appraised; `refused` as in `moving.move`.
    `unit` has its parent loaded.
    """

    on: date
    act: ActKind | None
    by: Person
    unit: Unit
    measure: Measure
    year: int
    entry: Entry | None = None
    reason: str = ""
    refused: dict[str, str] | None = None
    source: Source = Source.COMMUNE


class ImpossiblePast(ValueError):
    """A step that the rules of the workflow would have refused; the text names it."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many rows were written."""

    assessments: int
    statements: int
    acts: int
    holdings: int
    remembered: int


@transaction.atomic
def replay(*, steps: Iterable[Step]) -> Replayed:
    """Write all steps, sorted by day (steps of one day stay in the order given), into cells that are still empty.

    Identifiers grow with the days, over all assessments, as if everything had been typed then. Meant for a time when
    nobody else writes. Raises ImpossiblePast.
    """
    ordered = sorted(steps, key=attrgetter("on"))
    _refuse_cells_in_use(ordered)
    now = timezone.now()
    past = _Past(_next_pk(Assessment), _next_pk(Statement), _next_pk(Act))
    for step in ordered:
        past.take(step)
    holdings = past.write(now)
    told = past.told(now)
    remember(*told)
    return Replayed(len(past.cells), len(past.statements), len(past.acts), holdings, len(told))


def _next_pk(model: type[models.Model]) -> int:
    highest: int | None = model._default_manager.aggregate(last=Max("pk"))["last"]
    return (highest or 0) + 1


def _refuse_cells_in_use(steps: Sequence[Step]) -> None:
    wanted = {(step.unit.pk, step.measure.pk, step.year) for step in steps}
    years = {year for _, _, year in wanted}
    used = Assessment.objects.filter(year__in=years).values_list("unit_id", "measure_id", "year")
    if not wanted.isdisjoint(used.iterator()):
        raise ImpossiblePast("a past is written only where nothing was stated yet")


@dataclass(slots=True)
class _Row:
    """A statement before it is written. `said` holds the columns of `Entry.fields` without the remark."""

    pk: int
    assessment: int
    kind: StatementKind
    of: int | None
    said: dict[str, Any]
    remark: str
    refused: dict[str, str] | None
    source: Source
    by: int
    on: date
    stage: Stage | None = None


@dataclass(slots=True)
class _Cell:
    """One assessment as it grows."""

    pk: int
    unit: int
    measure: int
    year: int
    version: int = 0
    revisions: list[_Row] = field(default_factory=list)
    results: dict[int, _Row] = field(default_factory=dict)
    acts: list[ActRow] = field(default_factory=list)
    kinds: dict[int, list[ActKind]] = field(default_factory=dict)

    def target(self, stages: Sequence[Stage]) -> _Row | None:
        """The newest revision in one of these stages; where there is none, the newest at all, to say why not."""
        fitting = (row for row in reversed(self.revisions) if row.stage in stages)
        return next(fitting, self.revisions[-1] if self.revisions else None)


class _ActRow(NamedTuple):
    pk: int
    assessment: int
    revision: int
    result: int | None
    kind: ActKind
    reason: str
    by: int
    on: date


# Their own people do these to what they wrote last, whatever else lies there.
_OF_THE_NEWEST = frozenset({ActKind.ACCEPT, ActKind.PROPOSE, ActKind.SUBMIT})
_Key = tuple[int, date, ActKind | None, int, int, int]


class _Past:
    """Everything that was done, in memory, with identifiers given out in the order of the days."""

    def __init__(self, assessment: int, statement: int, act: int) -> None:
        self.cells: dict[tuple[int, int, int], _Cell] = {}
        self.statements: list[_Row] = []
        self.acts: list[_ActRow] = []
        self._first = (assessment, statement, act)
        self._groups: dict[_Key, list[tuple[Step, _Row]]] = {}

    def take(self, step: Step) -> None:
        key = (step.unit.pk, step.measure.pk, step.year)
        cell = self.cells.get(key)
        if cell is None:
            cell = self.cells[key] = _Cell(self._first[0] + len(self.cells), *key)
        about = self._save(cell, step) if step.act is None else self._move(cell, step, step.act)
        if about is not None:
            self._group(step, about)

    def _save(self, cell: _Cell, step: Step) -> _Row | None:
        """As `stating.save_value`: a new draft, unless it says what stands already."""
        assert step.entry is not None
        current = cell.revisions[-1] if cell.revisions else None
        fields = step.entry.fields()
        remark = fields.pop("remark")
        if _says_the_same(current, fields, remark):
            return None
        if current is not None and current.stage in UNSENT:
            current.stage = Stage.REPLACED
        cell.version += 1
        row = self._state(cell, StatementKind.REVISION, step, fields, remark, source=step.source)
        is_prefilled = step.unit.is_commune and step.source is not Source.COMMUNE
        row.stage = Stage.PREFILLED if is_prefilled else Stage.DRAFT
        cell.revisions.append(row)
        return row

    def _state(
        self, cell: _Cell, kind: StatementKind, step: Step, said: dict[str, Any], remark: str,
        *, source: Source, of: int | None = None,
    ) -> _Row:  # fmt: skip
        pk = self._first[1] + len(self.statements)
        refused = dict(step.refused) if step.refused else None
        row = _Row(pk, cell.pk, kind, of, said, remark, refused, source, step.by.pk, step.on)
        self.statements.append(row)
        return row

    def _move(self, cell: _Cell, step: Step, act: ActKind) -> _Row:
        if act is ActKind.APPRAISE:
            return self._appraise(cell, step)
        move = MOVES[act]
        newest = cell.revisions[-1] if cell.revisions else None
        revision = newest if act in _OF_THE_NEWEST else cell.target(move.from_stages)
        if revision is None:
            raise _impossible(step, why_not_move(act, None))
        verified = cell.results.get(revision.pk)
        refusal = why_not_move(
            act, revision.stage, typed_it=revision.by == step.by.pk,
            verified_it=verified is not None and verified.by == step.by.pk,
        )  # fmt: skip
        if is_overtaken(act, revision.pk, _revised(cell)):
            raise _impossible(step, "Đã có bản mới hơn được gửi.")
        if refusal or (move.needs_reason and not step.reason):
            raise _impossible(step, refusal or "Phải ghi lý do.")
        result = self._verify(cell, step, revision) if act is ActKind.VERIFY else None
        revision.stage = move.to_stage
        self._act(cell, step, act, revision, result)
        cell.kinds.setdefault(revision.pk, []).append(act)
        _supersede(cell, revision, act)
        return result or revision

    def _verify(self, cell: _Cell, step: Step, revision: _Row) -> _Row:
        fields = revision.said if step.entry is None else step.entry.fields()
        remark = "" if step.entry is None else fields.pop("remark")
        result = self._state(
            cell, StatementKind.VERIFICATION, step, fields, remark, source=Source.DEPARTMENT, of=revision.pk
        )
        cell.results[revision.pk] = result
        return result

    def _appraise(self, cell: _Cell, step: Step) -> _Row:
        revision = cell.target((Stage.VERIFIED, Stage.APPROVED))
        if revision is None or revision.stage not in (Stage.VERIFIED, Stage.APPROVED) or step.entry is None:
            raise _impossible(step, "Chỉ ghi kết quả thẩm định cho số liệu huyện đã thẩm tra.")
        fields = step.entry.fields()
        remark = fields.pop("remark")
        row = self._state(cell, StatementKind.APPRAISAL, step, fields, remark, source=Source.OFFICE, of=revision.pk)
        self._act(cell, step, ActKind.APPRAISE, revision, row)
        return row

    def _act(self, cell: _Cell, step: Step, act: ActKind, revision: _Row, result: _Row | None) -> None:
        stated = result.pk if result else None
        pk = self._first[2] + len(self.acts)
        self.acts.append(_ActRow(pk, cell.pk, revision.pk, stated, act, step.reason, step.by.pk, step.on))
        if act is not ActKind.APPRAISE:
            cell.acts.append(ActRow(act, revision.pk, stated, step.on))

    def _group(self, step: Step, about: _Row) -> None:
        """What history tells in one line; an act with a reason is told by itself."""
        alone = step.measure.pk if step.act in _WITH_REASON else 0
        key = (step.unit.pk, step.on, step.act, step.by.pk, step.year, alone)
        self._groups.setdefault(key, []).append((step, about))

    def write(self, now: datetime) -> int:
        """All rows, and how many holdings they make."""
        _write_all(Assessment, self.cells.values(), lambda cell: Assessment(
            pk=cell.pk, unit_id=cell.unit, measure_id=cell.measure, year=cell.year, version=cell.version,
            current_id=cell.revisions[-1].pk if cell.revisions else None,
        ))  # fmt: skip
        _write_all(Statement, self.statements, lambda row: _statement(row, now))
        _write_all(Act, self.acts, lambda row: Act(
            pk=row.pk, assessment_id=row.assessment, revision_id=row.revision, result_id=row.result,
            kind=row.kind.value, reason=row.reason, by_id=row.by, on=row.on, at=now,
        ))  # fmt: skip
        count = _write_all(Holding, _holdings(self.cells.values()), lambda holding: holding)
        _continue_numbering(Assessment, Statement, Act)
        _tell_the_planner(Assessment, Statement, Act, Holding)
        return count

    def told(self, now: datetime) -> list[HistoryAct]:
        districts = {group[0][0].unit.pk: group[0][0].unit.district_code for group in self._groups.values()}
        return [_tell(group, districts[key[0]], now) for key, group in self._groups.items()]


_WITH_REASON = frozenset(act for act, move in MOVES.items() if move.needs_reason)


def _impossible(step: Step, refusal: str | None) -> ImpossiblePast:
    return ImpossiblePast(f"{step.on} {step.act} {step.unit} {step.measure.code} {step.year} by {step.by}: {refusal}")


def _says_the_same(current: _Row | None, fields: dict[str, Any], remark: str) -> bool:
    if current is None:
        return fields["value"] is None and not fields["exemption"] and not remark
    if current.stage in (Stage.WITHDRAWN, Stage.PREFILLED):
        return False
    return current.said == fields and current.remark == remark


def _revised(cell: _Cell) -> list[Revised]:
    return [Revised(r.pk, r.stage or Stage.DRAFT, tuple(cell.kinds.get(r.pk, ()))) for r in cell.revisions]


def _supersede(cell: _Cell, revision: _Row, act: ActKind) -> None:
    """As `moving._supersede`."""
    changed = stages_changed(act, revision.pk, _revised(cell))
    for row in cell.revisions:
        row.stage = changed.get(row.pk, row.stage)


def _statement(row: _Row, now: datetime) -> Statement:
    return Statement(
        pk=row.pk, assessment_id=row.assessment, kind=row.kind.value, of_id=row.of, remark=row.remark,
        refused=row.refused, source=row.source.value, stage=row.stage.value if row.stage else "", by_id=row.by,
        on=row.on, at=now, **row.said,
    )  # fmt: skip


def _holdings(cells: Iterable[_Cell]) -> Iterator[Holding]:
    for cell in cells:
        for basis, statement, from_on, until_on in holdings_of(cell.acts):
            yield Holding(
                assessment_id=cell.pk, basis=basis.value, statement_id=statement, from_on=from_on, until_on=until_on
            )


def _write_all(model: type[models.Model], rows: Iterable[Any], make: Callable[[Any], models.Model]) -> int:
    """In batches, so that a large past never stands in memory as model instances."""
    waiting, count = iter(rows), 0
    while batch := [make(row) for row in islice(waiting, BATCH)]:
        model._default_manager.bulk_create(batch)
        count += len(batch)
    return count


def _tell_the_planner(*written: type[models.Model]) -> None:
    """Without statistics PostgreSQL plans for empty tables until its own collector comes by: boards took minutes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(connection.ops.quote_name(m._meta.db_table) for m in written)}")


def _continue_numbering(*written: type[models.Model]) -> None:
    """Identifiers were given out here; the database's own counting must go on behind them."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(written)):
            cursor.execute(statement)


def _tell(group: Sequence[tuple[Step, _Row]], district: str, now: datetime) -> HistoryAct:
    step, row = group[0]
    verb = step.act.label if step.act else "nhập, sửa"
    if len(group) == 1:
        shown = said(step.measure, _statement(row, now))
        reason = f". Lý do: {step.reason}" if step.reason else ""
        what, measure = f"“{step.measure.name}”: {shown}{reason}", step.measure.code
    else:
        what, measure = f"{len(group)} số liệu năm {step.year}", ""
    return HistoryAct(
        f"assessment.{step.act or 'save'}", step.by.pk, f"{step.unit.title}: {PERSON_MARK} {verb} {what}", step.on, now,
        {"measures": [one.measure.code for one, _ in group], "year": step.year, "reason": step.reason},
        district, step.unit.code, measure,
    )  # fmt: skip
