"""The ladder: đạt chuẩn, nâng cao, kiểu mẫu, each including the rungs below."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.rules.conditions import SetFinding, Surroundings, tier_of
from criteria.rules.vocabulary import ConditionKind, Confidence, Tier, Verdict
from tests.rules.makers import (
    ADVANCED,
    STANDARD,
    judged,
    make_book,
    make_condition,
    make_criterion,
    make_fact,
    make_indicator,
    make_measure,
    make_part,
    make_set_finding,
)

LADDER = (Tier.STANDARD, Tier.ADVANCED, Tier.MODEL)
MET, NOT_MET, NO_DATA = Verdict.MET, Verdict.NOT_MET, Verdict.NO_DATA


def ladder(*verdicts: Verdict) -> dict[Tier, SetFinding]:
    return {tier: make_set_finding(verdict=v) for tier, v in zip(LADDER, verdicts, strict=False)}


@pytest.mark.parametrize(
    ("verdicts", "reached"),
    [
        ((), Tier.NONE),
        ((NOT_MET,), Tier.NONE),
        ((MET,), Tier.STANDARD),
        ((MET, NOT_MET), Tier.STANDARD),
        ((MET, MET), Tier.ADVANCED),
        ((MET, MET, MET), Tier.MODEL),
        ((NOT_MET, MET, MET), Tier.NONE),
        ((MET, NOT_MET, MET), Tier.STANDARD),
        ((MET, NO_DATA, MET), Tier.STANDARD),
        ((NO_DATA, MET), Tier.NONE),
        ((MET, Verdict.UNDETERMINED), Tier.STANDARD),
        ((Verdict.EXEMPT, MET), Tier.ADVANCED),
    ],
)
def test_a_commune_stands_on_the_highest_rung_without_a_gap_below(verdicts: tuple[Verdict, ...], reached: Tier) -> None:
    assert tier_of(ladder(*verdicts)) == (reached, False)


@pytest.mark.parametrize(
    ("provisional", "expected"),
    [((False, False, False), False), ((True, False, False), True), ((False, False, True), True)],
)
def test_a_rung_is_provisional_as_soon_as_one_below_it_is(provisional: tuple[bool, ...], expected: bool) -> None:
    findings = {
        tier: make_set_finding(verdict=MET, provisional=mark) for tier, mark in zip(LADDER, provisional, strict=True)
    }
    assert tier_of(findings) == (Tier.MODEL, expected)


def test_a_provisional_rung_that_is_not_reached_does_not_stain_the_one_below() -> None:
    findings = ladder(MET) | {Tier.ADVANCED: make_set_finding(verdict=NOT_MET, provisional=True)}
    assert tier_of(findings) == (Tier.STANDARD, False)


@given(st.dictionaries(st.sampled_from(LADDER), st.sampled_from(list(Verdict))), st.sampled_from(LADDER))
def test_meeting_one_more_set_never_lowers_the_tier(verdicts: dict[Tier, Verdict], lifted: Tier) -> None:
    before, _ = tier_of({tier: make_set_finding(verdict=v) for tier, v in verdicts.items()})
    after, _ = tier_of({tier: make_set_finding(verdict=v) for tier, v in {**verdicts, lifted: MET}.items()})
    assert after.stars >= before.stars


def insurance(*, standard: int, advanced: int, stated: int, confidence: Confidence = Confidence.HIGH) -> Tier:
    """One measure typed once and judged by two sets; nâng cao requires đạt chuẩn."""
    measure = make_measure(code="bhyt")

    def criterion(required: int, sure: Confidence) -> list[object]:
        part = make_part(measure=measure, value=Decimal(required), confidence=sure)
        return [make_criterion(indicators=[make_indicator(parts=[part])])]

    facts = {"bhyt": make_fact(value=stated)}
    low = make_book(criteria=criterion(standard, Confidence.HIGH))  # type: ignore[arg-type]
    below = judged(book=low, facts=facts)
    conditions = (
        make_condition(kind=ConditionKind.REQUIRES_SET, code="dat_chuan", family=STANDARD),
        make_condition(kind=ConditionKind.CRITERIA_MET, code="moi_tieu_chi"),
    )
    high = make_book(family=ADVANCED, criteria=criterion(advanced, confidence), conditions=conditions)  # type: ignore[arg-type]
    above = judged(book=high, facts=facts, around=Surroundings(lower={STANDARD: below}))
    return tier_of({Tier.STANDARD: below, Tier.ADVANCED: above})[0]


@pytest.mark.parametrize(
    ("stated", "reached"),
    [(89, Tier.NONE), (90, Tier.STANDARD), (94, Tier.STANDARD), (95, Tier.ADVANCED), (100, Tier.ADVANCED)],
)
def test_one_number_is_judged_by_each_set_at_its_own_threshold(stated: int, reached: Tier) -> None:
    assert insurance(standard=90, advanced=95, stated=stated) is reached


def test_nang_cao_is_out_of_reach_while_dat_chuan_is_not_met_even_if_its_own_number_is_lower() -> None:
    assert insurance(standard=95, advanced=90, stated=92) is Tier.NONE


def test_a_doubtful_threshold_of_nang_cao_leaves_the_commune_at_dat_chuan() -> None:
    assert insurance(standard=90, advanced=95, stated=100, confidence=Confidence.LOW) is Tier.STANDARD
