"""Targets written by hand: a cell of the roadmap, several communes at once, the district's numbers of a year.

Each compares what stands with what the person saw, with the lock of the history held (`communes.actions.locking`:
targets are only ever changed under it), so that nobody's save is overwritten unseen.
A list of targets from a file is written by `communes.actions.list_plans`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from accounts.actions import hold_history, remember
from accounts.models import Person
from accounts.models.history import PERSON_MARK
from accounts.roles import Standing
from accounts.rules import Act as HistoryAct
from communes.models import CountTarget, Target, Unit
from communes.policies import Refused, why_not_set_targets
from communes.queries.roadmap import cell_mark, counts_mark, counts_of
from communes.rules.roadmap import RUNGS, Range
from criteria.rules.vocabulary import Tier

FIRST, LAST = 2021, 2050
LONGEST_DOCUMENT = 300


class StaleTarget(Exception):
    """Somebody else changed it since the page was read; `theirs` says what stands now."""

    def __init__(self, theirs: str) -> None:
        super().__init__("Người khác vừa sửa mục tiêu này.")
        self.theirs = theirs


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a cell shall hold: tiers, fields of kiểu mẫu by code, the document behind it."""

    tiers: tuple[Tier, ...]
    fields: tuple[str, ...] = ()
    document: str = ""


@transaction.atomic
def set_target(
    *, by: Person, standing: Standing, district: Unit, unit: Unit, year: int, wanted: Wanted, seen: str, on: date
) -> bool:
    """Make one cell say `wanted`; whether anything changed. Raises Refused, StaleTarget."""
    _check(standing, district, year, wanted)
    hold_history()
    rows = list(Target.objects.filter(unit=unit, year=year))
    if cell_mark(rows) != seen:
        if _says(rows) == _as_rows(wanted):
            return False
        raise StaleTarget(_said(rows))
    before = _said(rows)
    if not _write({unit: rows}, year, wanted, replaces=True):
        return False
    after = _said(list(Target.objects.filter(unit=unit, year=year)))
    said = f"{unit.title}: {PERSON_MARK} sửa mục tiêu năm {year} từ “{before}” thành “{after}”"
    changes = {"year": year, "target": [before, after]}
    remember(HistoryAct("target.change", by.pk, said, on, timezone.now(), changes, district.code, unit.code))
    return True


@transaction.atomic
def set_targets_of(
    *, by: Person, standing: Standing, district: Unit, units: Sequence[Unit], year: int, wanted: Wanted,
    seen: Mapping[str, str], on: date,
) -> int:  # fmt: skip
    """Give several units one more target of a year, leaving their others; how many changed, all or none.

    `seen` is the fingerprint of each unit's cell by its code. Raises Refused, StaleTarget.
    """
    _check(standing, district, year, wanted)
    if not units or not wanted.tiers:
        raise Refused("Chọn ít nhất một xã và một bậc.")
    hold_history()
    rows: dict[Unit, list[Target]] = {unit: [] for unit in units}
    by_pk = {unit.pk: unit for unit in units}
    for row in Target.objects.filter(unit__in=list(by_pk), year=year):
        rows[by_pk[row.unit_id]].append(row)
    moved = [unit for unit, found in rows.items() if cell_mark(found) != seen.get(unit.code, "")]
    if moved:
        raise StaleTarget("; ".join(f"{unit.name}: {_said(rows[unit])}" for unit in moved))
    changed = _write(rows, year, wanted, replaces=False)
    if changed:
        names = ", ".join(unit.name for unit in changed)
        tiers = ", ".join(tier.label for tier in wanted.tiers)
        said = f"{PERSON_MARK} giao mục tiêu {tiers} năm {year} cho {len(changed)} xã: {names}"
        changes = {"year": year, "tiers": [tier.value for tier in wanted.tiers], "fields": list(wanted.fields),
                   "units": [unit.code for unit in changed], "document": wanted.document}  # fmt: skip
        remember(HistoryAct("target.change", by.pk, said, on, timezone.now(), changes, district.code))
    return len(changed)


