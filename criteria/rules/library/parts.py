"""Measures, thresholds and parts: what is measured and what must be reached."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

from criteria.rules.library.content import Region
from criteria.rules.library.fields import Fields, number_of
from criteria.rules.library.nodes import Scalar
from criteria.rules.library.problems import Source
from criteria.rules.rulebook import Measure, Part, Threshold, Value
from criteria.rules.vocabulary import Confidence, Kind, Level, Op

MEASURE_CODE = r"[a-z][a-z0-9_-]*(\.[a-z0-9_]+)*"
FAMILY_CODE = r"[a-z][a-z0-9-]*"
PLAIN_CODE = r"[a-z][a-z0-9_-]*"

_BOOLEAN_UNITS = ("đạt/không", "có/không")
_BOOLEAN_TEXTS = {"Đạt": True, "Không": False}
_PERCENT = "%"
_OPS = {
    Kind.BOOLEAN: (Op.EQUALS,),
    Kind.ORDINAL: (Op.AT_LEAST, Op.EQUALS),
    Kind.NUMBER: (Op.AT_LEAST, Op.AT_MOST, Op.EQUALS),
    Kind.PERCENT: (Op.AT_LEAST, Op.AT_MOST, Op.EQUALS),
    Kind.COUNT: (Op.AT_LEAST, Op.AT_MOST, Op.EQUALS),
}
# "≥95%", "≤2,5%", "100%", "≥01 mô hình": the number that the wording itself names.
_WORDED_NUMBER = re.compile(r"([≥≤])?\s*(\d+(?:,\d+)?)(?!\d)")
_SIGNS = {"≥": Op.AT_LEAST, "≤": Op.AT_MOST}


@dataclass(frozen=True, slots=True)
class Reference:
    """A mention of a set, or of an indicator in it, that only the whole library can confirm.

    `level` is the level that set must have; `measure`, if stated, the one that indicator must measure.
    """

    source: Source
    line: int
    family: str
    indicator: str
    level: Level | None = None
    measure: str = ""


@dataclass(slots=True)
class Shelf:
    """What has been read so far and later files may mention."""

    measures: dict[str, Measure] = field(default_factory=dict)
    measure_places: dict[str, tuple[Source, int]] = field(default_factory=dict)
    measures_over_100: set[str] = field(default_factory=set)
    measures_used: set[str] = field(default_factory=set)
    departments: dict[str, str] = field(default_factory=dict)
    references: list[Reference] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Frame:
    """What holds for every part of a set: level, period, commune groups, and a ceiling of confidence."""

    level: Level
    period: tuple[int, int]
    groups: tuple[str, ...] = ()
    confidence_cap: Confidence = Confidence.HIGH


def read_measures(fields: Fields, shelf: Shelf) -> None:
    """Puts every measure of `measures.yaml` on the shelf."""
    for item in fields.each("measures", "code name kind level unit scale over_100", required=True):
        measure = Measure(
            code=item.matching(
                "code", MEASURE_CODE, "dùng chữ thường không dấu, số, gạch và dấu chấm, ví dụ xa.8.1"
            ),
            name=item.text("name"),
            kind=item.choice("kind", Kind, Kind.NUMBER),
            level=item.choice("level", Level, Level.COMMUNE),
            unit=item.text("unit", ""),
            scale=item.texts("scale"),
        )
        _check_measure(item, measure)
        if measure.code in shelf.measures:
            item.tell("code", f"số đo “{measure.code}” khai báo hai lần", "giữ lại một, hoặc đặt mã khác")
            continue
        shelf.measures[measure.code] = measure
        shelf.measure_places[measure.code] = (item.source, item.line_of("code"))
        if item.flag("over_100"):
            shelf.measures_over_100.add(measure.code)


def _check_measure(item: Fields, measure: Measure) -> None:
    if measure.kind is Kind.BOOLEAN and measure.unit not in _BOOLEAN_UNITS:
        item.tell(
            "unit", f"số đo có hoặc không mà đơn vị là “{measure.unit}”", "viết đạt/không hoặc có/không"
        )
    if measure.kind is Kind.PERCENT and measure.unit != _PERCENT:
        item.tell("unit", f"số đo tỷ lệ mà đơn vị là “{measure.unit}”", "viết unit: '%'")
    if measure.kind in (Kind.NUMBER, Kind.COUNT) and measure.unit in (*_BOOLEAN_UNITS, _PERCENT, ""):
        item.tell("unit", f"số đo bằng số mà đơn vị là “{measure.unit}”", "ghi đơn vị đo hoặc đổi kind")
    if measure.kind is Kind.ORDINAL and len(set(measure.scale)) < 2:
        item.tell(
            "scale",
            "số đo xếp loại phải có thang ít nhất hai bậc",
            "thêm scale: [bậc thấp nhất, …, bậc cao nhất]",
        )
    if len(set(measure.scale)) != len(measure.scale):
        item.tell("scale", "thang xếp loại có bậc trùng nhau", "mỗi bậc viết một lần, thấp nhất trước")
    if measure.kind is not Kind.ORDINAL and measure.scale:
        item.tell("scale", "chỉ số đo xếp loại mới có thang", "bỏ scale hoặc đổi kind thành ordinal")


PART_KEYS = "measure op provincial thresholds"
_THRESHOLD_KEYS = "region group year value text confidence source"


def read_part(
    fields: Fields,
    shelf: Shelf,
    frame: Frame,
    *,
    confidence: Confidence,
    source: str = "",
    code: str = "",
    name: str = "",
    bounded: bool = True,
) -> Part | None:
    """The part whose keys (`PART_KEYS`) stand in `fields`; None if its measure is unknown.

    `confidence` and `source` go to threshold rows that state none of their own. `bounded` False: a part of a
    condition that carries its own bound (a ratio) has no thresholds.
    """
    measure = read_measure_name(fields, shelf, frame.level)
    op = fields.choice("op", Op, Op.AT_LEAST)
    if measure is None:
        return None
    if op not in _OPS[measure.kind]:
        allowed = ", ".join(known.value for known in _OPS[measure.kind])
        fields.tell(
            "op", f"phép so “{op}” không hợp với số đo {measure.kind.label}", f"dùng một trong: {allowed}"
        )
    terms = _Terms(measure, op, frame, over_100=measure.code in shelf.measures_over_100)
    rows = tuple(
        _read_threshold(row, terms, confidence, source)
        for row in fields.each("thresholds", _THRESHOLD_KEYS, required=bounded)
    )
    if bounded and not rows and "thresholds" in fields:
        fields.tell(
            "thresholds",
            "chưa có ngưỡng nào",
            "thêm một dòng ngưỡng; chưa biết số thì viết value: null và text",
        )
    _check_repeats(fields, rows)
    return Part(code, measure, op, rows, name, fields.flag("provincial"))


def read_measure_name(fields: Fields, shelf: Shelf, level: Level) -> Measure | None:
    """The measure named by the key `measure`, noted as used; told if unknown or of another level."""
    code = fields.text("measure")
    measure = shelf.measures.get(code)
    if measure is None:
        if code:
            fields.tell(
                "measure", f"không có số đo “{code}”", "khai báo số đo trong measures.yaml hoặc sửa mã"
            )
        return None
    if measure.level is not level:
        what = f"số đo “{code}” là của cấp {measure.level.label}, bộ tiêu chí này của cấp {level.label}"
        fields.tell("measure", what, "dùng số đo cùng cấp với bộ tiêu chí")
    shelf.measures_used.add(code)
    return measure


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a threshold's value must agree with."""

    measure: Measure
    op: Op
    frame: Frame
    over_100: bool


