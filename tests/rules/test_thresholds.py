"""Which bound applies to a place and a year, and how far a conclusion may rest on it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.rules.rulebook import Part, Threshold, Value
from criteria.rules.thresholds import Bound, LocalThreshold, Place, Trust, pick, resolve, stricter
from criteria.rules.vocabulary import CheckState, ConditionKind, Confidence, Kind, Op
from tests.rules.makers import (
    DECISION,
    HA_TINH,
    KY_ANH,
    KY_CHAU,
    KY_PHU,
    YEAR,
    make_book,
    make_condition,
    make_criterion,
    make_indicator,
    make_local,
    make_measure,
    make_part,
    make_place,
)


def bound(part: Part | None = None, *local: LocalThreshold, place: Place | None = None, year: int = YEAR) -> Bound:
    part = part or make_part()
    book = make_book(criteria=[make_criterion(indicators=[make_indicator(parts=[part])])])
    return pick(book, "1.1", part, place or make_place(), year, local)


def columns(*rows: Threshold) -> Part:
    return make_part(thresholds=rows)


REGIONS = columns(
    Threshold(Decimal(95)),
    Threshold(Decimal(90), region="bac_trung_bo"),
    Threshold(Decimal(80), region="tay_nguyen"),
)
INCOME = columns(
    Threshold(Decimal(39), region="bac_trung_bo", year=2022),
    Threshold(Decimal(42), region="bac_trung_bo", year=2023),
    Threshold(Decimal(45), region="bac_trung_bo", year=2024),
)


@pytest.mark.parametrize(("region", "required"), [("bac_trung_bo", 90), ("tay_nguyen", 80), ("dong_nam_bo", 95)])
def test_a_commune_is_held_against_the_column_of_its_region_or_the_national_one(region: str, required: int) -> None:
    assert bound(REGIONS, place=make_place(region=region)).value == required


@pytest.mark.parametrize(("year", "required"), [(2022, 39), (2023, 42), (2024, 45)])
def test_income_is_held_against_the_row_of_the_year_assessed(year: int, required: int) -> None:
    assert bound(INCOME, year=year).value == required


def test_a_year_without_its_row_has_no_threshold_rather_than_that_of_another_year() -> None:
    found = bound(INCOME, year=2025)
    assert (found.value, found.check, found.trust) == (None, CheckState.MISSING, Trust.NONE)


def test_the_column_of_a_commune_group_comes_before_that_of_the_region() -> None:
    part = columns(Threshold(Decimal(90), region="bac_trung_bo"), Threshold(Decimal(70), group="nhom_3"))
    assert bound(part, place=make_place(group="nhom_3")).value == 70
    assert bound(part, place=make_place(group="nhom_1")).value == 90


def test_a_column_for_another_region_is_no_threshold_here() -> None:
    part = columns(Threshold(Decimal(80), region="tay_nguyen"))
    assert bound(part).check is CheckState.MISSING


@pytest.mark.parametrize(
    ("confidence", "trust"),
    [(Confidence.HIGH, Trust.PLAIN), (Confidence.MEDIUM, Trust.PROVISIONAL), (Confidence.LOW, Trust.NONE)],
)
def test_an_unchecked_number_is_trusted_as_far_as_its_source(confidence: Confidence, trust: Trust) -> None:
    found = bound(make_part(confidence=confidence))
    assert (found.trust, found.check, found.value) == (trust, CheckState.UNCHECKED, 90)


@pytest.mark.parametrize("confidence", list(Confidence))
def test_a_missing_number_supports_nothing_however_sure_its_line_is(confidence: Confidence) -> None:
    found = bound(make_part(value=None, confidence=confidence))
    assert (found.trust, found.check) == (Trust.NONE, CheckState.MISSING)


@pytest.mark.parametrize("confidence", list(Confidence))
def test_a_number_held_against_the_document_is_plain_and_says_who_and_where(confidence: Confidence) -> None:
    found = bound(make_part(confidence=confidence), make_local(value=Decimal(90), is_check=True))
    assert (found.trust, found.check, found.document) == (Trust.PLAIN, CheckState.CHECKED, DECISION)
    assert found.checked_by == "Văn phòng điều phối"


def test_a_check_lapses_when_the_number_it_confirmed_changes() -> None:
    check = make_local(value=Decimal(90), is_check=True)
    found = bound(make_part(value=Decimal(92), confidence=Confidence.LOW), check)
    assert (found.value, found.trust, found.check) == (92, Trust.NONE, CheckState.UNCHECKED)
    assert (found.checked_by, found.document) == ("", "")


@pytest.mark.parametrize("is_check", [True, False])
def test_an_illustrative_entry_stays_provisional(is_check: bool) -> None:
    entry = make_local(value=Decimal(90), is_check=is_check, is_illustrative=True)
    found = bound(make_part(confidence=Confidence.LOW), entry)
    assert (found.trust, found.check) == (Trust.PROVISIONAL, CheckState.ILLUSTRATIVE)


def test_an_entry_of_the_office_replaces_the_librarys_number_and_counts_as_checked() -> None:
    found = bound(make_part(value=None), make_local(value=Decimal(70)))
    assert (found.value, found.trust, found.check) == (70, Trust.PLAIN, CheckState.CHECKED)
    assert found.source == found.document == DECISION


def test_the_newest_entry_of_one_scope_wins_in_whatever_order_they_come() -> None:
    old, new = make_local(value=Decimal(70), sequence=1), make_local(value=Decimal(75), sequence=2)
    assert bound(make_part(), old, new).value == bound(make_part(), new, old).value == 75


def test_a_check_after_an_entry_gives_the_number_back_to_the_library() -> None:
    entry = make_local(value=Decimal(70), sequence=1)
    check = make_local(value=Decimal(90), sequence=2, is_check=True)
    found = bound(make_part(), entry, check)
    assert (found.value, found.check) == (90, CheckState.CHECKED)


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ({"unit": KY_PHU}, {"unit": KY_ANH}),
        ({"unit": KY_ANH}, {"unit": HA_TINH}),
        ({"unit": KY_PHU}, {"unit": KY_ANH, "region": "bac_trung_bo", "group": "nhom_1", "year": YEAR}),
        ({"group": "nhom_1"}, {"region": "bac_trung_bo"}),
        ({"region": "bac_trung_bo"}, {"year": YEAR}),
        ({"region": "bac_trung_bo"}, {}),
        ({"year": YEAR}, {}),
    ],
)
def test_the_narrowest_scope_wins_over_a_newer_wide_one(narrow: dict[str, str], wide: dict[str, str]) -> None:
    close = make_local(value=Decimal(60), sequence=1, **narrow)  # type: ignore[arg-type]
    far = make_local(value=Decimal(99), sequence=2, **wide)  # type: ignore[arg-type]
    assert bound(make_part(), close, far, place=make_place(group="nhom_1")).value == 60


@pytest.mark.parametrize(
    "elsewhere",
    [{"unit": KY_CHAU}, {"region": "tay_nguyen"}, {"group": "nhom_3"}, {"year": 2022}, {"item": "1.2"}, {"part": "b"}],
)
def test_an_entry_for_another_place_year_or_item_changes_nothing_here(elsewhere: dict[str, str]) -> None:
    assert bound(make_part(), make_local(value=Decimal(60), **elsewhere)).value == 90  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("op", "minimum", "entered", "counts"),
    [
        (Op.AT_LEAST, 80, 79, 80),
        (Op.AT_LEAST, 80, 80, 80),
        (Op.AT_LEAST, 80, 81, 81),
        (Op.AT_MOST, 5, 6, 5),
        (Op.AT_MOST, 5, 5, 5),
        (Op.AT_MOST, 5, 4, 4),
    ],
)
def test_where_the_province_decides_the_minimum_of_the_law_stays(
    op: Op, minimum: int, entered: int, counts: int
) -> None:
    part = make_part(op=op, value=Decimal(minimum), provincial=True)
    assert bound(part, make_local(value=Decimal(entered))).value == counts


def test_a_grade_below_the_minimum_of_the_law_is_lifted_to_it() -> None:
    part = make_part(measure=make_measure(kind=Kind.ORDINAL), value="Khá", provincial=True)
    assert bound(part, make_local(value="Trung bình")).value == "Khá"
    assert bound(part, make_local(value="Tốt")).value == "Tốt"


def test_where_the_law_fixes_the_number_itself_the_offices_document_is_believed() -> None:
    assert bound(make_part(value=Decimal(80)), make_local(value=Decimal(79))).value == 79


@pytest.mark.parametrize("confidence", list(Confidence))
def test_what_is_left_to_the_province_and_not_entered_supports_nothing(confidence: Confidence) -> None:
    part = make_part(value=Decimal(10), confidence=confidence, provincial=True)
    assert bound(part).trust is Trust.NONE
    assert bound(part, make_local(value=Decimal(10), is_check=True)).trust is Trust.PLAIN


@given(
    st.sampled_from([Op.AT_LEAST, Op.AT_MOST]),
    st.decimals(0, 100, places=2),
    st.decimals(0, 100, places=2),
)
def test_the_stricter_of_two_bounds_is_the_harder_one_whichever_comes_first(
    op: Op, one: Decimal, other: Decimal
) -> None:
    part = make_part(op=op)
    hard = stricter(part, one, other)
    assert hard == stricter(part, other, one)
    assert hard == (max(one, other) if op is Op.AT_LEAST else min(one, other))


@pytest.mark.parametrize(("one", "other"), [(True, False), (False, True)])
def test_of_two_answers_none_is_stricter_and_the_first_stays(one: Value, other: Value) -> None:
    assert stricter(make_part(measure=make_measure(kind=Kind.BOOLEAN)), one, other) is one


def test_resolving_gives_a_bound_to_every_part_condition_and_share() -> None:
    two = [make_part(code="a"), make_part(code="b", value=Decimal(50))]
    book = make_book(
        criteria=[make_criterion(indicators=[make_indicator(code="2.2", parts=two)])],
        conditions=[
            make_condition(kind=ConditionKind.SURVEY, code="hai_long", minimum=Decimal(90)),
            make_condition(kind=ConditionKind.CRITERIA_MET, code="moi_tieu_chi"),
        ],
    )
    bounds = resolve(book, make_place(), YEAR, [make_local(item="hai_long", value=Decimal(95))])
    assert {key: found.value for key, found in bounds.items()} == {
        ("2.2", "a"): 90,
        ("2.2", "b"): 50,
        ("hai_long", ""): 95,
    }


def test_a_supplement_has_thresholds_only_where_it_is_switched_on() -> None:
    extra = make_criterion(number=20, indicators=[make_indicator(code="20.1")], supplement="ha-tinh")
    book = make_book(criteria=[make_criterion(), extra])
    assert set(resolve(book, make_place(), YEAR)) == {("1.1", "")}
    switched_on = resolve(book, make_place(), YEAR, supplements=frozenset({"ha-tinh"}))
    assert set(switched_on) == {("1.1", ""), ("20.1", "")}
