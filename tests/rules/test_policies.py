"""Who may do what to an assessment: locked years, the chairman's signature, values filled in for a commune."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.queries import DRAFT_ACTS
from accounts.roles import Role, Seat, Standing
from communes.policies import (
    Item,
    WorkingRules,
    may_see_drafts,
    why_not_assess,
    why_not_do,
    why_not_prefill,
    why_not_submit,
)
from communes.rules.workflow import MOVES, UNSENT, ActKind, Stage
from criteria.rules.vocabulary import Level
from tests.rules.makers import KY_ANH, KY_CHAU, KY_PHU

ITEM = Item(
    district=KY_ANH, unit=KY_PHU, level=Level.COMMUNE, lead="bhxh", lead_name="BHXH huyện", office="vpdp",
    stage=Stage.DRAFT,
)  # fmt: skip
LOCKED = WorkingRules(locked="Kỳ năm 2023 đã chốt.")
SIGNED = WorkingRules(needs_sign_off=True)


def somebody(role: Role, *, commune: str = "", department: str = "", signs: bool = False) -> Standing:
    return Standing(1, "Người thử", (Seat(role, KY_ANH, commune, department, signs_off=signs),))


OFFICER = somebody(Role.COMMUNE, commune=KY_PHU)
CHAIRMAN = somebody(Role.COMMUNE, commune=KY_PHU, signs=True)
NEIGHBOUR = somebody(Role.COMMUNE, commune=KY_CHAU, signs=True)
LEAD = somebody(Role.DEPARTMENT, department="bhxh")
OTHER_DEPARTMENT = somebody(Role.DEPARTMENT, department="yt")
OFFICE = somebody(Role.COORDINATOR)
LEADER = somebody(Role.LEADER)


def test_in_a_locked_year_nobody_types_and_nothing_moves() -> None:
    locked = replace(ITEM, rules=LOCKED)
    assert why_not_assess(OFFICER, locked) == LOCKED.locked
    assert why_not_prefill(LEAD, replace(locked, stage=None)) == LOCKED.locked
    for act, move in MOVES.items():
        for stage in move.from_stages:
            refusals = {why_not_do(act, who, replace(locked, stage=stage)) for who in (CHAIRMAN, LEAD, OFFICE)}
            assert None not in refusals
    assert why_not_assess(OFFICER, ITEM) is None, "the same item in an open year"


def test_without_the_setting_officers_send_and_nobody_proposes() -> None:
    assert why_not_submit(OFFICER, ITEM) is None
    assert why_not_do(ActKind.PROPOSE, OFFICER, ITEM)


def test_where_the_chairman_signs_officers_propose_and_only_the_chairman_sends() -> None:
    item = replace(ITEM, rules=SIGNED)
    assert "Chủ tịch" in str(why_not_submit(OFFICER, item))
    assert why_not_do(ActKind.PROPOSE, OFFICER, item) is None
    proposed = replace(item, stage=Stage.PROPOSED)
    assert why_not_submit(CHAIRMAN, proposed) is None
    assert why_not_do(ActKind.SEND_BACK, CHAIRMAN, proposed) is None
    assert why_not_do(ActKind.SEND_BACK, OFFICER, proposed) and why_not_submit(OFFICER, proposed)
    assert why_not_submit(NEIGHBOUR, proposed), "another commune's chairman signs nothing here"


def test_the_chairmans_signature_is_a_communes_business() -> None:
    district = replace(ITEM, level=Level.DISTRICT, unit=KY_ANH, rules=SIGNED)
    assert why_not_submit(LEAD, district) is None
    assert why_not_do(ActKind.PROPOSE, LEAD, district)


@pytest.mark.parametrize("stage", [None, Stage.PREFILLED, Stage.RETURNED, Stage.APPROVED])
def test_the_lead_and_the_office_fill_in_for_a_commune(stage: Stage | None) -> None:
    item = replace(ITEM, stage=stage)
    assert why_not_prefill(LEAD, item) is None and why_not_prefill(OFFICE, item) is None
    for nobody in (OFFICER, NEIGHBOUR, OTHER_DEPARTMENT, LEADER):
        assert why_not_prefill(nobody, item)


@pytest.mark.parametrize("stage", [Stage.DRAFT, Stage.PROPOSED, Stage.SUBMITTED])
def test_what_a_commune_writes_or_has_sent_is_not_filled_in_over(stage: Stage) -> None:
    assert why_not_prefill(LEAD, replace(ITEM, stage=stage))


@pytest.mark.parametrize("stage", sorted(UNSENT))
def test_what_was_not_sent_is_seen_inside_the_commune_and_what_was_filled_in_by_those_who_do(stage: Stage) -> None:
    item = replace(ITEM, stage=stage)
    assert may_see_drafts(OFFICER, item) and may_see_drafts(CHAIRMAN, item)
    outsiders = [NEIGHBOUR, OTHER_DEPARTMENT, LEADER]
    assert not any(may_see_drafts(who, item) for who in outsiders)
    assert [may_see_drafts(who, item) for who in (LEAD, OFFICE)] == [stage is Stage.PREFILLED] * 2


def test_every_act_on_what_was_never_sent_is_read_inside_the_unit_only() -> None:
    """The floor below keeps the names of these acts, because it knows no workflow."""
    inside = {f"assessment.{act}" for act, move in MOVES.items() if move.to_stage in UNSENT}
    assert inside | {"assessment.save"} == DRAFT_ACTS
