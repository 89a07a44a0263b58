"""What is improbable beside an earlier value: points of percentages, multiples of numbers, a yes that became a no."""

from decimal import Decimal

import pytest

from communes.rules.jumps import jump, jump_of_base, other_denominator
from criteria.rules.vocabulary import Kind
from tests.rules.makers import make_measure


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ("60", "80", ""),  # twenty points are still a good year
        ("60", "80.01", "Tăng 20,01 điểm phần trăm"),
        ("96.4", "20", "Giảm 76,4 điểm phần trăm"),
        ("0", "20", ""),
    ],
)
def test_a_percentage_jumps_by_points(before: str, now: str, said: str) -> None:
    assert jump(make_measure(kind=Kind.PERCENT), Decimal(before), Decimal(now)) == said


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [("40", "80", ""), ("40", "81", "Gấp 2 lần"), ("40", "20", ""), ("40", "19", "Chỉ còn 48\u00a0%"), ("0", "7", "")],
)
def test_a_number_jumps_by_multiples(before: str, now: str, said: str) -> None:
    assert jump(make_measure(kind=Kind.NUMBER), Decimal(before), Decimal(now)) == said


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ("1000", "1199", ""),
        ("1000", "1200", "Tăng 20\u00a0%"),
        ("1000", "1201", "Tăng 20,1\u00a0%"),
        ("1200", "1000", ""),
        ("1000", "800", "Giảm 20\u00a0%"),
        ("2300", "23000", "Gấp 10 lần"),
        ("2300", "230", "Chỉ còn 10\u00a0%"),
        ("3", "4", ""),  # one school more is a third more, and no jump
        ("3", "5", "Tăng 66,7\u00a0%"),
        ("0", "500", ""),
    ],
)
def test_base_data_jump_from_a_fifth_on_by_the_same_rule(before: str, now: str, said: str) -> None:
    assert jump_of_base(Decimal(before), Decimal(now)) == said
    assert jump_of_base(None, Decimal(now)) == jump_of_base(Decimal(before), None) == ""


def test_a_yes_that_is_required_goes_back_and_a_shed_that_is_gone_does_not() -> None:
    measure = make_measure(kind=Kind.BOOLEAN)
    assert jump(measure, True, False, True) == "Từ “Đạt” thành “Chưa đạt”"
    assert jump(measure, False, True, True) == ""
    assert jump(measure, True, False, False) == ""  # "nhà tạm": none is what is wanted
    assert jump(measure, False, True, False) == "Từ “Chưa đạt” thành “Đạt”"


def test_a_grade_goes_back_along_its_scale() -> None:
    measure = make_measure(kind=Kind.ORDINAL)
    assert jump(measure, "Tốt", "Khá") == "Từ “Tốt” thành “Khá”"
    assert jump(measure, "Khá", "Tốt") == ""
    assert jump(measure, "Xuất sắc", "Khá") == "", "a grade that the scale no longer has is compared with nothing"


def test_without_an_earlier_value_nothing_jumps() -> None:
    assert jump(make_measure(), None, Decimal(99)) == ""
    assert jump(make_measure(), Decimal(99), None) == ""


def test_a_denominator_is_held_against_the_base_figure() -> None:
    assert other_denominator(Decimal(2370), Decimal(2365))
    assert not other_denominator(Decimal(2370), Decimal(2370))
    assert not other_denominator(Decimal(0), Decimal(2370)), "nobody to count"
    assert not other_denominator(Decimal(2370), None)
