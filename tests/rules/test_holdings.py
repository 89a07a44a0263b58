"""Which statement stands on which basis from which day: what is returned leaves, what stood before stands again."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communes.rules.holdings import ActRow, BackwardsInTime, Interval, holdings_of
from communes.rules.workflow import MOVES, ActKind, Stage
from criteria.rules.vocabulary import Basis

SUBMIT, WITHDRAW, RETURN, VERIFY = ActKind.SUBMIT, ActKind.WITHDRAW, ActKind.RETURN, ActKind.VERIFY
TO_LEAD, TO_ASSESSOR, APPROVE = ActKind.RETURN_TO_LEAD, ActKind.RETURN_TO_ASSESSOR, ActKind.APPROVE
START = date(2023, 3, 1)
SELF, VERIFIED, APPROVED = Basis.SELF, Basis.VERIFIED, Basis.APPROVED


def day(number: int) -> date:
    return START + timedelta(days=number)


def act(kind: ActKind, revision: int, on: int, result: int | None = None) -> ActRow:
    return ActRow(kind, revision, result, day(on))


def standing(intervals: list[Interval], on: date) -> dict[Basis, int]:
    """What stands on each basis on a day; fails where two statements would."""
    found: dict[Basis, int] = {}
    for interval in intervals:
        if interval.from_on <= on and (interval.until_on is None or on < interval.until_on):
            assert interval.basis not in found, f"two statements on {interval.basis} on {on}"
            found[interval.basis] = interval.statement
    return found


FIRST_APPROVED = [act(SUBMIT, 1, 1), act(VERIFY, 1, 5, 101), act(APPROVE, 1, 9)]


def test_a_figure_takes_one_basis_after_the_other() -> None:
    assert sorted(holdings_of(FIRST_APPROVED)) == sorted(
        [
            Interval(SELF, 1, day(1), None),
            Interval(VERIFIED, 101, day(5), None),
            Interval(APPROVED, 101, day(9), None),
        ]
    )


def test_nothing_stands_before_the_first_act_nor_without_any() -> None:
    assert holdings_of([]) == []
    assert standing(holdings_of(FIRST_APPROVED), day(0)) == {}


@pytest.mark.parametrize("way_back", [WITHDRAW, RETURN])
def test_what_is_withdrawn_or_returned_leaves_and_the_submission_before_it_stands_again(way_back: ActKind) -> None:
    intervals = holdings_of([act(SUBMIT, 1, 1), act(SUBMIT, 2, 4), act(way_back, 2, 7)])
    assert [standing(intervals, day(d)) for d in (1, 4, 6, 7, 99)] == [
        {SELF: 1}, {SELF: 2}, {SELF: 2}, {SELF: 1}, {SELF: 1},
    ]  # fmt: skip


def test_the_only_submission_returned_leaves_the_basis_empty() -> None:
    assert standing(holdings_of([act(SUBMIT, 1, 1), act(RETURN, 1, 3)]), day(3)) == {}


def test_an_approved_figure_stays_in_force_until_a_newer_one_is_approved() -> None:
    newer = [*FIRST_APPROVED, act(SUBMIT, 2, 20), act(VERIFY, 2, 22, 102)]
    assert standing(holdings_of(newer), day(22)) == {SELF: 2, VERIFIED: 102, APPROVED: 101}
    assert standing(holdings_of([*newer, act(APPROVE, 2, 25)]), day(25)) == {SELF: 2, VERIFIED: 102, APPROVED: 102}


def test_what_the_office_returns_to_the_lead_is_unverified_again_but_stays_the_communes_word() -> None:
    back = [*FIRST_APPROVED, act(SUBMIT, 2, 20), act(VERIFY, 2, 22, 102), act(TO_LEAD, 2, 24)]
    assert standing(holdings_of(back), day(24)) == {SELF: 2, VERIFIED: 101, APPROVED: 101}
    again = [*back, act(VERIFY, 2, 26, 103), act(APPROVE, 2, 27)]
    assert standing(holdings_of(again), day(27)) == {SELF: 2, VERIFIED: 103, APPROVED: 103}


def test_what_the_office_returns_to_the_commune_leaves_both_bases() -> None:
    back = [*FIRST_APPROVED, act(SUBMIT, 2, 20), act(VERIFY, 2, 22, 102), act(TO_ASSESSOR, 2, 24)]
    assert standing(holdings_of(back), day(24)) == {SELF: 1, VERIFIED: 101, APPROVED: 101}


def test_approval_confirms_the_result_of_verification_not_what_the_commune_wrote() -> None:
    assert standing(holdings_of(FIRST_APPROVED), day(9))[APPROVED] == 101


def test_what_came_and_went_on_one_day_never_stood() -> None:
    intervals = holdings_of([act(SUBMIT, 1, 1), act(SUBMIT, 2, 4), act(WITHDRAW, 2, 4), act(SUBMIT, 3, 4)])
    assert {interval.statement for interval in intervals} == {1, 3}
    assert standing(intervals, day(4)) == {SELF: 3}


def test_an_act_cannot_count_from_a_day_before_the_last_one() -> None:
    with pytest.raises(BackwardsInTime):
        holdings_of([act(SUBMIT, 1, 5), act(VERIFY, 1, 4, 101)])


@dataclass
class Assessment:
    """A commune, a department and an office at work on one measure; knows the stages, not the holdings."""

    acts: list[ActRow] = field(default_factory=list)
    stages: dict[int, Stage] = field(default_factory=dict)
    results: dict[int, int] = field(default_factory=dict)

    def possible(self) -> list[tuple[ActKind, int]]:
        existing = [
            (kind, revision)
            for revision, stage in self.stages.items()
            for kind, move in MOVES.items()
            if stage in move.from_stages
        ]
        return [(SUBMIT, len(self.stages) + 1), *existing]

    def do(self, kind: ActKind, revision: int, on: date) -> None:
        result = 100 + len(self.acts) if kind is VERIFY else None
        if result is not None:
            self.results[revision] = result
        to_stage = MOVES[kind].to_stage
        assert to_stage is not None
        self.stages[revision] = to_stage
        self.acts.append(ActRow(kind, revision, result, on))

    def last(self, kind: ActKind, *stages: Stage) -> int | None:
        """The revision whose newest act of a kind came last, among those that are now at one of the stages."""
        order = [row.revision for row in self.acts if row.kind is kind and self.stages[row.revision] in stages]
        return order[-1] if order else None

    def expected(self) -> dict[Basis, int]:
        submitted = self.last(SUBMIT, Stage.SUBMITTED, Stage.VERIFIED, Stage.APPROVED)
        verified = self.last(VERIFY, Stage.VERIFIED, Stage.APPROVED)
        approved = self.last(APPROVE, Stage.APPROVED)
        found = {} if submitted is None else {SELF: submitted}
        found |= {} if verified is None else {VERIFIED: self.results[verified]}
        return found | ({} if approved is None else {APPROVED: self.results[approved]})


@st.composite
def assessments(draw: st.DrawFn) -> Assessment:
    assessment, on = Assessment(), START
    for _ in range(draw(st.integers(0, 14))):
        on += timedelta(days=draw(st.integers(0, 2)))
        assessment.do(*draw(st.sampled_from(assessment.possible())), on)
    return assessment


def days_of(assessment: Assessment) -> list[date]:
    last = assessment.acts[-1].on if assessment.acts else START
    return [day(number) for number in range(-1, (last - START).days + 2)]


@given(assessments())
def test_at_most_one_statement_stands_on_a_basis_on_any_day(assessment: Assessment) -> None:
    intervals = holdings_of(assessment.acts)
    for on in days_of(assessment):
        standing(intervals, on)


@given(assessments())
def test_as_of_a_day_equals_what_was_known_that_day(assessment: Assessment) -> None:
    intervals = holdings_of(assessment.acts)
    for on in days_of(assessment):
        known = [row for row in assessment.acts if row.on <= on]
        assert standing(intervals, on) == standing(holdings_of(known), on)


@given(assessments())
def test_today_each_basis_shows_the_newest_statement_still_at_its_stage(assessment: Assessment) -> None:
    assert standing(holdings_of(assessment.acts), date(2030, 1, 1)) == assessment.expected()


@given(assessments())
def test_intervals_are_never_empty_and_follow_one_another(assessment: Assessment) -> None:
    intervals = holdings_of(assessment.acts)
    for basis in Basis:
        own = sorted((i for i in intervals if i.basis is basis), key=lambda i: i.from_on)
        assert all(i.until_on is None or i.from_on < i.until_on for i in own)
        assert all(one.until_on is not None and one.until_on <= other.from_on for one, other in pairwise(own))


@given(assessments(), st.sampled_from([WITHDRAW, RETURN]))
def test_sending_and_taking_back_restores_what_stood_before(assessment: Assessment, way_back: ActKind) -> None:
    on = assessment.acts[-1].on if assessment.acts else START
    new = len(assessment.stages) + 1
    detour = [ActRow(SUBMIT, new, None, on), ActRow(way_back, new, None, on + timedelta(days=1))]
    before = standing(holdings_of(assessment.acts), on)
    intervals = holdings_of([*assessment.acts, *detour])
    assert standing(intervals, on) == {**before, SELF: new}
    assert standing(intervals, on + timedelta(days=1)) == before


LOAD, UNLOAD = ActKind.LOAD, ActKind.UNLOAD


def test_an_initial_load_stands_on_every_basis_at_once() -> None:
    intervals = holdings_of([act(LOAD, 1, 1, 101)])
    assert standing(intervals, day(1)) == {SELF: 1, VERIFIED: 101, APPROVED: 101}


def test_undoing_an_initial_load_takes_it_from_every_basis_and_what_stood_before_stands_again() -> None:
    intervals = holdings_of([*FIRST_APPROVED, act(LOAD, 2, 20, 102), act(UNLOAD, 2, 25)])
    assert standing(intervals, day(22)) == {SELF: 2, VERIFIED: 102, APPROVED: 102}
    assert standing(intervals, day(25)) == {SELF: 1, VERIFIED: 101, APPROVED: 101}


def test_undoing_an_initial_load_leaves_a_newer_figure_alone() -> None:
    acts = [act(LOAD, 1, 1, 101), act(SUBMIT, 2, 5), act(VERIFY, 2, 6, 102), act(UNLOAD, 1, 9)]
    assert standing(holdings_of(acts), day(9)) == {SELF: 2, VERIFIED: 102}


@pytest.mark.parametrize("aside", [ActKind.ACCEPT, ActKind.PROPOSE, ActKind.SEND_BACK, ActKind.RECALL])
def test_what_happens_inside_the_unit_before_sending_is_on_no_basis(aside: ActKind) -> None:
    assert holdings_of([act(aside, 1, 1)]) == []
