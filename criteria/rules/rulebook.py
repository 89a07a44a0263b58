"""What is required, as frozen values: measures, sets, criteria, indicators, parts, thresholds, conditions.

Built from the YAML library by `library` and from rows by `criteria.queries`; read by `thresholds` and `judging`.
A number that a person states is a `Decimal`, a yes/no a `bool`, a grade a `str` of the measure's scale.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from criteria.rules.vocabulary import ConditionKind, Confidence, Kind, Level, Op, Tier

Value = Decimal | bool | str


@dataclass(frozen=True, slots=True)
class Measure:
    """What is measured, by one definition; the same measure may stand in several sets and is typed once.

    `unit` is for reading ("%", "triệu đồng/người", "đạt/không"); `scale` lists the grades of an ordinal, lowest first.
    """

    code: str
    name: str
    kind: Kind
    level: Level
    unit: str = ""
    scale: tuple[str, ...] = ()
    # Code of the base quantity that this percentage is taken of; "" where the library names none.
    denominator: str = ""

    @property
    def yes_label(self) -> str:
        return "Có" if self.unit == "có/không" else "Đạt"

    @property
    def no_label(self) -> str:
        return "Không" if self.unit == "có/không" else "Chưa đạt"

    def rank(self, grade: str) -> int:
        """Position of a grade on the scale, 0 the lowest. Raises ValueError for a grade not on it."""
        return self.scale.index(grade)


@dataclass(frozen=True, slots=True)
class Threshold:
    """One bound as the library states it, for a region ("" = all) and a year (None = all)."""

    value: Value | None
    text: str = ""
    region: str = ""
    group: str = ""
    year: int | None = None
    confidence: Confidence = Confidence.MEDIUM
    source: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to measure inside an indicator, with its thresholds. `code` is "" where there is only one."""

    code: str
    measure: Measure
    op: Op
    thresholds: tuple[Threshold, ...] = ()
    name: str = ""
    # The law leaves the number to the province; a number of the law itself then stays as the minimum.
    provincial: bool = False


@dataclass(frozen=True, slots=True)
class Indicator:
    """A content of a criterion ("chỉ tiêu"), by its code in the annex ("17.10")."""

    code: str
    name: str
    parts: tuple[Part, ...]
    requirement: str = ""
    lead: str = ""
    others: tuple[str, ...] = ()
    confidence: Confidence = Confidence.MEDIUM
    not_applicable_when: str = ""
    alternative: str = ""
    note: str = ""
    source: str = ""


@dataclass(frozen=True)
class Criterion:
    """A criterion ("tiêu chí") with its indicators. `supplement` names the provincial supplement it comes from."""

    number: int
    name: str
    indicators: tuple[Indicator, ...]
    group: str = ""
    lead: str = ""
    others: tuple[str, ...] = ()
    supplement: str = ""

    @cached_property
    def measures(self) -> tuple[str, ...]:
        return tuple(part.measure.code for indicator in self.indicators for part in indicator.parts)


@dataclass(frozen=True, slots=True)
class Condition:
    """What a tier asks beside its criteria. Which fields matter follows from `kind`:

    MEASURE: `part`; CHOOSE: `options` (one yes/no measure each), `minimum`; RATIO: `part.measure` against
    `reference` ("family:code") times `minimum`; SURVEY and SURVEY_EACH: `minimum` percent; SHARE_OF_COMMUNES:
    `family`, `minimum` percent; SHARE_OF_TOWNS: `minimum`; REQUIRES_SET: `family`; CRITERIA_MET: nothing.
    """

    code: str
    text: str
    kind: ConditionKind
    minimum: Decimal | None = None
    part: Part | None = None
    options: tuple[Part, ...] = ()
    family: str = ""
    reference: str = ""
    lead: str = ""
    others: tuple[str, ...] = ()
    confidence: Confidence = Confidence.MEDIUM
    source: str = ""
    note: str = ""
    provincial: bool = False

    @property
    def is_stated(self) -> bool:
        """Whether persons state something for it (a measure); the others follow from rows or from other units."""
        return self.kind in (ConditionKind.MEASURE, ConditionKind.CHOOSE) or (
            self.kind is ConditionKind.SHARE_OF_TOWNS and self.part is not None
        )

    def own_minimum(self, level: Level) -> Part | None:
        """The percentage of a survey or share as a part, so that the office can check or replace it like any other."""
        if self.kind not in _PERCENT_KINDS or self.minimum is None:
            return None
        measure = Measure(self.code, self.text, Kind.PERCENT, level, "%")
        threshold = Threshold(self.minimum, confidence=self.confidence, source=self.source)
        return Part("", measure, Op.AT_LEAST, (threshold,), provincial=self.provincial)


