"""Bring the library's files into rows. Checked before anything is written; twice changes nothing.

Local thresholds and switches are never touched. A version whose content is unchanged keeps its rows; one whose
transcription was corrected is replaced whole, in the same transaction, and remembered in the history.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from accounts.actions import remember
from accounts.rules import Act
from criteria.models import (
    BaseQuantity,
    Condition,
    CriteriaSet,
    Criterion,
    Indicator,
    LibraryState,
    Measure,
    Part,
    SurveyContent,
    Threshold,
)
from criteria.rules import rulebook as rules
from criteria.rules.library import Library
from criteria.rules.values import encode_value


class MeasureChangedKind(ValueError):
    """The library states a measure in another way than the rows that hang on it; a new code is needed."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading did: short names of new, replaced and unchanged versions."""

    new: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]


@transaction.atomic
def load_library(*, library: Library, on: date) -> Loaded:
    """Write a checked library. Raises MeasureChangedKind before anything is written."""
    now = timezone.now()
    measures = _load_measures(library.measures)
    _load_contents(library)
    _load_quantities(library)
    new, replaced, unchanged = [], [], []
    for position, book in enumerate(library.rulebooks):
        digest = hashlib.sha256(f"{position}{book!r}".encode()).hexdigest()
        row = CriteriaSet.objects.filter(family=book.family, version=book.version).first()
        label = f"{book.short_name} ({book.version})"
        if row is not None and row.digest == digest:
            unchanged.append(label)
            continue
        if row is not None:
            row.delete()
        _write_book(book, position, digest, measures)
        (replaced if row else new).append(label)
    if new or replaced:
        _remember(new, replaced, on, now)
    departments = [[entry.code, entry.name] for entry in library.departments]
    LibraryState.objects.update_or_create(
        pk=1, defaults={"digest": hashlib.sha256(repr(library).encode()).hexdigest(), "loaded_at": now,
                        "departments": departments},
    )  # fmt: skip
    return Loaded(tuple(new), tuple(replaced), tuple(unchanged))


def _remember(new: list[str], replaced: list[str], on: date, now: datetime) -> None:
    said = [f"thêm {', '.join(new)}"] if new else []
    said += [f"thay nội dung {', '.join(replaced)}"] if replaced else []
    remember(
        Act("library.load", None, f"Nạp thư viện bộ tiêu chí: {'; '.join(said)}", on, now,
            {"new": new, "replaced": replaced})
    )  # fmt: skip


def _load_measures(measures: Iterable[rules.Measure]) -> dict[str, Measure]:
    rows = {row.code: row for row in Measure.objects.all()}
    for measure in measures:
        row = rows.get(measure.code)
        if row is not None and row.kind != measure.kind.value:
            raise MeasureChangedKind(
                f"Số đo {measure.code} đổi loại từ “{row.kind}” sang “{measure.kind.value}”: "
                "số liệu cũ không còn đọc được. "
                "Cách sửa: giữ loại cũ hoặc đặt mã mới."
            )
        fields = {
            "name": measure.name, "kind": measure.kind.value, "level": measure.level.value, "unit": measure.unit,
            "scale": list(measure.scale), "denominator": measure.denominator,
        }  # fmt: skip
        if row is None:
            rows[measure.code] = Measure.objects.create(code=measure.code, **fields)
        elif any(getattr(row, name) != value for name, value in fields.items()):
            for name, value in fields.items():
                setattr(row, name, value)
            row.save(update_fields=list(fields))
    return rows


def _load_contents(library: Library) -> None:
    for position, content in enumerate(library.survey_contents):
        SurveyContent.objects.update_or_create(
            code=content.code, defaults={"name": content.name, "position": position}
        )


def _load_quantities(library: Library) -> None:
    """What is counted once a year. A quantity that the library no longer names keeps its row: figures hang on it."""
    for position, quantity in enumerate(library.base_quantities):
        BaseQuantity.objects.update_or_create(
            code=quantity.code,
            defaults={
                "name": quantity.name, "unit": quantity.unit, "decimals": quantity.decimals, "group": quantity.group,
                "position": position,
            },
        )  # fmt: skip


def _write_book(book: rules.Rulebook, position: int, digest: str, measures: dict[str, Measure]) -> None:
    row = CriteriaSet.objects.create(
        family=book.family, version=book.version, name=book.name, short_name=book.short_name, level=book.level.value,
        tier=book.tier.value, decided_on=book.decided_on, effective_on=book.effective_on, issuer=book.issuer,
        annex=book.annex, period_from=book.period[0], period_to=book.period[1], declared_criteria=book.counts[0],
        declared_indicators=book.counts[1], confidence=book.confidence.value, notes=list(book.notes),
        sources=list(book.sources), amended_by=list(book.amended_by), amendments=list(book.amendments),
        position=position, is_draft=book.is_draft, digest=digest,
    )  # fmt: skip
    parts: list[tuple[Part, rules.Part]] = []
    for criterion in book.criteria:
        parts += _write_criterion(row, criterion, measures)
    for place, condition in enumerate(book.conditions):
        parts += _write_condition(row, condition, place, measures)
    Part.objects.bulk_create(part for part, _ in parts)
    Threshold.objects.bulk_create(_threshold(part, bound) for part, source in parts for bound in source.thresholds)


def _write_criterion(
    row: CriteriaSet, criterion: rules.Criterion, measures: dict[str, Measure]
) -> list[tuple[Part, rules.Part]]:
    owner = Criterion.objects.create(
        set=row, number=criterion.number, name=criterion.name, group=criterion.group, lead=criterion.lead,
        others=list(criterion.others), supplement=criterion.supplement,
    )  # fmt: skip
    parts: list[tuple[Part, rules.Part]] = []
    for place, indicator in enumerate(criterion.indicators):
        written = Indicator.objects.create(
            criterion=owner, code=indicator.code, name=indicator.name, requirement=indicator.requirement,
            lead=indicator.lead, others=list(indicator.others), confidence=indicator.confidence.value,
            not_applicable_when=indicator.not_applicable_when, alternative=indicator.alternative,
            note=indicator.note, source=indicator.source, position=place,
        )  # fmt: skip
        for number, part in enumerate(indicator.parts):
            parts.append((_part(part, number, measures, indicator=written), part))
    return parts


def _write_condition(
    row: CriteriaSet, condition: rules.Condition, place: int, measures: dict[str, Measure]
) -> list[tuple[Part, rules.Part]]:
    owner = Condition.objects.create(
        set=row, code=condition.code, text=condition.text, kind=condition.kind.value, minimum=condition.minimum,
        family=condition.family, reference=condition.reference, lead=condition.lead, others=list(condition.others),
        confidence=condition.confidence.value, source=condition.source, note=condition.note,
        provincial=condition.provincial, position=place,
    )  # fmt: skip
    stated = ((condition.part,) if condition.part else ()) + condition.options
    return [(_part(part, number, measures, condition=owner), part) for number, part in enumerate(stated)]


def _part(
    part: rules.Part,
    number: int,
    measures: dict[str, Measure],
    *,
    indicator: Indicator | None = None,
    condition: Condition | None = None,
) -> Part:
    return Part(
        indicator=indicator, condition=condition, code=part.code, name=part.name,
        measure=measures[part.measure.code], op=part.op.value, provincial=part.provincial, position=number,
    )  # fmt: skip


def _threshold(part: Part, bound: rules.Threshold) -> Threshold:
    return Threshold(
        part=part, value=encode_value(bound.value), text=bound.text, region=bound.region, group=bound.group,
        year=bound.year, confidence=bound.confidence.value, source=bound.source,
    )  # fmt: skip
