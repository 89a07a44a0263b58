"""The files beside the sets: departments, survey contents, base data, roll-ups, supplements, amendments."""

from __future__ import annotations

from dataclasses import dataclass, replace

from criteria.rules.library.content import (
    OVERALL_CONTENT,
    Amendment,
    AmendmentChange,
    BaseQuantity,
    DepartmentEntry,
    ProvincialDecision,
    Rollup,
    Supplement,
    SurveyContent,
)
from criteria.rules.library.fields import Fields
from criteria.rules.library.parts import FAMILY_CODE, MEASURE_CODE, PLAIN_CODE, Frame, Reference, Shelf
from criteria.rules.library.sets import read_criteria
from criteria.rules.vocabulary import Confidence, Kind, Level

SUPPLEMENT_KEYS = "code name level families confidence sources notes decisions criteria"
AMENDMENT_KEYS = (
    "number date issuer title amends state annexes new_families confidence confidence_note notes sources"
    " changes"
)
# As many as a row of base data keeps (`communes.models.BaseFigure`).
MOST_DECIMALS = 3
_CODE_FORM = "dùng chữ thường không dấu, số và gạch"
_TARGET = rf"{FAMILY_CODE}:\d+\.\d+"
_DATED = r"\d{4}(-\d{2}-\d{2})?"
_CHANGE_TYPES = r"new_set|reworded|threshold"


@dataclass(frozen=True, slots=True)
class RollupEntry:
    """A roll-up with its place; its target is looked up when every set has been read."""

    rollup: Rollup
    fields: Fields


@dataclass(frozen=True, slots=True)
class SupplementFile:
    """A supplement with its place; held against the sets it adds to when all have been read."""

    supplement: Supplement
    fields: Fields


def read_departments(fields: Fields, shelf: Shelf) -> tuple[DepartmentEntry, ...]:
    """The departments, also put on the shelf for the sets that name them."""
    for item in fields.each("departments", "code name", required=True):
        code = item.matching("code", PLAIN_CODE, _CODE_FORM)
        if code in shelf.departments:
            item.tell("code", f"phòng, ban “{code}” viết hai lần", "đặt mã khác")
        shelf.departments[code] = item.text("name")
    return tuple(DepartmentEntry(code, name) for code, name in shelf.departments.items())


def read_survey_contents(fields: Fields) -> tuple[SurveyContent, ...]:
    """The contents of the satisfaction survey; one of them is the question about the whole."""
    found: dict[str, SurveyContent] = {}
    for item in fields.each("contents", "code name confidence source", required=True):
        code = item.matching("code", PLAIN_CODE, _CODE_FORM)
        if code in found:
            item.tell("code", f"nội dung “{code}” viết hai lần", "đặt mã khác")
        confidence = item.choice("confidence", Confidence, Confidence.LOW)
        found[code] = SurveyContent(code, item.text("name"), confidence, item.text("source"))
    if OVERALL_CONTENT not in found:
        fields.tell(
            "contents", f"thiếu nội dung chung “{OVERALL_CONTENT}”", f"thêm dòng có code: {OVERALL_CONTENT}"
        )
    return tuple(found.values())


def read_base_quantities(fields: Fields, shelf: Shelf) -> tuple[BaseQuantity, ...]:
    """What is counted once a year; the percentages taken of it get their denominator on the shelf. Read before the
    sets, whose parts hold the measures of the shelf."""
    found: dict[str, BaseQuantity] = {}
    for item in fields.each("quantities", "code name unit decimals group percentages", required=True):
        code = item.matching("code", PLAIN_CODE, _CODE_FORM)
        if code in found:
            item.tell("code", f"số liệu nền “{code}” viết hai lần", "đặt mã khác")
        decimals = item.whole("decimals") or 0
        if decimals > MOST_DECIMALS:
            item.tell("decimals", f"số liệu nền có nhiều nhất {MOST_DECIMALS} chữ số thập phân", "ghi từ 0 đến 3")
        found[code] = BaseQuantity(code, item.text("name"), item.text("unit"), decimals, item.text("group"))
        for measure in item.texts("percentages"):
            _take_denominator(item, shelf, measure, code)
    return tuple(found.values())


def _take_denominator(item: Fields, shelf: Shelf, code: str, quantity: str) -> None:
    """A percentage of a commune is taken of one quantity; everything else is told."""
    measure = shelf.measures.get(code)
    if measure is None:
        item.tell("percentages", f"không có số đo “{code}”", "dùng mã số đo có trong measures.yaml")
    elif measure.kind is not Kind.PERCENT:
        item.tell("percentages", f"số đo “{code}” không phải là tỷ lệ phần trăm", "chỉ tỷ lệ mới có mẫu số")
    elif measure.level is not Level.COMMUNE:
        item.tell("percentages", f"số đo “{code}” không phải là số đo cấp xã", "số liệu nền chỉ có ở cấp xã")
    elif measure.denominator:
        what = f"số đo “{code}” đã có mẫu số “{measure.denominator}”"
        item.tell("percentages", what, "mỗi tỷ lệ chỉ tính trên một số liệu nền")
    else:
        shelf.measures[code] = replace(measure, denominator=quantity)


