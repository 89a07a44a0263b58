"""From what was stated and what is required to a verdict: a part, an indicator, a criterion."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from criteria.rules.facts import Fact
from criteria.rules.judging import (
    CriterionFinding,
    Share,
    conclude,
    judge_criterion,
    judge_indicator,
    judge_part,
    share_of,
)
from criteria.rules.rulebook import Criterion, Value
from criteria.rules.thresholds import Bounds, Trust
from criteria.rules.vocabulary import ExemptionKind, Kind, Op, Verdict
from tests.rules.makers import (
    GRADES,
    STANDARD,
    make_bound,
    make_criterion,
    make_fact,
    make_indicator,
    make_measure,
    make_part,
)

MET, NOT_MET, NO_DATA = Verdict.MET, Verdict.NOT_MET, Verdict.NO_DATA
UNDETERMINED, EXEMPT = Verdict.UNDETERMINED, Verdict.EXEMPT
RANK = {NOT_MET: 0, NO_DATA: 1, UNDETERMINED: 1, MET: 2, EXEMPT: 2}
SURE = st.sampled_from([Trust.PLAIN, Trust.PROVISIONAL])


@pytest.mark.parametrize(
    ("kind", "op", "required", "below", "exactly", "above"),
    [
        (Kind.PERCENT, Op.AT_LEAST, "90", (NOT_MET, "89.9999"), "90.00", (MET, "90.0001")),
        (Kind.PERCENT, Op.AT_MOST, "5", (MET, "4.9999"), "5", (NOT_MET, "5.0001")),
        (Kind.PERCENT, Op.AT_LEAST, "100", (NOT_MET, "99.9999"), "100", (MET, "100")),
        (Kind.NUMBER, Op.AT_LEAST, "42", (NOT_MET, "41.999999"), "42.0", (MET, "42.000001")),
        (Kind.NUMBER, Op.AT_MOST, "1.5", (MET, "1.499999"), "1.50", (NOT_MET, "1.500001")),
        (Kind.COUNT, Op.AT_LEAST, "1", (NOT_MET, "0"), "1", (MET, "2")),
        (Kind.COUNT, Op.AT_MOST, "0", (MET, "0"), "0", (NOT_MET, "1")),
        (Kind.COUNT, Op.EQUALS, "2", (NOT_MET, "1"), "2", (NOT_MET, "3")),
    ],
)
def test_just_below_exactly_and_just_above_a_number(
    kind: Kind, op: Op, required: str, below: tuple[Verdict, str], exactly: str, above: tuple[Verdict, str]
) -> None:
    bound = make_bound(measure=make_measure(kind=kind), op=op, value=Decimal(required))
    for verdict, stated in (below, (MET, exactly), above):
        assert judge_part(bound, make_fact(value=Decimal(stated))) == (verdict, False)


@pytest.mark.parametrize(
    ("op", "required", "verdicts"),
    [
        (Op.AT_LEAST, "Khá", (NOT_MET, MET, MET)),
        (Op.AT_LEAST, "Tốt", (NOT_MET, NOT_MET, MET)),
        (Op.AT_LEAST, "Trung bình", (MET, MET, MET)),
        (Op.AT_MOST, "Khá", (MET, MET, NOT_MET)),
        (Op.EQUALS, "Khá", (NOT_MET, MET, NOT_MET)),
    ],
)
def test_a_grade_is_compared_by_its_place_on_the_scale(op: Op, required: str, verdicts: tuple[Verdict, ...]) -> None:
    bound = make_bound(measure=make_measure(kind=Kind.ORDINAL), op=op, value=required)
    assert tuple(judge_part(bound, make_fact(value=grade)).verdict for grade in GRADES) == verdicts


def test_a_grade_that_is_no_longer_on_the_scale_decides_nothing() -> None:
    bound = make_bound(measure=make_measure(kind=Kind.ORDINAL), value="Khá")
    assert judge_part(bound, make_fact(value="Xuất sắc")).verdict is UNDETERMINED


@pytest.mark.parametrize(("required", "on_yes", "on_no"), [(True, MET, NOT_MET), (False, NOT_MET, MET)])
def test_a_yes_or_no_is_met_by_the_answer_asked_for(required: bool, on_yes: Verdict, on_no: Verdict) -> None:
    """Inverted: "nhà tạm, dột nát: Không" is met when the bad thing is absent."""
    bound = make_bound(measure=make_measure(kind=Kind.BOOLEAN), op=Op.EQUALS, value=required)
    assert judge_part(bound, make_fact(value=True)).verdict is on_yes
    assert judge_part(bound, make_fact(value=False)).verdict is on_no


@pytest.mark.parametrize("value", ["Khá", True])
def test_a_value_of_another_kind_than_its_bound_decides_nothing(value: Value) -> None:
    assert judge_part(make_bound(), make_fact(value=value)).verdict is UNDETERMINED


@pytest.mark.parametrize("trust", list(Trust))
def test_zero_is_a_value_and_nothing_is_no_data_whatever_the_threshold(trust: Trust) -> None:
    bound = make_bound(op=Op.AT_MOST, value=Decimal(0), trust=trust)
    assert judge_part(bound, None) == judge_part(bound, make_fact(value=None)) == (NO_DATA, False)
    assert judge_part(bound, make_fact(value=0)).verdict is (UNDETERMINED if trust is Trust.NONE else MET)


@pytest.mark.parametrize(
    ("trust", "verdict", "provisional"),
    [(Trust.PLAIN, MET, False), (Trust.PROVISIONAL, MET, True), (Trust.NONE, UNDETERMINED, False)],
)
def test_a_verdict_is_as_sure_as_its_threshold(trust: Trust, verdict: Verdict, provisional: bool) -> None:
    assert judge_part(make_bound(trust=trust), make_fact(value=95)) == (verdict, provisional)


@pytest.mark.parametrize("exemption", [ExemptionKind.NOT_APPLICABLE, ExemptionKind.NO_SUBJECT])
@pytest.mark.parametrize("trust", list(Trust))
def test_what_does_not_apply_is_exempt_even_without_a_threshold(trust: Trust, exemption: ExemptionKind) -> None:
    assert judge_part(make_bound(trust=trust), make_fact(value=None, exemption=exemption)) == (EXEMPT, False)


def two_parts(one: int | None, other: int | None) -> Verdict:
    parts = [make_part(code=code, measure=make_measure(code=code)) for code in "ab"]
    facts = {c: make_fact(value=v) for c, v in zip("ab", (one, other), strict=True) if v is not None}
    bounds = {("17.1", "a"): make_bound(value=Decimal(98)), ("17.1", "b"): make_bound(value=Decimal(45))}
    return judge_indicator(STANDARD, make_indicator(code="17.1", parts=parts), facts, bounds).verdict


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (98, 45, MET),
        (99, 46, MET),
        (97, 45, NOT_MET),
        (98, 44, NOT_MET),
        (98, None, NO_DATA),
        (97, None, NOT_MET),
        (None, None, NO_DATA),
    ],
)
def test_an_indicator_of_two_parts_needs_both(one: int | None, other: int | None, verdict: Verdict) -> None:
    assert two_parts(one, other) is verdict


@pytest.mark.parametrize("trust", list(Trust))
def test_what_a_reviewer_does_not_recognise_is_not_met_firmly_with_the_reason(trust: Trust) -> None:
    fact = make_fact(value=100, refused={f"{STANDARD}:1.1": "Chưa có hồ sơ"})
    finding = judge_indicator(STANDARD, make_indicator(), {"xa.1.1": fact}, {("1.1", ""): make_bound(trust=trust)})
    assert (finding.verdict, finding.provisional, finding.refusal) == (NOT_MET, False, "Chưa có hồ sơ")


def test_a_refusal_in_one_set_leaves_the_same_number_standing_in_another() -> None:
    fact = make_fact(value=100, refused={"xa-ntm-nang-cao-2021-2025:1.1": "Chưa có hồ sơ"})
    assert judge_indicator(STANDARD, make_indicator(), {"xa.1.1": fact}, {("1.1", ""): make_bound()}).verdict is MET


@pytest.mark.parametrize(
    ("members", "whole"),
    [
        ((MET, MET), MET),
        ((MET, EXEMPT), MET),
        ((EXEMPT, EXEMPT), EXEMPT),
        ((MET, UNDETERMINED), UNDETERMINED),
        ((UNDETERMINED, NO_DATA), NO_DATA),
        ((MET, NO_DATA, UNDETERMINED, EXEMPT, NOT_MET), NOT_MET),
        ((), NO_DATA),
    ],
)
def test_a_whole_is_concluded_from_its_members(members: tuple[Verdict, ...], whole: Verdict) -> None:
    assert conclude((member, False) for member in members) == (whole, False)


def test_one_firm_failure_makes_a_firm_failure_and_one_provisional_pass_a_provisional_pass() -> None:
    assert conclude([(NOT_MET, True), (NOT_MET, False)]) == (NOT_MET, False)
    assert conclude([(NOT_MET, True), (MET, False)]) == (NOT_MET, True)
    assert conclude([(MET, True), (MET, False), (EXEMPT, False)]) == (MET, True)


JUDGED = st.one_of(
    st.tuples(st.sampled_from([MET, NOT_MET]), st.booleans()),
    st.tuples(st.sampled_from([NO_DATA, UNDETERMINED, EXEMPT]), st.just(False)),
)


@given(st.lists(JUDGED, max_size=6))
def test_not_met_dominates_and_unknown_comes_before_met(members: list[tuple[Verdict, bool]]) -> None:
    seen = {verdict for verdict, _ in members}
    whole = conclude(members).verdict
    assert (whole is NOT_MET) == (NOT_MET in seen)
    if whole.counts_as_met:
        assert seen and all(verdict.counts_as_met for verdict in seen)


@given(st.lists(JUDGED, max_size=6))
def test_a_conclusion_is_provisional_when_it_would_not_stand_without_unchecked_thresholds(
    members: list[tuple[Verdict, bool]],
) -> None:
    strict = [(UNDETERMINED if provisional else verdict, False) for verdict, provisional in members]
    whole = conclude(members)
    assert whole.provisional == (conclude(strict).verdict is not whole.verdict)


@st.composite
def numeric_cases(draw: st.DrawFn) -> tuple[Kind, Op, Decimal]:
    kind = draw(st.sampled_from([Kind.NUMBER, Kind.PERCENT, Kind.COUNT]))
    places = 0 if kind is Kind.COUNT else 2
    return kind, draw(st.sampled_from([Op.AT_LEAST, Op.AT_MOST])), draw(st.decimals(0, 100, places=places))


@st.composite
def criteria_with_facts(draw: st.DrawFn) -> tuple[Criterion, dict[str, Fact], Bounds]:
    """A criterion of up to four indicators of one or two parts, every one stated: exempt, refused or with a value."""
    indicators, facts, bounds = [], {}, {}
    for number in range(1, draw(st.integers(1, 4)) + 1):
        item, parts = f"1.{number}", []
        for code in draw(st.sampled_from(["", "ab"])) or ("",):
            kind, op, required = draw(numeric_cases())
            measure = make_measure(code=f"{item}{code}", kind=kind)
            parts.append(make_part(code=code, measure=measure, op=op))
            trust = draw(st.sampled_from(list(Trust)))
            bounds[item, code] = make_bound(measure=measure, op=op, value=required, trust=trust)
            facts[measure.code] = draw(facts_for(item))
        indicators.append(make_indicator(code=item, parts=parts))
    return make_criterion(indicators=indicators), facts, bounds


def facts_for(item: str) -> st.SearchStrategy[Fact]:
    values = st.decimals(0, 100, places=1)
    return st.one_of(
        st.builds(lambda value: make_fact(value=value), values),
        st.builds(lambda value: make_fact(value=value, refused={f"{STANDARD}:{item}": "không công nhận"}), values),
        st.just(make_fact(value=None, exemption=ExemptionKind.NOT_APPLICABLE)),
    )


def judge(criterion: Criterion, facts: dict[str, Fact], bounds: Bounds) -> CriterionFinding:
    return judge_criterion(STANDARD, criterion, facts, bounds)


@given(numeric_cases(), SURE, st.decimals(0, 100, places=2), st.decimals(0, 100, places=2))
def test_a_better_number_never_gives_a_worse_verdict(
    case: tuple[Kind, Op, Decimal], trust: Trust, one: Decimal, other: Decimal
) -> None:
    kind, op, required = case
    bound = make_bound(measure=make_measure(kind=kind), op=op, value=required, trust=trust)
    worse, better = sorted((one, other), reverse=op is Op.AT_MOST)
    verdicts = [judge_part(bound, make_fact(value=value)).verdict for value in (worse, better)]
    assert RANK[verdicts[0]] <= RANK[verdicts[1]]


@given(
    st.sampled_from([Op.AT_LEAST, Op.AT_MOST]),
    st.lists(st.text(min_size=1, max_size=5), unique=True, min_size=2, max_size=5),
    st.data(),
)
def test_a_better_grade_never_gives_a_worse_verdict(op: Op, scale: list[str], data: st.DataObject) -> None:
    measure = make_measure(kind=Kind.ORDINAL, scale=tuple(scale))
    bound = make_bound(measure=measure, op=op, value=data.draw(st.sampled_from(scale)))
    places = st.integers(0, len(scale) - 1)
    worse, better = sorted((data.draw(places), data.draw(places)), reverse=op is Op.AT_MOST)
    verdicts = [judge_part(bound, make_fact(value=scale[place])).verdict for place in (worse, better)]
    assert RANK[verdicts[0]] <= RANK[verdicts[1]]


@given(criteria_with_facts(), st.data())
def test_a_better_value_never_gives_its_criterion_a_worse_verdict(
    case: tuple[Criterion, dict[str, Fact], Bounds], data: st.DataObject
) -> None:
    criterion, facts, bounds = case
    indicator = data.draw(st.sampled_from(criterion.indicators))
    part = data.draw(st.sampled_from(indicator.parts))
    fact = facts[part.measure.code]
    assume(isinstance(fact.value, Decimal))
    step = data.draw(st.decimals(0, 50, places=1)) * (1 if part.op is Op.AT_LEAST else -1)
    better = fact._replace(value=fact.value + step)  # type: ignore[operator]
    for others in (facts, {}):  # among all others, and as the only one known
        before, after = (
            judge(criterion, {**others, part.measure.code: stated}, bounds).verdict for stated in (fact, better)
        )
        assert RANK[before] <= RANK[after]


@given(criteria_with_facts(), st.data())
def test_more_data_never_turns_a_decided_criterion_back_into_unknown(
    case: tuple[Criterion, dict[str, Fact], Bounds], data: st.DataObject
) -> None:
    criterion, facts, bounds = case
    known = data.draw(st.sets(st.sampled_from(sorted(facts))))
    before = judge(criterion, {code: facts[code] for code in known}, bounds)
    after = judge(criterion, facts, bounds)
    if not before.verdict.is_unknown:
        assert after.verdict is before.verdict


@given(criteria_with_facts(), st.randoms(use_true_random=False))
def test_judging_is_independent_of_order(case: tuple[Criterion, dict[str, Fact], Bounds], chance: object) -> None:
    criterion, facts, bounds = case
    indicators, stated = list(criterion.indicators), list(facts.items())
    chance.shuffle(indicators)  # type: ignore[attr-defined]
    chance.shuffle(stated)  # type: ignore[attr-defined]
    one = judge(criterion, facts, bounds)
    other = judge(make_criterion(indicators=indicators), dict(stated), bounds)
    assert (one.verdict, one.provisional, one.met_count) == (other.verdict, other.provisional, other.met_count)
    assert sorted(one.indicators, key=lambda f: f.indicator.code) == sorted(
        other.indicators, key=lambda f: f.indicator.code
    )


@given(criteria_with_facts())
def test_a_criterion_with_nothing_stated_is_no_data(case: tuple[Criterion, dict[str, Fact], Bounds]) -> None:
    criterion, _, bounds = case
    assert judge(criterion, {}, bounds).verdict is NO_DATA


@given(st.lists(st.sampled_from(list(Verdict)), min_size=1, max_size=25), st.integers(1, 100), st.data())
def test_a_share_holds_whatever_the_unknown_ones_turn_out_to_be(
    verdicts: list[Verdict], minimum: int, data: st.DataObject
) -> None:
    share = share_of(verdicts)
    decided = [data.draw(st.sampled_from([MET, NOT_MET, EXEMPT])) if v.is_unknown else v for v in verdicts]
    final = share_of(decided)
    assert final.unknown == 0 and final.low == final.high
    assert share.low <= final.low <= share.high
    early = share.against(Decimal(minimum))
    assert early is NO_DATA or early is final.against(Decimal(minimum))


@pytest.mark.parametrize(
    ("share", "minimum", "verdict"),
    [
        (Share(1, 0, 20), 10, NOT_MET),
        (Share(2, 0, 20), 10, MET),
        (Share(1, 1, 20), 10, NO_DATA),
        (Share(2, 18, 20), 10, MET),
        (Share(0, 1, 20), 10, NOT_MET),
        (Share(2, 0, 21), 10, NOT_MET),
        (Share(3, 0, 21), 10, MET),
        (Share(0, 0, 0), 10, EXEMPT),
    ],
)
def test_a_share_is_decided_only_where_the_unknown_ones_cannot_change_it(
    share: Share, minimum: int, verdict: Verdict
) -> None:
    assert share.against(Decimal(minimum)) is verdict