@transaction.atomic
def set_counts(
    *, by: Person, standing: Standing, district: Unit, year: int, wanted: Mapping[Tier, Range | None], document: str,
    communes: int, seen: str, on: date,
) -> bool:  # fmt: skip
    """How many communes of each tier the district shall have by the end of a year (None: no number). Raises Refused,
    StaleTarget."""
    _check(standing, district, year, Wanted((), document=document))
    for tier, asked in wanted.items():
        if asked is not None and not 0 <= asked.low <= asked.high <= communes:
            raise Refused(f"Số xã {tier.label} phải từ 0 đến {communes}, số đầu không lớn hơn số sau.")
    hold_history()
    rows = counts_of(district)
    if counts_mark(rows, year) != seen:
        raise StaleTarget(_counts_said({tier: rows.get((year, tier)) for tier in RUNGS}))
    before = _counts_said({tier: rows.get((year, tier)) for tier in RUNGS})
    for tier, asked in wanted.items():
        CountTarget.objects.filter(unit=district, year=year, tier=tier.value).delete()
        if asked is not None:
            CountTarget.objects.create(
                unit=district, year=year, tier=tier.value, low=asked.low, high=asked.high, document=document
            )
    now = counts_of(district)
    after = _counts_said({tier: now.get((year, tier)) for tier in RUNGS})
    if counts_mark(now, year) == seen:
        return False
    said = f"{district.title}: {PERSON_MARK} sửa số xã phấn đấu năm {year} từ “{before}” thành “{after}”"
    changes = {"year": year, "counts": [before, after], "document": document}
    remember(HistoryAct("target.counts", by.pk, said, on, timezone.now(), changes, district.code, district.code))
    return True


def _check(standing: Standing, district: Unit, year: int, wanted: Wanted) -> None:
    if refusal := why_not_set_targets(standing, district.code):
        raise Refused(refusal)
    if not FIRST <= year <= LAST:
        raise Refused(f"Năm phải từ {FIRST} đến {LAST}.")
    if len(wanted.document) > LONGEST_DOCUMENT:
        raise Refused(f"Văn bản dài quá {LONGEST_DOCUMENT} ký tự. Ghi số, ngày, cơ quan là đủ.")
    if wanted.fields and Tier.MODEL not in wanted.tiers:
        raise Refused("Chỉ bậc kiểu mẫu có lĩnh vực nổi trội. Chọn bậc kiểu mẫu hoặc bỏ lĩnh vực.")


def _write(rows: Mapping[Unit, Sequence[Target]], year: int, wanted: Wanted, *, replaces: bool) -> list[Unit]:
    """Which units changed."""
    changed = []
    for unit, found in rows.items():
        before = _says(found)
        kept = {} if replaces else {tier: state for tier, state in before.items() if tier not in wanted.tiers}
        after = kept | _as_rows(wanted)
        if after == before:
            continue
        # What stays as it is keeps its row: an import may still take back what nobody touched since.
        Target.objects.filter(pk__in=[row.pk for row in found if after.get(Tier(row.tier)) is None]).delete()
        for tier, (fields, document) in after.items():
            if before.get(tier) != (fields, document):
                Target.objects.update_or_create(
                    unit=unit, year=year, tier=tier.value, defaults={"fields": list(fields), "document": document}
                )
        changed.append(unit)
    return changed


State = dict[Tier, tuple[tuple[str, ...], str]]


def _says(rows: Sequence[Target]) -> State:
    return {Tier(row.tier): (tuple(row.fields), row.document) for row in rows}


def _as_rows(wanted: Wanted) -> State:
    return {tier: (wanted.fields if tier is Tier.MODEL else (), wanted.document) for tier in wanted.tiers}


def _said(rows: Sequence[Target]) -> str:
    by_tier = {row.tier: row for row in rows}
    said = []
    for tier in RUNGS:
        if row := by_tier.get(tier.value):
            fields = f" [{', '.join(row.fields)}]" if row.fields else ""
            said.append(f"{tier.label}{fields}{f' ({row.document})' if row.document else ''}")
    return "; ".join(said) or "không có mục tiêu"


def _counts_said(rows: Mapping[Tier, CountTarget | None]) -> str:
    return "; ".join(f"{row.shown} xã {tier.label}" for tier, row in rows.items() if row) or "chưa đặt số"
