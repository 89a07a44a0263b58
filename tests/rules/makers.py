"""Plain makers of what the rules read. Every argument has a default that fits, so a test names only what it is about.

The places are those of the pilot: Kỳ Phú and Kỳ Châu in the district Kỳ Anh, province Hà Tĩnh, Bắc Trung Bộ.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from criteria.rules.conditions import ConditionFinding, SetFinding, Surroundings, judge_set
from criteria.rules.facts import OVERALL_CONTENT, CommuneStanding, Fact, SurveyRow
from criteria.rules.rulebook import Condition, Criterion, Indicator, Measure, Part, Rulebook, Threshold, Value
from criteria.rules.thresholds import Bound, LocalThreshold, Place, Trust, resolve
from criteria.rules.vocabulary import (
    CheckState,
    ConditionKind,
    Confidence,
    ExemptionKind,
    Kind,
    Level,
    Op,
    Tier,
    Verdict,
)

KY_PHU, KY_CHAU, KY_ANH, HA_TINH = "xa.ky-phu", "xa.ky-chau", "huyen.ky-anh", "tinh.ha-tinh"
STANDARD, ADVANCED, MODEL = "xa-ntm-2021-2025", "xa-ntm-nang-cao-2021-2025", "xa-ntm-kieu-mau-2021-2025"
GRADES = ("Trung bình", "Khá", "Tốt")
DECISION = "QĐ 36/2022/QĐ-UBND"
YEAR = 2023


def make_measure(
    *, code: str = "xa.1.1", kind: Kind = Kind.PERCENT, unit: str | None = None, scale: tuple[str, ...] | None = None
) -> Measure:
    units = {Kind.PERCENT: "%", Kind.BOOLEAN: "đạt/không", Kind.COUNT: "thôn", Kind.NUMBER: "triệu đồng/người"}
    grades = scale if scale is not None else GRADES if kind is Kind.ORDINAL else ()
    return Measure(code, code, kind, Level.COMMUNE, units.get(kind, "") if unit is None else unit, grades)


def make_part(
    *,
    code: str = "",
    measure: Measure | None = None,
    op: Op = Op.AT_LEAST,
    value: Value | None = Decimal(90),
    confidence: Confidence = Confidence.HIGH,
    thresholds: tuple[Threshold, ...] | None = None,
    provincial: bool = False,
) -> Part:
    rows = (Threshold(value, confidence=confidence),) if thresholds is None else thresholds
    return Part(code, measure or make_measure(), op, rows, code, provincial)


def make_indicator(*, code: str = "1.1", parts: Sequence[Part] | None = None) -> Indicator:
    return Indicator(code, f"Chỉ tiêu {code}", tuple(parts) if parts is not None else (make_part(),))


def make_criterion(
    *, number: int = 1, indicators: Sequence[Indicator] | None = None, supplement: str = ""
) -> Criterion:
    members = tuple(indicators) if indicators is not None else (make_indicator(),)
    return Criterion(number, f"Tiêu chí {number}", members, supplement=supplement)


def make_condition(*, kind: ConditionKind, code: str = "dieu_kien", **others: object) -> Condition:
    return Condition(code, code, kind, confidence=others.pop("confidence", Confidence.HIGH), **others)  # type: ignore[arg-type]


def make_book(
    *,
    family: str = STANDARD,
    level: Level = Level.COMMUNE,
    tier: Tier = Tier.STANDARD,
    criteria: Sequence[Criterion] = (),
    conditions: Sequence[Condition] | None = None,
) -> Rulebook:
    """Without conditions named, a tier asks for all criteria of its set and nothing else."""
    if conditions is None:
        conditions = (make_condition(kind=ConditionKind.CRITERIA_MET, code="moi_tieu_chi"),)
    return Rulebook(
        family=family,
        version="318/QĐ-TTg",
        name=family,
        short_name=family,
        level=level,
        tier=tier,
        decided_on=date(2022, 3, 8),
        effective_on=date(2022, 3, 8),
        criteria=tuple(criteria),
        conditions=tuple(conditions),
    )


def make_bound(
    *,
    measure: Measure | None = None,
    op: Op = Op.AT_LEAST,
    value: Value | None = Decimal(90),
    trust: Trust = Trust.PLAIN,
) -> Bound:
    measure = measure or make_measure()
    return Bound(measure, op, value, "", "318/QĐ-TTg", Confidence.HIGH, CheckState.UNCHECKED, trust)


def make_fact(
    *,
    value: Value | str | int | None,
    exemption: ExemptionKind = ExemptionKind.NONE,
    refused: Mapping[str, str] | None = None,
) -> Fact:
    """A whole number is taken as a Decimal, so that tests read like forms; a yes/no and a grade stay as they are."""
    stated = Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value
    return Fact(stated, exemption=exemption, refused=refused)


def make_place(*, commune: str = KY_PHU, region: str = "bac_trung_bo", group: str = "") -> Place:
    return Place((commune, KY_ANH, HA_TINH), region, group)


def make_local(
    *,
    value: Value,
    item: str = "1.1",
    part: str = "",
    unit: str = KY_ANH,
    sequence: int = 1,
    region: str = "",
    group: str = "",
    year: int | None = None,
    is_check: bool = False,
    is_illustrative: bool = False,
) -> LocalThreshold:
    return LocalThreshold(
        item=item,
        part=part,
        unit=unit,
        value=value,
        document=DECISION,
        by="Văn phòng điều phối",
        on=date(2022, 12, 1),
        sequence=sequence,
        region=region,
        group=group,
        year=year,
        is_check=is_check,
        is_illustrative=is_illustrative,
    )


def make_survey(
    *, satisfied: int, returned: int = 100, content: str = OVERALL_CONTENT, sent: int | None = None
) -> SurveyRow:
    return SurveyRow(content, returned if sent is None else sent, returned, satisfied)


def make_commune(
    *,
    name: str = "Kỳ Phú",
    recognised: Sequence[str] = (),
    meets: Mapping[str, Verdict] | None = None,
    survey: Sequence[SurveyRow] = (),
) -> CommuneStanding:
    return CommuneStanding(name, frozenset(recognised), meets or {}, tuple(survey))


def make_set_finding(*, book: Rulebook | None = None, verdict: Verdict, provisional: bool = False) -> SetFinding:
    return SetFinding(book or make_book(), verdict, provisional, (), ())


def judged(
    *,
    book: Rulebook,
    facts: Mapping[str, Fact] | None = None,
    place: Place | None = None,
    year: int = YEAR,
    local: Sequence[LocalThreshold] = (),
    around: Surroundings | None = None,
    supplements: frozenset[str] = frozenset(),
) -> SetFinding:
    """The whole way: thresholds resolved for the place and year, then every criterion and condition."""
    bounds = resolve(book, place or make_place(), year, local, supplements)
    return judge_set(book, facts or {}, bounds, around, supplements)


def judged_condition(
    *,
    condition: Condition,
    facts: Mapping[str, Fact] | None = None,
    around: Surroundings | None = None,
    local: Sequence[LocalThreshold] = (),
    level: Level = Level.COMMUNE,
) -> ConditionFinding:
    """The finding of a condition that is the only one of its set."""
    book = make_book(level=level, conditions=(condition,))
    return judged(book=book, facts=facts, around=around, local=local).conditions[0]