def _read_threshold(row: Fields, terms: _Terms, confidence: Confidence, source: str) -> Threshold:
    stated = row.choice("confidence", Confidence, confidence, required=False)
    value = _read_value(row, terms)
    text = row.text("text")
    if value is not None:
        _check_wording(row, terms, value, text)
    return Threshold(
        value=value,
        text=text,
        region=_read_region(row),
        group=_read_group(row, terms.frame),
        year=_read_year(row, terms.frame),
        confidence=capped(stated, terms.frame.confidence_cap),
        source=row.text("source", source),
    )


def capped(confidence: Confidence, cap: Confidence) -> Confidence:
    """The lower of the two."""
    order = list(Confidence)  # from high to low
    return max(confidence, cap, key=order.index)


def _read_value(row: Fields, terms: _Terms) -> Value | None:
    scalar = row.scalar("value")
    if scalar is None or scalar.kind == "null":
        return None
    if terms.measure.kind is Kind.BOOLEAN:
        return _read_boolean(scalar, row)
    if terms.measure.kind is Kind.ORDINAL:
        return _read_grade(scalar, row, terms.measure)
    number = number_of(scalar, row.source, "ngưỡng")
    if number is not None:
        _check_range(row, terms, number)
    return number


def _read_boolean(scalar: Scalar, row: Fields) -> bool | None:
    if scalar.text in ("true", "false"):
        return scalar.text == "true"
    row.tell(
        "value",
        f"ngưỡng “{scalar.text}” không phải là có hoặc không",
        "viết true (Đạt, Có) hoặc false (Không)",
    )
    return None


