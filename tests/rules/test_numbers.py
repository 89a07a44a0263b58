"""How a number is typed and printed in Vietnam."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from criteria.rules.numbers import (
    MAX_DECIMALS,
    MAX_INTEGER_DIGITS,
    NBSP,
    NumberProblem,
    clean_text,
    format_number,
    parse_fraction,
    parse_number,
    percent_of,
)

# One mark followed by exactly three digits: thousands to one reader, decimals to the next.
AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
LIKE_NUMBERS = st.text(alphabet="0123456789.,+-−% \u00a0\u202f\n_eEnNaAiIfF٣５²½/", max_size=24)
STATED = st.decimals(
    min_value=-(10**MAX_INTEGER_DIGITS) + 1,
    max_value=10**MAX_INTEGER_DIGITS - 1,
    places=MAX_DECIMALS,
    allow_nan=False,
    allow_infinity=False,
)
ANY_STATED = st.one_of(
    STATED,
    st.integers(-5000, 5000).map(Decimal),
    st.integers(-(10**6), 10**6).map(lambda thousandths: Decimal(thousandths) / 1000),
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("0", "0"),
        ("95", "95"),
        ("95 %", "95"),
        (f"95,5{NBSP}%", "95.5"),
        ("1,5", "1.5"),
        ("1.5", "1.5"),
        ("1.234,5", "1234.5"),
        ("1,234.5", "1234.5"),
        ("1.234.567", "1234567"),
        ("1,234,567", "1234567"),
        ("1234.567", "1234.567"),
        ("0,125", "0.125"),
        ("1,2340", "1.2340"),
        ("  46,8\n", "46.8"),
        ("−3", "-3"),
        ("+5", "5"),
        ("999999999999,999999", "999999999999.999999"),
    ],
)
def test_a_number_is_understood_as_an_official_writes_it(typed: str, meant: str) -> None:
    assert parse_number(typed) == Decimal(meant)


@pytest.mark.parametrize("typed", ["1.500", "1,500", "-1.500", "12.345", "999,001", "1.000", "1.500 %"])
def test_one_mark_and_three_digits_asks_instead_of_guessing(typed: str) -> None:
    with pytest.raises(NumberProblem, match="có thể là"):
        parse_number(typed)


@pytest.mark.parametrize("typed", ["1.500", "1,500", "-1.500", "1,234", "12.340", "100.000", "999.999"])
def test_both_ways_out_of_an_ambiguity_are_understood_and_differ_a_thousandfold(typed: str) -> None:
    with pytest.raises(NumberProblem) as asked:
        parse_number(typed)
    offered = re.search(r"Gõ (\S+) hoặc (\S+) để", str(asked.value))
    assert offered
    small, large = map(parse_number, offered.groups())
    assert small * 1000 == large == Decimal(re.sub("[.,]", "", typed))


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "%", "NaN", "nan", "Infinity", "-inf", "1_000", "1e3", "1,5E2", "９５", "٣", "²", "½", "1/2", "--1",
     "1.23.456", "1,2,3", "1.234,5.6", "1 500", "12 giờ", "5%%", "\x00", "0x10", ",5", "5,"],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(NumberProblem) as refused:
        parse_number(typed)
    assert str(refused.value).endswith(".")


@pytest.mark.parametrize(
    ("typed", "words"),
    [("９５", "toàn khổ"), ("1_000", "kiểu máy tính"), ("1e3", "kiểu máy tính"), ("NaN", "Gõ ví dụ")],
)
def test_the_sentence_says_what_was_wrong_with_a_number(typed: str, words: str) -> None:
    with pytest.raises(NumberProblem, match=words):
        parse_number(typed)


@pytest.mark.parametrize(("typed", "kept"), [("9" * 12, True), ("9" * 13, False), ("0" * 30 + "1", True)])
def test_at_most_twelve_digits_stand_before_the_comma(typed: str, kept: bool) -> None:
    if kept:
        assert parse_number(typed) == int(typed)
    else:
        with pytest.raises(NumberProblem, match="quá lớn"):
            parse_number(typed)


def test_at_most_six_digits_stand_behind_the_comma() -> None:
    assert parse_number("0,123456") == Decimal("0.123456")
    with pytest.raises(NumberProblem, match="thập phân"):
        parse_number("0,1234567")


def test_a_refusal_of_a_very_long_text_stays_short() -> None:
    with pytest.raises(NumberProblem) as refused:
        parse_number("dài " * 20_000)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("typed", ["-0", "−0", "-0,0"])
def test_minus_zero_is_zero_and_printed_so(typed: str) -> None:
    assert format_number(parse_number(typed)) == "0"


@given(st.one_of(st.text(max_size=30), LIKE_NUMBERS))
@example("1" * 5000)
@example("1." + "1" * 5000)
def test_any_text_is_a_finite_number_within_bounds_or_refused_with_a_sentence(typed: str) -> None:
    try:
        number = parse_number(typed)
    except NumberProblem as problem:
        assert str(problem)
    else:
        assert number.is_finite()
        assert abs(number) < 10**MAX_INTEGER_DIGITS
        assert -int(number.as_tuple().exponent) <= MAX_DECIMALS


@given(ANY_STATED)
@example(Decimal(1500))
@example(Decimal("1.234"))
@example(Decimal("0.125"))
@example(Decimal("1234.567"))
def test_a_printed_number_is_read_back_exactly_or_asked_about_where_it_is_ambiguous(number: Decimal) -> None:
    printed = format_number(number)
    if AMBIGUOUS.fullmatch(printed):
        with pytest.raises(NumberProblem, match="có thể là"):
            parse_number(printed)
    else:
        assert parse_number(printed) == number


@pytest.mark.parametrize(
    ("number", "places", "printed"),
    [
        (Decimal("1234.50"), None, "1.234,5"),
        (Decimal("100.000"), None, "100"),
        (Decimal("1E+2"), None, "100"),
        (Decimal(1234567), None, "1.234.567"),
        (Decimal("0.125"), 2, "0,13"),
        (Decimal(5), 1, "5,0"),
        (20, None, "20"),
        (None, None, "—"),
        (0, None, "0"),
    ],
)
def test_a_number_is_printed_with_a_comma_and_nothing_is_not_zero(
    number: Decimal | int | None, places: int | None, printed: str
) -> None:
    assert format_number(number, places) == printed


def test_a_share_typed_as_two_numbers_keeps_both() -> None:
    share = parse_fraction("7741/8777")
    assert share is not None
    assert percent_of(*share) == Decimal("88.1964")


@pytest.mark.parametrize("typed", ["88,2", "", "15/10/2023"])
def test_what_is_not_written_as_a_share_is_left_to_others(typed: str) -> None:
    assert parse_fraction(typed) is None


@pytest.mark.parametrize("typed", ["9/8", "-1/8", "1/-8", "a/8", "/8", "1,500/2"])
def test_a_share_that_cannot_be_is_refused(typed: str) -> None:
    with pytest.raises(NumberProblem):
        parse_fraction(typed)


def test_in_a_share_a_dot_before_three_digits_is_that_of_thousands() -> None:
    """As the system itself writes it: people are counted, not measured."""
    assert parse_fraction("2.340 / 2.370") == (Decimal(2340), Decimal(2370))


def test_a_share_of_nothing_is_read_so_that_it_can_be_told_as_no_subject() -> None:
    share = parse_fraction("0/0")
    assert share is not None and not share.denominator


@given(st.data(), st.integers(1, 1_000_000), st.integers(1, 100))
def test_rounding_a_share_of_a_million_never_decides_a_whole_percent(
    data: st.DataObject, denominator: int, percent: int
) -> None:
    border = -(-denominator * percent // 100)
    near = st.integers(max(0, border - 2), min(denominator, border + 2))
    numerator = data.draw(st.one_of(st.integers(0, denominator), near))
    shown = percent_of(Decimal(numerator), Decimal(denominator))
    assert (shown >= percent) == (numerator * 100 >= percent * denominator)


@given(st.text(max_size=40))
def test_a_cleaned_text_is_composed_and_has_nothing_a_workbook_chokes_on(text: str) -> None:
    cleaned = clean_text(text)
    assert unicodedata.is_normalized("NFC", cleaned)
    assert not [ch for ch in cleaned if unicodedata.category(ch) in ("Cc", "Cs") and ch not in "\n\t"]
    assert clean_text(cleaned) == cleaned


def test_control_characters_go_and_lines_stay_only_where_they_may() -> None:
    assert clean_text("Kỳ\x0b Phú\r\nđạt\x00") == "Kỳ Phú\nđạt"
    assert clean_text("Kỳ Phú\nđạt", keep_newlines=False) == "Kỳ Phúđạt"
    assert clean_text("Kỳ\u061c\u202e Phú") == "Kỳ Phú", "marks that turn the direction of writing"


@pytest.mark.parametrize("text", ["999.999.999.999.999.999/999.999.999.999.999.999", "1/999999999999999999"])
def test_a_share_of_numbers_too_large_to_keep_is_refused(text: str) -> None:
    with pytest.raises(NumberProblem, match="quá lớn"):
        parse_fraction(text)