_PERCENT_KINDS = (ConditionKind.SURVEY, ConditionKind.SURVEY_EACH, ConditionKind.SHARE_OF_COMMUNES)


@dataclass(frozen=True)
class Rulebook:
    """One version of one criteria set.

    `family` names it in addresses, `version` is the number of its decision. `criteria` holds the national ones
    and, with `supplement` set, the province's; which of these count is decided by unit and year (`criteria_in_force`).
    """

    family: str
    version: str
    name: str
    short_name: str
    level: Level
    tier: Tier
    decided_on: date
    effective_on: date
    issuer: str = ""
    annex: str = ""
    period: tuple[int, int] = (0, 0)
    counts: tuple[int, int] = (0, 0)
    is_draft: bool = False
    confidence: Confidence = Confidence.MEDIUM
    criteria: tuple[Criterion, ...] = ()
    conditions: tuple[Condition, ...] = ()
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    amended_by: tuple[str, ...] = ()
    amendments: tuple[str, ...] = field(default=())

    @property
    def legal_source(self) -> str:
        """As cited: `318/QĐ-TTg ngày 08/03/2022, Phụ lục I`."""
        annex = f", {self.annex}" if self.annex else ""
        return f"{self.version} ngày {self.decided_on:%d/%m/%Y}{annex}"

    def criteria_in_force(self, supplements: frozenset[str] = frozenset()) -> tuple[Criterion, ...]:
        """National criteria plus those of the supplements switched on: never a written 19."""
        return tuple(c for c in self.criteria if not c.supplement or c.supplement in supplements)

    def measures_in_force(self, supplements: frozenset[str] = frozenset()) -> frozenset[str]:
        """Codes of everything a person states for this set, with the supplements switched on."""
        awake = {i.code for c in self.criteria_in_force(supplements) for i in c.indicators}
        return frozenset(p.measure.code for item, p in self.parts if item in awake or item not in self.indicators)

    @cached_property
    def indicators(self) -> dict[str, Indicator]:
        return {i.code: i for c in self.criteria for i in c.indicators}

    @cached_property
    def criterion_of(self) -> dict[str, Criterion]:
        return {i.code: c for c in self.criteria for i in c.indicators}

    @cached_property
    def parts(self) -> tuple[tuple[str, Part], ...]:
        """Every (item code, part) that a person states: indicators' parts, then conditions' parts and options."""
        found = [(i.code, p) for c in self.criteria for i in c.indicators for p in i.parts]
        for condition in self.conditions:
            if condition.is_stated:
                stated = ((condition.part,) if condition.part else ()) + condition.options
                found += [(condition.code, part) for part in stated]
        return tuple(found)

    @cached_property
    def bounded(self) -> tuple[tuple[str, Part], ...]:
        """`parts` and the percentages of surveys and shares: everything the office may check or replace."""
        minima = [(c.code, part) for c in self.conditions if (part := c.own_minimum(self.level))]
        return self.parts + tuple(minima)

    @cached_property
    def measures(self) -> dict[str, Measure]:
        return {part.measure.code: part.measure for _, part in self.parts}
