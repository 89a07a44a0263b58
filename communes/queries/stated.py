"""What was stated and stands: facts by unit and measure on each basis, surveys, as known on a day."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any

from django.db.models import TextField
from django.db.models.functions import Cast

from communes.models import Holding, SurveyResult
from criteria.rules.facts import Fact, SurveyRow
from criteria.rules.rulebook import Measure, Value
from criteria.rules.values import decode_value
from criteria.rules.vocabulary import Basis, ExemptionKind, Kind

UnitId = int
Facts = dict[str, Fact]

_LIGHT = ("statement_id", "assessment__unit_id", "basis", "assessment__measure__code", "statement__exemption")
_FULL = (
    "statement__exemption_reason", "statement__numerator", "statement__denominator", "statement__remark",
    "statement__by__full_name", "statement__on", "statement__at",
)  # fmt: skip


@dataclass
class Stated:
    """Facts by basis, unit and measure code; survey rows by unit (the same on every basis).

    What says the same is one and the same `Fact` object (what one statement says, where they are read in full), so
    that judging may go by identity: most figures are verified and approved as they were sent.
    """

    facts: dict[Basis, dict[UnitId, Facts]]
    surveys: dict[UnitId, tuple[SurveyRow, ...]] = field(default_factory=dict)

    def of(self, basis: Basis, unit: UnitId) -> Facts:
        return self.facts[basis].get(unit, {})


def stated(
    units: Iterable[UnitId],
    year: int,
    as_of: date,
    measures: Mapping[str, Measure],
    *,
    bases: Sequence[Basis] = tuple(Basis),
    full: bool = False,
) -> Stated:
    """Everything that stands for these units and measures in a year, as known on a day. Two queries whatever the
    number of units.

    `full` adds who said it, when, with which remark (for a page about one unit, and for "Vì sao?").
    """
    ids = list(units)
    rows = Holding.objects.as_of(as_of).filter(
        assessment__unit_id__in=ids, assessment__year=year, assessment__measure__code__in=list(measures)
    )
    if len(bases) < len(Basis):
        rows = rows.filter(basis__in=[basis.value for basis in bases])
    found: dict[str, dict[UnitId, Facts]] = {basis.value: {} for basis in Basis}
    facts: dict[object, Fact] = {}
    # The value as its JSON text: decoding 8,000 of them one by one took a third of a board's time (docs/benchmarks.md).
    texts = (Cast("statement__value", TextField()), Cast("statement__refused", TextField()))
    columns = (*_LIGHT, *texts, *(_FULL if full else ()))
    for statement, unit, basis, code, exemption, value, refusals, *rest in rows.values_list(*columns):
        kind, refused = measures[code].kind, json.loads(refusals) if refusals else None
        key = statement if full or refused else (kind, value, exemption)
        fact = facts.get(key)
        if fact is None:
            facts[key] = fact = _fact(kind, value, exemption, refused, statement, rest)
        by_unit = found[basis]
        if unit not in by_unit:
            by_unit[unit] = {}
        by_unit[unit][code] = fact
    return Stated({Basis(basis): by_unit for basis, by_unit in found.items()}, surveys_of(ids, year, as_of))


_EXEMPTIONS = {kind.value: kind for kind in ExemptionKind}


@lru_cache(maxsize=50_000)
def _decoded(kind: Kind, text: str | None) -> Value | None:
    return decode_value(kind, None if text is None else json.loads(text))


def _fact(
    kind: Kind, value: str | None, exemption: str, refused: Mapping[str, str] | None, statement: int, rest: list[Any]
) -> Fact:
    if not rest:
        return Fact(_decoded(kind, value), _EXEMPTIONS[exemption], refused=refused)
    reason, numerator, denominator, remark, by, on, at = rest
    return Fact(
        _decoded(kind, value), _EXEMPTIONS[exemption], reason, refused, numerator, denominator, remark, by, on, at,
        statement,
    )  # fmt: skip


def surveys_of(units: Iterable[UnitId], year: int, as_of: date) -> dict[UnitId, tuple[SurveyRow, ...]]:
    """The newest survey row of each content known on a day, by unit. One query."""
    newest: dict[tuple[UnitId, str], SurveyRow] = {}
    rows = SurveyResult.objects.filter(unit_id__in=list(units), year=year, on__lte=as_of).order_by("pk")
    for unit, content, sent, returned, satisfied in rows.values_list(
        "unit_id", "content__code", "sent", "returned", "satisfied"
    ):
        newest[unit, content] = SurveyRow(content, sent, returned, satisfied)
    found: dict[UnitId, list[SurveyRow]] = {}
    for (unit, _), survey in newest.items():
        found.setdefault(unit, []).append(survey)
    return {unit: tuple(surveys) for unit, surveys in found.items()}
