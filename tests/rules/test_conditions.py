"""What a tier asks beside its criteria: every kind of condition of a commune."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.rules.conditions import ConditionFinding, Surroundings, satisfied_percent
from criteria.rules.facts import Fact, SurveyRow
from criteria.rules.rulebook import Condition
from criteria.rules.thresholds import Trust, resolve
from criteria.rules.vocabulary import ConditionKind, Confidence, ExemptionKind, Kind, Op, Verdict
from tests.rules.makers import (
    ADVANCED,
    MODEL,
    STANDARD,
    YEAR,
    judged,
    judged_condition,
    make_book,
    make_bound,
    make_condition,
    make_criterion,
    make_fact,
    make_indicator,
    make_local,
    make_measure,
    make_part,
    make_place,
    make_set_finding,
    make_survey,
)

MET, NOT_MET, NO_DATA = Verdict.MET, Verdict.NOT_MET, Verdict.NO_DATA
UNDETERMINED, EXEMPT = Verdict.UNDETERMINED, Verdict.EXEMPT

ARREARS = make_condition(
    kind=ConditionKind.MEASURE,
    code="no_dong",
    part=make_part(
        measure=make_measure(code="xa.no_dong", kind=Kind.BOOLEAN, unit="có/không"), op=Op.EQUALS, value=False
    ),
)
SMART_VILLAGE = make_condition(
    kind=ConditionKind.MEASURE,
    code="thon_thong_minh",
    part=make_part(measure=make_measure(code="xa.smart_village", kind=Kind.COUNT), value=Decimal(1)),
)
INCOME = make_measure(code="thu_nhap", kind=Kind.NUMBER)
RATIO = make_condition(
    kind=ConditionKind.RATIO,
    code="thu_nhap_110",
    part=make_part(measure=INCOME, thresholds=()),
    reference=f"{ADVANCED}:10.1",
    minimum=Decimal("1.1"),
)
SURVEY = make_condition(kind=ConditionKind.SURVEY, code="hai_long", minimum=Decimal(90))


def fields(*, minimum: int = 1, confidence: Confidence = Confidence.HIGH) -> Condition:
    options = tuple(
        make_part(
            code=code,
            measure=make_measure(code=f"linh_vuc.{code}", kind=Kind.BOOLEAN),
            op=Op.EQUALS,
            value=True,
            confidence=confidence,
        )
        for code in ("san_xuat", "giao_duc", "van_hoa", "du_lich")
    )
    return make_condition(kind=ConditionKind.CHOOSE, code="linh_vuc", minimum=Decimal(minimum), options=options)


def stated_fields(**answers: bool) -> dict[str, Fact]:
    return {f"linh_vuc.{code}": make_fact(value=answer) for code, answer in answers.items()}


@pytest.mark.parametrize(("stated", "verdict"), [(False, MET), (True, NOT_MET), (None, NO_DATA)])
def test_arrears_are_met_by_there_being_none(stated: bool | None, verdict: Verdict) -> None:
    facts = {} if stated is None else {"xa.no_dong": make_fact(value=stated)}
    assert judged_condition(condition=ARREARS, facts=facts).verdict is verdict


@pytest.mark.parametrize(("villages", "verdict"), [(0, NOT_MET), (1, MET), (2, MET)])
def test_one_smart_village_is_enough(villages: int, verdict: Verdict) -> None:
    facts = {"xa.smart_village": make_fact(value=villages)}
    assert judged_condition(condition=SMART_VILLAGE, facts=facts).verdict is verdict


def test_a_condition_that_does_not_apply_is_exempt() -> None:
    facts = {"xa.smart_village": make_fact(value=None, exemption=ExemptionKind.NOT_APPLICABLE)}
    assert judged_condition(condition=SMART_VILLAGE, facts=facts).verdict is EXEMPT


def all_criteria(*percents: int, supplements: frozenset[str] = frozenset()) -> ConditionFinding:
    """The condition "all criteria" of a set of one criterion each for the percents, the last from a supplement."""
    criteria = [
        make_criterion(
            number=number,
            indicators=[make_indicator(code=f"{number}.1", parts=[make_part(measure=make_measure(code=str(number)))])],
            supplement="ha-tinh" if number == len(percents) else "",
        )
        for number in range(1, len(percents) + 1)
    ]
    facts = {str(number): make_fact(value=value) for number, value in enumerate(percents, 1)}
    finding = judged(book=make_book(criteria=criteria), facts=facts, supplements=supplements)
    return finding.conditions[0]


def test_all_criteria_means_those_in_force_and_never_a_written_nineteen() -> None:
    national = all_criteria(95, 95, 10)
    assert (national.verdict, national.shown) == (MET, "2/2 tiêu chí")
    with_supplement = all_criteria(95, 95, 10, supplements=frozenset({"ha-tinh"}))
    assert (with_supplement.verdict, with_supplement.shown) == (NOT_MET, "2/3 tiêu chí")


def test_a_set_counts_its_met_and_its_unknown_criteria() -> None:
    criteria = [
        make_criterion(number=n, indicators=[make_indicator(code=c, parts=[make_part(measure=make_measure(code=c))])])
        for n, c in enumerate(("1.1", "2.1", "3.1", "4.1"), 1)
    ]
    facts = {"1.1": make_fact(value=95), "2.1": make_fact(value=10)}
    facts["3.1"] = make_fact(value=None, exemption=ExemptionKind.NO_SUBJECT)
    finding = judged(book=make_book(criteria=criteria), facts=facts)
    assert (finding.verdict, finding.met_criteria, finding.unknown_criteria) == (NOT_MET, 2, 1)


@pytest.mark.parametrize("provisional", [True, False])
@pytest.mark.parametrize("verdict", [MET, NOT_MET, NO_DATA, UNDETERMINED])
def test_the_tier_below_is_asked_for_as_it_stands(verdict: Verdict, provisional: bool) -> None:
    condition = make_condition(kind=ConditionKind.REQUIRES_SET, family=STANDARD)
    around = Surroundings(lower={STANDARD: make_set_finding(verdict=verdict, provisional=provisional)})
    finding = judged_condition(condition=condition, around=around)
    assert (finding.verdict, finding.provisional) == (verdict, provisional)


def test_a_tier_below_that_was_not_judged_is_unknown() -> None:
    condition = make_condition(kind=ConditionKind.REQUIRES_SET, family=STANDARD)
    assert judged_condition(condition=condition).verdict is NO_DATA


def ratio(income: str, *, base: str | None = "48", trust: Trust = Trust.PLAIN) -> ConditionFinding:
    bound = make_bound(measure=INCOME, value=None if base is None else Decimal(base), trust=trust)
    around = Surroundings(reference_bounds={ADVANCED: {("10.1", ""): bound}})
    return judged_condition(condition=RATIO, facts={"thu_nhap": make_fact(value=Decimal(income))}, around=around)


@pytest.mark.parametrize(("income", "verdict"), [("52.79", NOT_MET), ("52.8", MET), ("52.81", MET)])
def test_kieu_mau_asks_for_110_percent_of_the_nang_cao_income(income: str, verdict: Verdict) -> None:
    assert ratio(income).verdict is verdict


def test_the_110_percent_are_as_sure_as_the_threshold_they_are_taken_of() -> None:
    unchecked = ratio("60", trust=Trust.PROVISIONAL)
    assert (unchecked.verdict, unchecked.provisional) == (MET, True)
    assert ratio("60", trust=Trust.NONE).verdict is UNDETERMINED
    assert ratio("60", base=None).verdict is UNDETERMINED


def test_without_the_other_sets_threshold_110_percent_of_it_cannot_be_told() -> None:
    facts = {"thu_nhap": make_fact(value=60)}
    assert judged_condition(condition=RATIO, facts=facts).verdict is UNDETERMINED
    assert judged_condition(condition=RATIO).verdict is NO_DATA


def test_an_income_entered_by_the_office_for_nang_cao_moves_the_110_percent() -> None:
    indicator = make_indicator(code="10.1", parts=[make_part(measure=INCOME, value=Decimal(48))])
    book = make_book(family=ADVANCED, criteria=[make_criterion(number=10, indicators=[indicator])])
    bounds = resolve(book, make_place(), YEAR, [make_local(item="10.1", value=Decimal(50))])
    around = Surroundings(reference_bounds={ADVANCED: bounds})
    verdicts = [
        judged_condition(condition=RATIO, facts={"thu_nhap": make_fact(value=income)}, around=around).verdict
        for income in (54, 55)
    ]
    assert verdicts == [NOT_MET, MET]


@pytest.mark.parametrize(
    ("answers", "minimum", "verdict"),
    [
        ({}, 1, NO_DATA),
        ({"van_hoa": True}, 1, MET),
        ({"van_hoa": True}, 2, NO_DATA),
        ({"van_hoa": True, "du_lich": True}, 2, MET),
        ({"van_hoa": False, "du_lich": False, "giao_duc": False}, 1, NO_DATA),
        ({"van_hoa": False, "du_lich": False, "giao_duc": False, "san_xuat": False}, 1, NOT_MET),
        ({"van_hoa": True, "du_lich": False, "giao_duc": False, "san_xuat": False}, 2, NOT_MET),
    ],
)
def test_of_the_fields_at_least_so_many_must_be_reached(
    answers: dict[str, bool], minimum: int, verdict: Verdict
) -> None:
    assert judged_condition(condition=fields(minimum=minimum), facts=stated_fields(**answers)).verdict is verdict


def test_a_field_reached_is_named() -> None:
    finding = judged_condition(condition=fields(), facts=stated_fields(van_hoa=True, du_lich=True))
    assert finding.shown == "van_hoa, du_lich"


@pytest.mark.parametrize("answer", [True, False])
def test_fields_reached_or_missed_on_unchecked_grounds_are_provisional(answer: bool) -> None:
    answers = stated_fields(san_xuat=answer, giao_duc=answer, van_hoa=answer, du_lich=answer)
    medium = judged_condition(condition=fields(confidence=Confidence.MEDIUM), facts=answers)
    assert (medium.verdict, medium.provisional) == (MET if answer else NOT_MET, True)
    assert judged_condition(condition=fields(confidence=Confidence.LOW), facts=answers).verdict is UNDETERMINED


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(("san_xuat", "giao_duc", "van_hoa", "du_lich"), st.booleans())),
    st.integers(1, 4),
    st.data(),
)
def test_once_decided_further_answers_about_fields_change_nothing(
    answers: dict[str, bool], minimum: int, data: st.DataObject
) -> None:
    known = data.draw(st.sets(st.sampled_from(sorted(answers)))) if answers else set()
    condition = fields(minimum=minimum)
    before = judged_condition(condition=condition, facts=stated_fields(**{code: answers[code] for code in known}))
    after = judged_condition(condition=condition, facts=stated_fields(**answers))
    assert before.verdict is NO_DATA or before.verdict is after.verdict


def survey(*rows: SurveyRow, confidence: Confidence = Confidence.HIGH) -> ConditionFinding:
    condition = make_condition(kind=ConditionKind.SURVEY, code="hai_long", minimum=Decimal(90), confidence=confidence)
    return judged_condition(condition=condition, around=Surroundings(survey=rows))


@pytest.mark.parametrize(
    ("satisfied", "verdict", "shown"),
    [(899, NOT_MET, "89,9 %"), (900, MET, "90 %"), (901, MET, "90,1 %"), (1000, MET, "100 %")],
)
def test_satisfaction_is_counted_of_the_papers_returned(satisfied: int, verdict: Verdict, shown: str) -> None:
    finding = survey(make_survey(satisfied=satisfied, returned=1000, sent=5000))
    assert (finding.verdict, finding.shown) == (verdict, shown)


def test_only_the_overall_question_counts_for_a_commune() -> None:
    assert survey(make_survey(satisfied=95), make_survey(satisfied=10, content="giao_thong")).verdict is MET
    assert survey(make_survey(satisfied=95, content="giao_thong")).verdict is NO_DATA


def test_a_survey_of_which_nothing_came_back_says_nothing() -> None:
    assert survey(make_survey(satisfied=0, returned=0, sent=100)).verdict is NO_DATA
    assert survey().verdict is NO_DATA
    assert satisfied_percent([]) is None


@pytest.mark.parametrize(
    ("confidence", "verdict", "provisional"),
    [(Confidence.HIGH, MET, False), (Confidence.MEDIUM, MET, True), (Confidence.LOW, UNDETERMINED, False)],
)
def test_a_survey_is_as_sure_as_the_percentage_it_is_held_against(
    confidence: Confidence, verdict: Verdict, provisional: bool
) -> None:
    finding = survey(make_survey(satisfied=95), confidence=confidence)
    assert (finding.verdict, finding.provisional) == (verdict, provisional)


def test_the_office_may_check_or_replace_the_percentage_of_a_survey() -> None:
    around = Surroundings(survey=(make_survey(satisfied=92),))
    raised = make_local(item="hai_long", value=Decimal(95))
    assert judged_condition(condition=SURVEY, around=around).verdict is MET
    assert judged_condition(condition=SURVEY, around=around, local=[raised]).verdict is NOT_MET


def test_a_set_is_met_when_every_condition_is_and_says_which_is_not() -> None:
    book = make_book(family=MODEL, conditions=(ARREARS, SMART_VILLAGE))
    facts = {"xa.no_dong": make_fact(value=False), "xa.smart_village": make_fact(value=0)}
    finding = judged(book=book, facts=facts)
    assert finding.verdict is NOT_MET
    assert [c.condition.code for c in finding.conditions if c.verdict is NOT_MET] == ["thon_thong_minh"]
