"""A value between its forms: typed by a person, stored as JSON, shown on paper."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from criteria.rules.numbers import NBSP, NumberProblem, clean_text, format_number, parse_number
from criteria.rules.rulebook import Measure, Value
from criteria.rules.vocabulary import Kind, Op

YES, NO = "yes", "no"


class ValueProblem(ValueError):
    """Why a typed value is refused, as one Vietnamese sentence with the remedy."""


def encode_value(value: Value | None) -> Any:
    """JSON for storage: numbers as text, so that no float ever touches them."""
    return format(value, "f") if isinstance(value, Decimal) else value


def decode_value(kind: Kind, raw: Any) -> Value | None:
    """The value behind stored JSON; None for null. Raises ValueError for a wrong type (a damaged row)."""
    if raw is None:
        return None
    if kind is Kind.BOOLEAN:
        if not isinstance(raw, bool):
            raise ValueError(f"not a yes/no: {raw!r}")
        return raw
    return str(raw) if kind is Kind.ORDINAL else Decimal(str(raw))


def parse_value(measure: Measure, text: str) -> Value:
    """What a person typed for a measure. Raises ValueProblem naming what is wrong and what to type instead."""
    if measure.kind is Kind.BOOLEAN:
        return _parse_yes_no(measure, text)
    if measure.kind is Kind.ORDINAL:
        return _parse_grade(measure, text)
    try:
        number = parse_number(text)
    except NumberProblem as problem:
        raise ValueProblem(str(problem)) from None
    return _checked_number(measure, number, text.strip())


def _parse_yes_no(measure: Measure, text: str) -> bool:
    word = clean_text(text).strip().casefold()
    if word in (YES, measure.yes_label.casefold(), "đ", "x", "1"):
        return True
    if word in (NO, measure.no_label.casefold(), "không", "không đạt", "c", "0"):
        return False
    raise ValueProblem(f"“{text[:40]}” không rõ. Chọn “{measure.yes_label}” hoặc “{measure.no_label}”.")


def _parse_grade(measure: Measure, text: str) -> str:
    word = clean_text(text).strip().casefold()
    for grade in measure.scale:
        if grade.casefold() == word:
            return grade
    raise ValueProblem(f"“{text[:40]}” không có trong thang xếp loại: {', '.join(measure.scale)}.")


def _checked_number(measure: Measure, number: Decimal, shown: str) -> Decimal:
    if number < 0:
        raise ValueProblem(f"“{shown}” là số âm. {measure.kind.label.capitalize()} không được âm.")
    if measure.kind is Kind.PERCENT and number > 100:
        tenth = number / 10
        hint = f" Có phải anh/chị muốn nhập {format_number(tenth)}?" if tenth <= 100 else ""
        raise ValueProblem(f"“{shown}” lớn hơn 100 %.{hint or ' Kiểm tra lại số.'}")
    if measure.kind is Kind.COUNT and number != number.to_integral_value():
        raise ValueProblem(f"“{shown}” có phần lẻ; ở đây đếm bằng số nguyên ({measure.unit or 'đơn vị'}).")
    return number


def show_value(measure: Measure, value: Value | None, *, unit: bool = True) -> str:
    """A value as people read it: "88,2 %", "Đạt", "Khá", "46,8 triệu đồng/người"; "—" where there is none."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return measure.yes_label if value else measure.no_label
    if isinstance(value, str):
        return value
    suffix = f"{NBSP}{measure.unit}" if unit and measure.unit else ""
    return f"{_short_number(measure, value)}{suffix}"


def _short_number(measure: Measure, value: Decimal) -> str:
    """A share is read to two decimals, or to as many as tell it from a whole percent which it is not: 89,996 is not
    90, and 86,0038 is read as 86,004."""
    if measure.kind is Kind.PERCENT:
        for places in (2, 3):
            rounded = value.quantize(Decimal(1).scaleb(-places))
            if rounded == value or rounded != rounded.to_integral_value():
                return format_number(rounded)
    return format_number(value)


def show_bound(measure: Measure, op: Op, value: Value | None) -> str:
    """A requirement as people read it: "≥ 90 %", "Đạt", "từ Khá", "chưa có ngưỡng"."""
    if value is None:
        return "chưa có ngưỡng"
    if isinstance(value, Decimal):
        return f"{op.label}{NBSP}{show_value(measure, value)}"
    if isinstance(value, str) and op is Op.AT_LEAST and value != measure.scale[-1]:
        return f"{value} trở lên"
    return show_value(measure, value)