def _read_grade(scalar: Scalar, row: Fields, measure: Measure) -> str | None:
    if scalar.text in measure.scale:
        return scalar.text
    row.tell(
        "value", f"ngưỡng “{scalar.text}” không có trong thang", f"chọn một trong: {', '.join(measure.scale)}"
    )
    return None


def _check_range(row: Fields, terms: _Terms, number: Decimal) -> None:
    kind = terms.measure.kind
    if kind is Kind.PERCENT and not terms.over_100 and not 0 <= number <= 100:
        row.tell(
            "value",
            f"ngưỡng {number}% nằm ngoài 0-100",
            "sửa số, hoặc ghi over_100: true ở số đo nếu đúng vậy",
        )
    if kind is Kind.COUNT and (number < 0 or number != int(number)):
        row.tell("value", f"ngưỡng {number} không phải là số đếm", "viết số nguyên không âm")
    if kind is Kind.NUMBER and number < 0:
        row.tell("value", f"ngưỡng {number} là số âm", "viết số không âm")


def _check_wording(row: Fields, terms: _Terms, value: Value, text: str) -> None:
    """The number and the wording beside it must say the same: this catches most slips of typing."""
    if isinstance(value, bool):
        worded: Value | None = _BOOLEAN_TEXTS.get(text)
    elif isinstance(value, str):
        worded = text if text in terms.measure.scale else None
    else:
        worded = _worded_number(row, terms.op, text)
    if worded is not None and worded != value:
        row.tell(
            "value",
            f"ngưỡng {_shown(value)} khác với câu chữ “{text}”",
            "đối chiếu văn bản, sửa value hoặc text",
        )


def _worded_number(row: Fields, op: Op, text: str) -> Decimal | None:
    found = _WORDED_NUMBER.match(text)
    if not found:
        return None
    sign, digits = found.groups()
    if sign and _SIGNS[sign] is not op:
        row.tell("text", f"câu chữ “{text}” ngược với phép so “{op}”", "đối chiếu văn bản, sửa text hoặc op")
    return Decimal(digits.replace(",", "."))


def _shown(value: Value) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _read_region(row: Fields) -> str:
    return str(row.choice("region", Region, Region.NORTH_CENTRAL)) if "region" in row else ""


def _read_group(row: Fields, frame: Frame) -> str:
    group = row.text("group", "")
    if group and group not in frame.groups:
        known = ", ".join(frame.groups) or "bộ này không chia nhóm xã"
        row.tell(
            "group", f"không có nhóm xã “{group}”", f"khai báo trong commune_groups hoặc sửa mã ({known})"
        )
    return group


def _read_year(row: Fields, frame: Frame) -> int | None:
    year = row.whole("year", required=False)
    first, last = frame.period
    if year is not None and not first <= year <= last:
        row.tell(
            "year", f"năm {year} nằm ngoài giai đoạn {first}-{last}", "sửa năm hoặc period của bộ tiêu chí"
        )
    return year


def _check_repeats(fields: Fields, rows: tuple[Threshold, ...]) -> None:
    seen = set()
    for item, row in zip(fields.nodes("thresholds"), rows, strict=False):
        scope = (row.region, row.group, row.year)
        if scope in seen:
            fields.source.tell(
                item.line, "ngưỡng này trùng vùng, nhóm và năm với dòng trên", "giữ lại một dòng"
            )
        seen.add(scope)


def read_department(fields: Fields, shelf: Shelf) -> tuple[str, tuple[str, ...]]:
    """(lead, others) from `department: {lead, with}`; ("", ()) where the source names none."""
    inner = fields.inner("department", "lead with")
    if inner is None:
        return "", ()
    lead, others = inner.text("lead"), inner.texts("with")
    for code in (lead, *others):
        if code and code not in shelf.departments:
            inner.tell(
                "lead" if code == lead else "with",
                f"không có phòng, ban “{code}”",
                "sửa mã hoặc thêm vào departments.yaml",
            )
    if lead in others:
        inner.tell("with", f"“{lead}” vừa chủ trì vừa phối hợp", "bỏ khỏi with")
    return lead, others
