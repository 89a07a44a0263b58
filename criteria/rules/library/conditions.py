"""What a tier asks beside its criteria, from the list `conditions` of a set."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from criteria.rules.library.fields import Fields
from criteria.rules.library.parts import (
    FAMILY_CODE,
    PLAIN_CODE,
    Frame,
    Reference,
    Shelf,
    capped,
    read_department,
    read_measure_name,
    read_part,
)
from criteria.rules.rulebook import Condition, Part, Threshold
from criteria.rules.vocabulary import ConditionKind, Confidence, Kind, Level, Op

_KEYS = (
    "code text kind family minimum reference options measure op thresholds provincial department confidence"
    " note source"
)
_REFERENCE = rf"{FAMILY_CODE}:\d+\.\d+"

# What each kind states beside code, text and kind: all of it, and nothing of what another kind states.
_NEEDS = {
    ConditionKind.CRITERIA_MET: "",
    ConditionKind.REQUIRES_SET: "family",
    ConditionKind.MEASURE: "measure op thresholds",
    ConditionKind.RATIO: "measure op minimum reference",
    ConditionKind.CHOOSE: "minimum options",
    ConditionKind.SURVEY: "minimum",
    ConditionKind.SURVEY_EACH: "minimum",
    ConditionKind.SHARE_OF_COMMUNES: "family minimum",
    ConditionKind.SHARE_OF_TOWNS: "minimum",
}
_SPECIFIC = {word for words in _NEEDS.values() for word in words.split()}
_PERCENT_KINDS = (
    ConditionKind.SURVEY,
    ConditionKind.SURVEY_EACH,
    ConditionKind.SHARE_OF_COMMUNES,
    ConditionKind.SHARE_OF_TOWNS,
)
_DISTRICT_KINDS = (ConditionKind.SURVEY_EACH, ConditionKind.SHARE_OF_COMMUNES, ConditionKind.SHARE_OF_TOWNS)


def read_conditions(fields: Fields, shelf: Shelf, frame: Frame) -> tuple[Condition, ...]:
    """The conditions of a set in their order; codes are unique."""
    found: dict[str, Condition] = {}
    for item in fields.each("conditions", _KEYS):
        condition = _read_condition(item, shelf, frame)
        if condition.code in found:
            item.tell("code", f"điều kiện “{condition.code}” viết hai lần", "đặt mã khác")
        found[condition.code] = condition
    return tuple(found.values())


def _read_condition(item: Fields, shelf: Shelf, frame: Frame) -> Condition:
    kind = item.choice("kind", ConditionKind, ConditionKind.CRITERIA_MET)
    _check_needs(item, kind, frame.level)
    confidence = item.choice("confidence", Confidence, Confidence.LOW)
    if "minimum" in item:
        confidence = capped(confidence, frame.confidence_cap)
    lead, others = read_department(item, shelf)
    return Condition(
        code=item.matching("code", PLAIN_CODE, "dùng chữ thường không dấu và gạch dưới"),
        text=item.text("text"),
        kind=kind,
        minimum=_read_minimum(item, kind),
        part=_read_part(item, kind, shelf, frame, confidence),
        options=_read_options(item, shelf, frame),
        family=_read_family(item, kind, shelf, frame),
        reference=_read_reference(item, shelf, frame),
        lead=lead,
        others=others,
        confidence=confidence,
        source=item.text("source", ""),
        note=item.text("note", ""),
        provincial=item.flag("provincial"),
    )


def _check_needs(item: Fields, kind: ConditionKind, level: Level) -> None:
    needs = set(_NEEDS[kind].split())
    for key in sorted(needs):
        if key not in item:
            item.tell("kind", f"điều kiện loại {kind} thiếu mục “{key}”", f"thêm dòng “{key}: …”")
    for key in sorted(_SPECIFIC - needs):
        if key in item:
            item.tell(key, f"điều kiện loại {kind} không dùng mục “{key}”", f"bỏ dòng “{key}” hoặc sửa kind")
    if kind in _DISTRICT_KINDS and level is not Level.DISTRICT:
        item.tell("kind", f"điều kiện loại {kind} chỉ có ở cấp huyện", "sửa kind hoặc level của bộ tiêu chí")


def _read_minimum(item: Fields, kind: ConditionKind) -> Decimal | None:
    minimum = item.number("minimum", required=False)
    if minimum is None:
        return None
    if kind in _PERCENT_KINDS and not 0 <= minimum <= 100:
        item.tell("minimum", f"mức {minimum}% nằm ngoài 0-100", "đối chiếu văn bản, sửa số")
    if kind is ConditionKind.RATIO and not 0 < minimum < 10:
        item.tell("minimum", f"tỷ số {minimum} không hợp lý", "viết số lần, ví dụ 1.1 cho “cao hơn 10%”")
    if kind is ConditionKind.CHOOSE and not 1 <= minimum <= len(item.nodes("options")):
        item.tell(
            "minimum", f"phải chọn {minimum} trong số các lựa chọn có ở đây", "sửa minimum hoặc thêm lựa chọn"
        )
    return minimum


def _read_part(
    item: Fields, kind: ConditionKind, shelf: Shelf, frame: Frame, confidence: Confidence
) -> Part | None:
    if "measure" not in item:
        return None
    part = read_part(item, shelf, frame, confidence=confidence, bounded=kind is ConditionKind.MEASURE)
    # "Do UBND cấp tỉnh quy định cụ thể" in a condition speaks of what counts as one, not of the law's number.
    return replace(part, provincial=False) if part else None


def _read_options(item: Fields, shelf: Shelf, frame: Frame) -> tuple[Part, ...]:
    found: dict[str, Part] = {}
    for option in item.each("options", "code name measure"):
        code = option.matching("code", PLAIN_CODE, "dùng chữ thường không dấu và gạch dưới")
        name = option.text("name")
        measure = read_measure_name(option, shelf, frame.level)
        if code in found:
            option.tell("code", f"lựa chọn “{code}” viết hai lần", "đặt mã khác")
        if measure is None:
            continue
        if measure.kind is not Kind.BOOLEAN:
            option.tell(
                "measure",
                f"lựa chọn “{code}” phải là số đo có hoặc không",
                "sửa kind của số đo thành boolean",
            )
        bound = Threshold(value=True, text="Đạt", confidence=Confidence.HIGH)
        found[code] = Part(code, measure, Op.EQUALS, (bound,), name)
    return tuple(found.values())


def _read_family(item: Fields, kind: ConditionKind, shelf: Shelf, frame: Frame) -> str:
    """The set a condition names: the lower tier of the same level, or the communes' set that is counted."""
    if "family" not in item:
        return ""
    family = item.matching("family", FAMILY_CODE, "viết mã bộ tiêu chí, ví dụ xa-ntm-2021-2025")
    level = Level.COMMUNE if kind is ConditionKind.SHARE_OF_COMMUNES else frame.level
    shelf.references.append(Reference(item.source, item.line_of("family"), family, "", level))
    return family


def _read_reference(item: Fields, shelf: Shelf, frame: Frame) -> str:
    """The indicator whose threshold a ratio is taken of, "family:code"; it must have the same measure."""
    if "reference" not in item:
        return ""
    reference = item.matching(
        "reference", _REFERENCE, "viết bộ:chỉ tiêu, ví dụ xa-ntm-nang-cao-2021-2025:10.1"
    )
    family, _, code = reference.partition(":")
    measure = item.text("measure", "")
    shelf.references.append(
        Reference(item.source, item.line_of("reference"), family, code, frame.level, measure)
    )
    return reference