def read_rollups(fields: Fields, shelf: Shelf) -> tuple[RollupEntry, ...]:
    """The roll-ups whose measure is known; targets are noted as references."""
    found = []
    for item in fields.each("rollups", "target from weight weight_name", required=True):
        target = item.matching("target", _TARGET, "viết bộ:chỉ tiêu, ví dụ huyen-ntm-2021-2025:7.2")
        family, _, code = target.partition(":")
        shelf.references.append(Reference(item.source, item.line_of("target"), family, code, Level.DISTRICT))
        weight = item.matching("weight", "[a-z_]+", "viết mã số liệu gốc bằng chữ thường, ví dụ households")
        origin = item.matching("from", MEASURE_CODE, "viết mã số đo")
        measure = shelf.measures.get(origin)
        if measure is None or measure.level is not Level.COMMUNE:
            item.tell(
                "from",
                f"“{origin}” không phải là số đo cấp xã",
                "dùng mã số đo cấp xã có trong measures.yaml",
            )
            continue
        found.append(RollupEntry(Rollup(family, code, measure, weight, item.text("weight_name")), item))
    return tuple(found)


def read_supplement(fields: Fields, shelf: Shelf) -> SupplementFile:
    """A province's supplement; its criteria go into the rulebooks of `families` later."""
    code = fields.matching("code", FAMILY_CODE, _CODE_FORM)
    level = fields.choice("level", Level, Level.COMMUNE)
    families = fields.texts("families")
    for family in families:
        shelf.references.append(Reference(fields.source, fields.line_of("families"), family, "", level))
    decisions = tuple(
        ProvincialDecision(
            number=item.text("number", ""),
            dated=item.matching("dated", _DATED, "viết năm-tháng-ngày hoặc năm, trong dấu nháy")
            if "dated" in item
            else "",
            what=item.text("what"),
            confidence=item.choice("confidence", Confidence, Confidence.LOW),
        )
        for item in fields.each("decisions", "number dated what confidence")
    )
    supplement = Supplement(
        code=code,
        name=fields.text("name"),
        level=level,
        families=families,
        criteria=read_criteria(fields, shelf, Frame(level, (1, 9999)), supplement=code),
        confidence=fields.choice("confidence", Confidence, Confidence.LOW),
        notes=fields.texts("notes"),
        sources=fields.texts("sources"),
        decisions=decisions,
    )
    return SupplementFile(supplement, fields)


def read_amendment(fields: Fields, shelf: Shelf) -> Amendment:
    """An amending decision and what it is known to change."""
    new_families = fields.texts("new_families")
    note = fields.text("confidence_note", "")
    return Amendment(
        number=fields.text("number"),
        decided_on=fields.day("date"),
        issuer=fields.text("issuer"),
        title=fields.text("title"),
        amends=fields.texts("amends"),
        annexes=tuple(
            (item.text("annex"), _refer(item, "", new_families, shelf))
            for item in fields.each("annexes", "annex family")
        ),
        changes=tuple(
            _read_change(item, new_families, shelf)
            for item in fields.each("changes", "family indicators type what confidence relevant_to_pilot")
        ),
        new_families=new_families,
        state=fields.text("state"),
        confidence=fields.choice("confidence", Confidence, Confidence.LOW),
        notes=((note,) if note else ()) + fields.texts("notes"),
        sources=fields.texts("sources"),
    )


def _read_change(item: Fields, new_families: tuple[str, ...], shelf: Shelf) -> AmendmentChange:
    indicators = item.texts("indicators")
    for code in indicators:
        _refer(item, code, new_families, shelf)
    return AmendmentChange(
        family=_refer(item, "", new_families, shelf),
        indicators=indicators,
        type=item.matching("type", _CHANGE_TYPES, "chọn một trong: new_set, reworded, threshold"),
        what=item.text("what"),
        confidence=item.choice("confidence", Confidence, Confidence.LOW),
        relevant_to_pilot=item.flag("relevant_to_pilot", default=True),
    )


def _refer(item: Fields, indicator: str, new_families: tuple[str, ...], shelf: Shelf) -> str:
    """The family named in `item`, noted as a reference unless the amendment itself brings that set."""
    family = item.text("family")
    if family not in new_families:
        key = "indicators" if indicator else "family"
        shelf.references.append(Reference(item.source, item.line_of(key), family, indicator))
    return family
