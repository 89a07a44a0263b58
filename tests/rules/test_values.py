"""A value between its forms: typed, stored, shown."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.rules.numbers import NBSP
from criteria.rules.rulebook import Measure, Value
from criteria.rules.values import (
    ValueProblem,
    decode_value,
    encode_value,
    parse_value,
    show_bound,
    show_value,
)
from criteria.rules.vocabulary import Kind, Op
from tests.rules.makers import GRADES, make_measure

PERCENT = make_measure(kind=Kind.PERCENT)
COUNT = make_measure(kind=Kind.COUNT)
INCOME = make_measure(kind=Kind.NUMBER)
DONE = make_measure(kind=Kind.BOOLEAN)
SHACKS = make_measure(kind=Kind.BOOLEAN, unit="có/không")
GRADE = make_measure(kind=Kind.ORDINAL)
ALL = (PERCENT, COUNT, INCOME, DONE, SHACKS, GRADE)

STATED: st.SearchStrategy[tuple[Kind, Value]] = st.one_of(
    st.decimals(0, 10**9, places=6).map(lambda number: (Kind.NUMBER, number)),
    st.booleans().map(lambda answer: (Kind.BOOLEAN, answer)),
    st.sampled_from(GRADES).map(lambda grade: (Kind.ORDINAL, grade)),
)


@pytest.mark.parametrize(
    ("measure", "typed", "value"),
    [
        (PERCENT, "0", Decimal(0)),
        (PERCENT, "100 %", Decimal(100)),
        (PERCENT, "88,2", Decimal("88.2")),
        (COUNT, "3", Decimal(3)),
        (COUNT, "3,0", Decimal(3)),
        (INCOME, "46,8", Decimal("46.8")),
        (DONE, "Đạt", True),
        (DONE, " chưa đạt ", False),
        (SHACKS, "Có", True),
        (SHACKS, "không", False),
        (SHACKS, "yes", True),
        (SHACKS, "no", False),
        (GRADE, "khá", "Khá"),
        (GRADE, "Tốt ", "Tốt"),
    ],
)
def test_a_value_is_read_as_its_measure_asks(measure: Measure, typed: str, value: Value) -> None:
    parsed = parse_value(measure, typed)
    assert parsed == value and type(parsed) is type(value)


@pytest.mark.parametrize(
    ("measure", "typed", "why"),
    [
        (PERCENT, "100,1", "lớn hơn 100"),
        (PERCENT, "-0,1", "âm"),
        (COUNT, "2,5", "phần lẻ"),
        (INCOME, "-1", "âm"),
        (INCOME, "1.500", "có thể là"),
        (DONE, "có lẽ", "Chọn"),
        (DONE, "", "Chọn"),
        (GRADE, "Xuất sắc", "thang xếp loại"),
        (PERCENT, "", "Chưa có số"),
    ],
)
def test_a_value_that_cannot_be_is_refused_with_the_reason(measure: Measure, typed: str, why: str) -> None:
    with pytest.raises(ValueProblem, match=why):
        parse_value(measure, typed)


def test_a_percent_ten_times_too_large_is_met_with_the_likely_number() -> None:
    with pytest.raises(ValueProblem, match="muốn nhập 88,2"):
        parse_value(PERCENT, "882")
    with pytest.raises(ValueProblem) as refused:
        parse_value(PERCENT, "5000")
    assert "muốn nhập" not in str(refused.value)


@given(st.sampled_from(ALL), st.text(max_size=20))
def test_whatever_is_typed_is_a_value_of_that_kind_or_refused_with_a_sentence(measure: Measure, typed: str) -> None:
    try:
        value = parse_value(measure, typed)
    except ValueProblem as problem:
        assert str(problem)
    else:
        assert decode_value(measure.kind, encode_value(value)) == value


@given(STATED)
def test_a_stored_value_comes_back_as_it_was(stated: tuple[Kind, Value]) -> None:
    kind, value = stated
    stored = json.loads(json.dumps(encode_value(value)))
    assert not isinstance(stored, float)
    back = decode_value(kind, stored)
    assert back == value and type(back) is type(value)


def test_nothing_stays_nothing_and_a_damaged_row_is_told() -> None:
    assert encode_value(None) is None
    assert all(decode_value(kind, None) is None for kind in Kind)
    with pytest.raises(ValueError, match="yes/no"):
        decode_value(Kind.BOOLEAN, "true")


@pytest.mark.parametrize(
    ("measure", "value", "shown"),
    [
        (PERCENT, Decimal("88.20"), f"88,2{NBSP}%"),
        (INCOME, Decimal("46.8"), f"46,8{NBSP}triệu đồng/người"),
        (COUNT, Decimal(0), f"0{NBSP}thôn"),
        (COUNT, None, "—"),
        (DONE, True, "Đạt"),
        (DONE, False, "Chưa đạt"),
        (SHACKS, False, "Không"),
        (GRADE, "Khá", "Khá"),
    ],
)
def test_no_data_and_zero_never_look_alike(measure: Measure, value: Value | None, shown: str) -> None:
    assert show_value(measure, value) == shown


@pytest.mark.parametrize(
    ("measure", "op", "value", "shown"),
    [
        (PERCENT, Op.AT_LEAST, Decimal(90), f"≥{NBSP}90{NBSP}%"),
        (PERCENT, Op.AT_MOST, Decimal("1.5"), f"≤{NBSP}1,5{NBSP}%"),
        (GRADE, Op.AT_LEAST, "Khá", "Khá trở lên"),
        (GRADE, Op.AT_LEAST, "Tốt", "Tốt"),
        (SHACKS, Op.EQUALS, False, "Không"),
        (PERCENT, Op.AT_LEAST, None, "chưa có ngưỡng"),
    ],
)
def test_a_requirement_reads_as_in_the_annex(measure: Measure, op: Op, value: Value | None, shown: str) -> None:
    assert show_bound(measure, op, value) == shown
