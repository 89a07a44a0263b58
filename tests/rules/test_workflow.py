"""The stages of a revision and the acts that move it."""

from __future__ import annotations

import itertools

import pytest

from communes.rules.workflow import MOVES, PLAYED_BY, ActKind, Actor, Stage, why_not_move
from criteria.rules.vocabulary import Level

ALLOWED = {
    (ActKind.ACCEPT, Stage.PREFILLED): Stage.DRAFT,
    (ActKind.PROPOSE, Stage.DRAFT): Stage.PROPOSED,
    (ActKind.PROPOSE, Stage.RETURNED): Stage.PROPOSED,
    (ActKind.PROPOSE, Stage.WITHDRAWN): Stage.PROPOSED,
    (ActKind.SEND_BACK, Stage.PROPOSED): Stage.DRAFT,
    (ActKind.RECALL, Stage.PROPOSED): Stage.DRAFT,
    (ActKind.SUBMIT, Stage.DRAFT): Stage.SUBMITTED,
    (ActKind.SUBMIT, Stage.PROPOSED): Stage.SUBMITTED,
    (ActKind.SUBMIT, Stage.RETURNED): Stage.SUBMITTED,
    (ActKind.SUBMIT, Stage.WITHDRAWN): Stage.SUBMITTED,
    (ActKind.WITHDRAW, Stage.SUBMITTED): Stage.WITHDRAWN,
    (ActKind.RETURN, Stage.SUBMITTED): Stage.RETURNED,
    (ActKind.VERIFY, Stage.SUBMITTED): Stage.VERIFIED,
    (ActKind.RETURN_TO_LEAD, Stage.VERIFIED): Stage.SUBMITTED,
    (ActKind.RETURN_TO_ASSESSOR, Stage.VERIFIED): Stage.RETURNED,
    (ActKind.APPROVE, Stage.VERIFIED): Stage.APPROVED,
}


@pytest.mark.parametrize(("act", "stage"), list(itertools.product(MOVES, Stage)))
def test_every_act_is_in_turn_exactly_where_the_table_of_stages_says(act: ActKind, stage: Stage) -> None:
    refusal = why_not_move(act, stage)
    assert (refusal is None) == ((act, stage) in ALLOWED)
    if refusal is None:
        assert MOVES[act].to_stage is ALLOWED[act, stage]
    else:
        assert stage.label in refusal and act.label in refusal


@pytest.mark.parametrize("act", list(MOVES))
def test_nothing_can_be_done_to_what_was_never_typed(act: ActKind) -> None:
    assert why_not_move(act, None) == "Chưa có số liệu nào được nhập."


@pytest.mark.parametrize("stage", [Stage.VERIFIED, Stage.APPROVED, Stage.REPLACED])
def test_what_was_verified_can_no_longer_be_withdrawn(stage: Stage) -> None:
    assert why_not_move(ActKind.WITHDRAW, stage)


@pytest.mark.parametrize("act", list(MOVES))
def test_nothing_moves_what_is_approved_mending_makes_a_new_revision(act: ActKind) -> None:
    assert why_not_move(act, Stage.APPROVED)


@pytest.mark.parametrize(("act", "stage"), [(ActKind.VERIFY, Stage.SUBMITTED), (ActKind.APPROVE, Stage.VERIFIED)])
def test_whoever_typed_a_value_neither_verifies_nor_approves_it(act: ActKind, stage: Stage) -> None:
    assert why_not_move(act, stage, typed_it=True) == (
        "Người nhập số liệu không tự thẩm tra, không tự duyệt số của mình."
    )


def test_whoever_verified_a_value_does_not_approve_it_but_may_verify_again() -> None:
    assert why_not_move(ActKind.APPROVE, Stage.VERIFIED, verified_it=True)
    assert why_not_move(ActKind.VERIFY, Stage.SUBMITTED, verified_it=True) is None


def test_whoever_typed_a_value_sends_and_withdraws_it() -> None:
    assert why_not_move(ActKind.SUBMIT, Stage.DRAFT, typed_it=True) is None
    assert why_not_move(ActKind.WITHDRAW, Stage.SUBMITTED, typed_it=True) is None


def test_whatever_goes_back_needs_a_reason_and_nothing_else_does() -> None:
    with_reason = {act for act, move in MOVES.items() if move.needs_reason}
    assert with_reason == {ActKind.SEND_BACK, ActKind.RETURN, ActKind.RETURN_TO_LEAD, ActKind.RETURN_TO_ASSESSOR}


def test_each_step_forward_is_another_partys() -> None:
    steps = [MOVES[act].by for act in (ActKind.SUBMIT, ActKind.VERIFY, ActKind.APPROVE)]
    assert steps == [Actor.ASSESSOR, Actor.VERIFIER, Actor.APPROVER]


def test_the_lead_department_verifies_the_communes_and_enters_for_the_district() -> None:
    assert PLAYED_BY[Level.COMMUNE][Actor.VERIFIER] == PLAYED_BY[Level.DISTRICT][Actor.ASSESSOR]
    assert PLAYED_BY[Level.COMMUNE][Actor.APPROVER] == PLAYED_BY[Level.DISTRICT][Actor.VERIFIER]
    assert all(set(parts) == set(Actor) for parts in PLAYED_BY.values())


def test_an_indicator_of_several_parts_stands_where_its_least_advanced_part_does() -> None:
    way = [Stage.RETURNED, Stage.DRAFT, Stage.SUBMITTED, Stage.VERIFIED, Stage.APPROVED]
    for early, late in itertools.combinations(way, 2):
        assert min(late, early, key=lambda stage: stage.rank) is early


def test_every_stage_can_be_reached_left_or_is_an_end() -> None:
    reached = {move.to_stage for move in MOVES.values()}
    assert reached == set(Stage) - {Stage.PREFILLED, Stage.REPLACED}
