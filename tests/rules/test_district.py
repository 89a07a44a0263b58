"""The district from its communes: gates count recognitions, forecasts count communes that meet."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.rules.conditions import ConditionFinding, Surroundings
from criteria.rules.facts import CommuneStanding
from criteria.rules.judging import Share, legal_minimum_count
from criteria.rules.rulebook import Condition
from criteria.rules.vocabulary import ConditionKind, Confidence, Kind, Level, Op, Verdict
from tests.rules.makers import (
    ADVANCED,
    STANDARD,
    judged_condition,
    make_commune,
    make_condition,
    make_fact,
    make_local,
    make_measure,
    make_part,
    make_survey,
)

MET, NOT_MET, NO_DATA = Verdict.MET, Verdict.NOT_MET, Verdict.NO_DATA


def share_condition(
    *, family: str = ADVANCED, minimum: int = 10, confidence: Confidence = Confidence.HIGH
) -> Condition:
    return make_condition(
        kind=ConditionKind.SHARE_OF_COMMUNES,
        code="ty_le_xa",
        family=family,
        minimum=Decimal(minimum),
        confidence=confidence,
    )


SURVEY = make_condition(kind=ConditionKind.SURVEY, code="hai_long", minimum=Decimal(90))
EACH = make_condition(kind=ConditionKind.SURVEY_EACH, code="tung_xa", minimum=Decimal(80))


def district(condition: Condition, *communes: CommuneStanding, towns: int = 0) -> ConditionFinding:
    around = Surroundings(communes=communes, towns=towns)
    return judged_condition(condition=condition, around=around, level=Level.DISTRICT)


def recognised(count: int, total: int, family: str = ADVANCED) -> list[CommuneStanding]:
    return [make_commune(name=f"Xã {n}", recognised=[family] if n < count else []) for n in range(total)]


@pytest.mark.parametrize(
    ("count", "total", "verdict"),
    [(1, 20, NOT_MET), (2, 20, MET), (3, 20, MET), (2, 21, NOT_MET), (3, 21, MET), (0, 20, NOT_MET)],
)
def test_ten_percent_of_the_communes_must_be_recognised_as_nang_cao(count: int, total: int, verdict: Verdict) -> None:
    finding = district(share_condition(), *recognised(count, total))
    assert (finding.verdict, finding.shown) == (verdict, f"{count}/{total} xã được công nhận")


@pytest.mark.parametrize(("count", "verdict"), [(19, NOT_MET), (20, MET)])
def test_every_commune_must_be_recognised_as_dat_chuan(count: int, verdict: Verdict) -> None:
    condition = share_condition(family=STANDARD, minimum=100)
    assert district(condition, *recognised(count, 20, STANDARD)).verdict is verdict


def test_a_recognition_under_an_older_set_opens_no_gate() -> None:
    condition = share_condition(family=STANDARD, minimum=100)
    assert district(condition, *recognised(20, 20, "xa-ntm-2016-2020")).verdict is NOT_MET


def test_recognised_and_currently_meeting_are_told_apart() -> None:
    communes = [
        make_commune(recognised=[ADVANCED], meets={ADVANCED: NOT_MET}),
        make_commune(meets={ADVANCED: MET}),
        make_commune(meets={ADVANCED: MET}),
        make_commune(meets={ADVANCED: Verdict.UNDETERMINED}),
        make_commune(),
    ]
    finding = district(share_condition(minimum=40), *communes)
    assert finding.verdict is NOT_MET
    assert (finding.share, finding.forecast) == (Share(1, 0, 5), Share(2, 2, 5))


@pytest.mark.parametrize(
    ("confidence", "verdict", "provisional"),
    [
        (Confidence.HIGH, MET, False),
        (Confidence.MEDIUM, MET, True),
        (Confidence.LOW, Verdict.UNDETERMINED, False),
    ],
)
def test_a_gate_is_as_sure_as_its_percentage(confidence: Confidence, verdict: Verdict, provisional: bool) -> None:
    finding = district(share_condition(confidence=confidence), *recognised(2, 20))
    assert (finding.verdict, finding.provisional) == (verdict, provisional)


@pytest.mark.parametrize(
    ("percent", "total", "count"),
    [("10", 20, 2), ("10", 21, 3), ("10", 29, 3), ("10", 30, 3), ("10", 1, 1), ("100", 20, 20), ("10", 0, 0),
     ("12.5", 16, 2), ("12.5", 17, 3)],
)  # fmt: skip
def test_the_legal_minimum_is_rounded_up_to_whole_communes(percent: str, total: int, count: int) -> None:
    assert legal_minimum_count(Decimal(percent), total) == count


@given(st.decimals(1, 100, places=1), st.integers(1, 300))
def test_the_legal_minimum_is_the_least_number_that_opens_the_gate(percent: Decimal, total: int) -> None:
    least = legal_minimum_count(percent, total)
    assert Share(least, 0, total).against(percent) is MET
    assert Share(least - 1, 0, total).against(percent) is NOT_MET


@given(st.lists(st.tuples(st.booleans(), st.sampled_from(list(Verdict))), min_size=1, max_size=12), st.data())
def test_a_gate_is_independent_of_the_order_of_communes(rows: list[tuple[bool, Verdict]], data: st.DataObject) -> None:
    communes = [make_commune(recognised=[ADVANCED] if yes else [], meets={ADVANCED: v}) for yes, v in rows]
    shuffled = data.draw(st.permutations(communes))
    assert district(share_condition(), *communes) == district(share_condition(), *shuffled)


def test_satisfaction_of_the_district_is_counted_over_all_papers_not_over_communes() -> None:
    large, small = make_survey(satisfied=950, returned=1000), make_survey(satisfied=5, returned=10)
    finding = district(SURVEY, make_commune(survey=[large]), make_commune(survey=[small]))
    assert (finding.verdict, finding.shown) == (MET, "94,55 %")


@pytest.mark.parametrize("survey", [[], [make_survey(satisfied=0, returned=0, sent=100)]])
def test_a_commune_not_asked_or_not_answering_keeps_the_districts_satisfaction_open(survey: list[object]) -> None:
    asked = make_commune(survey=[make_survey(satisfied=100)])
    finding = district(SURVEY, asked, make_commune(survey=survey))  # type: ignore[arg-type]
    assert (finding.verdict, finding.shown) == (NO_DATA, "còn 1 xã chưa khảo sát")


@pytest.mark.parametrize(("satisfied", "verdict"), [(79, NOT_MET), (80, MET), (81, MET)])
def test_every_commune_must_reach_80_percent_for_every_content(satisfied: int, verdict: Verdict) -> None:
    good = [make_survey(satisfied=95), make_survey(satisfied=95, content="dien")]
    last = [make_survey(satisfied=95), make_survey(satisfied=satisfied, content="dien")]
    finding = district(EACH, make_commune(survey=good), make_commune(name="Kỳ Châu", survey=last))
    assert finding.verdict is verdict
    assert ("Kỳ Châu" in finding.shown) == (verdict is NOT_MET)


def test_one_commune_below_decides_while_one_not_asked_only_keeps_it_open() -> None:
    good = make_commune(survey=[make_survey(satisfied=95)])
    bad = make_commune(name="Kỳ Châu", survey=[make_survey(satisfied=79)])
    assert district(EACH, good, make_commune()).verdict is NO_DATA
    assert district(EACH, good, make_commune(), bad).verdict is NOT_MET
    assert district(EACH, good, bad, make_commune(survey=[make_survey(satisfied=0, returned=0)])).verdict is NOT_MET
    assert district(EACH).verdict is NO_DATA


def test_a_content_asked_elsewhere_and_not_here_keeps_it_open() -> None:
    everything = [make_survey(satisfied=95), make_survey(satisfied=95, content="dien")]
    finding = district(EACH, make_commune(survey=everything), make_commune(survey=[make_survey(satisfied=95)]))
    assert finding.verdict is NO_DATA


def test_the_office_may_replace_the_percentage_each_commune_must_reach() -> None:
    around = Surroundings(communes=(make_commune(survey=[make_survey(satisfied=82)]),))
    raised = make_local(item="tung_xa", value=Decimal(85))
    assert judged_condition(condition=EACH, around=around).verdict is MET
    assert judged_condition(condition=EACH, around=around, local=[raised]).verdict is NOT_MET


TOWNS = make_condition(kind=ConditionKind.SHARE_OF_TOWNS, code="thi_tran", minimum=Decimal(100))


def test_a_district_without_towns_is_exempt_from_the_share_of_towns() -> None:
    assert district(TOWNS).verdict is Verdict.EXEMPT


def test_a_district_with_towns_needs_their_figures() -> None:
    assert district(TOWNS, towns=1).verdict is NO_DATA


@pytest.mark.parametrize(("stated", "verdict"), [(None, NO_DATA), (0, NOT_MET), (99, NOT_MET), (100, MET)])
def test_the_share_of_towns_is_stated_where_there_are_towns(stated: int | None, verdict: Verdict) -> None:
    part = make_part(measure=make_measure(code="thi_tran", kind=Kind.PERCENT), op=Op.AT_LEAST, value=Decimal(100))
    condition = make_condition(kind=ConditionKind.SHARE_OF_TOWNS, code="thi_tran", part=part)
    facts = {} if stated is None else {"thi_tran": make_fact(value=stated)}
    around = Surroundings(towns=1)
    assert judged_condition(condition=condition, facts=facts, around=around).verdict is verdict
    assert judged_condition(condition=condition, facts=facts).verdict is Verdict.EXEMPT
