"""The standard chain: from a template and what is unmet to tasks and links. No database."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from criteria.rules.vocabulary import Level
from plans.rules.chains import (
    Chain,
    ChainFault,
    Node,
    Step,
    Subject,
    SubjectKind,
    chain_for,
    fault_of,
    read_chains,
)
from plans.rules.network import DayKind

SET = "xa-ntm-2021-2025"
DATA = Path(__file__).parents[3] / "plans" / "data" / "standard_chain.yaml"
REFERENCE_STEPS = {
    Level.COMMUNE: [
        "self_assess", "consult_commune", "commune_meeting", "submit_district", "district_verify",
        "satisfaction_survey", "consult_district", "submit_province", "province_appraise", "council_vote", "decision",
        "announce",
    ],
    Level.DISTRICT: [
        "self_assess", "district_meeting", "submit_province", "province_verify", "submit_central", "central_appraise",
        "council_vote", "decision", "announce",
    ],
}  # fmt: skip
ROAD, WATER = Subject(SET, "2.1", "2.1 Đường xã"), Subject(SET, "17.1", "17.1 Nước sạch")
STEPS = (
    Step("work", "Thực hiện", 40, per_subject=True),
    Step("evidence", "Minh chứng", 5, waits_for=("work",), per_subject=True),
    Step("assess", "Tự đánh giá", 7, waits_for=("evidence",)),
    Step("verify", "Thẩm tra", 10, waits_for=("assess",)),
    Step("goal", "Mốc", 0, waits_for=("verify",)),
)


def links(chain: Chain) -> list[str]:
    return [" → ".join(f"{node.step} {node.subject}".strip() for node in link) for link in chain.links]


def without(code: str) -> list[Step]:
    return [replace(step, is_used=step.code != code) for step in STEPS]


def test_work_of_each_subject_leads_to_one_procedure() -> None:
    chain = chain_for(STEPS, [ROAD, WATER], SET)
    assert links(chain) == [
        "work 2.1 → evidence 2.1", "work 17.1 → evidence 17.1", "evidence 2.1 → assess", "evidence 17.1 → assess",
        "assess → verify", "verify → goal",
    ]  # fmt: skip
    assert chain.entries == (Node("assess", SET),)


def test_what_is_claimed_needs_no_work() -> None:
    chain = chain_for(STEPS, [replace(ROAD, is_claimed=True)], SET)
    assert Node("work", SET, "2.1") not in chain.nodes
    assert links(chain)[0] == "evidence 2.1 → assess"


def test_with_nothing_unmet_the_procedure_begins_at_once() -> None:
    chain = chain_for(STEPS, [], SET)
    assert [node.step for node in chain.nodes] == ["assess", "verify", "goal"]
    assert chain.entries == (Node("assess", SET),)


@pytest.mark.parametrize(
    ("code", "link"),
    [("evidence", "work 2.1 → assess"), ("assess", "evidence 2.1 → verify"), ("work", "evidence 2.1 → assess")],
)
def test_a_step_that_is_left_out_is_passed_through(code: str, link: str) -> None:
    chain = chain_for(without(code), [ROAD], SET)
    assert link in links(chain) and all(node.step != code for node in chain.nodes)


def test_shares_and_own_numbers_are_milestones_of_their_own() -> None:
    steps = (
        *STEPS[:2], Step("communes", "Đủ số xã", 0, per_subject=True),
        Step("assess", "Tự đánh giá", 7, waits_for=("evidence", "communes")), *STEPS[3:],
        Step("own_communes", "Đủ số xã theo mục tiêu", 0, per_subject=True),
        Step("own_goal", "Đạt mục tiêu", 0, waits_for=("goal", "own_communes")),
    )  # fmt: skip
    share = Subject(SET, "communes_nang_cao", "≥ 10 % số xã nâng cao", kind=SubjectKind.SHARE)
    own = Subject(SET, "advanced", "8 xã nâng cao", kind=SubjectKind.OWN)
    chain = chain_for(steps, [ROAD, share, own], SET)
    assert links(chain) == [
        "work 2.1 → evidence 2.1", "evidence 2.1 → assess", "communes communes_nang_cao → assess", "assess → verify",
        "verify → goal", "goal → own_goal", "own_communes advanced → own_goal",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([*STEPS, STEPS[0]], "chỉ dùng một lần"),
        ([replace(STEPS[0], waits_for=("goal",)), *STEPS[1:]], "vòng tròn: “Thực hiện” → “Minh chứng”"),
        ([replace(STEPS[0], waits_for=("nowhere",)), *STEPS[1:]], "không có trong quy trình"),
        ([*STEPS[:4], replace(STEPS[4], is_used=False)], "không bỏ được"),
        ([*STEPS[:4], replace(STEPS[4], duration=3)], "không có thời gian"),
        ([replace(STEPS[0], duration=0), *STEPS[1:]], "ít nhất 1 ngày"),
        ([replace(STEPS[0], duration=10_001), *STEPS[1:]], "từ 0 đến"),
        ([replace(STEPS[0], name=" "), *STEPS[1:]], "chưa có tên"),
    ],
)
def test_a_template_that_makes_no_chain_says_why(steps: list[Step], words: str) -> None:
    assert words in (fault_of(steps) or "")
    with pytest.raises(ChainFault):
        chain_for(steps, [ROAD], SET)


# ---------- the project's own ----------


@pytest.fixture(scope="module")
def standard() -> dict[Level, tuple[Step, ...]]:
    return read_chains(DATA.read_text(encoding="utf-8"))


@pytest.mark.parametrize("level", [Level.COMMUNE, Level.DISTRICT])
def test_the_standard_chain_has_the_steps_of_the_decision_in_its_order(
    standard: dict[Level, tuple[Step, ...]], level: Level
) -> None:
    legal = [step for step in standard[level] if step.source]
    assert [step.code for step in legal] == REFERENCE_STEPS[level]
    assert all(step.source.startswith("QĐ 18/2022/QĐ-TTg (") for step in legal)


def test_only_two_spans_are_the_decisions_own(standard: dict[Level, tuple[Step, ...]]) -> None:
    stated = {
        (level.value, step.code): (step.duration, step.days)
        for level, steps in standard.items() for step in steps if step.duration and not step.is_estimate
    }  # fmt: skip
    assert stated == {
        ("commune", "consult_commune"): (15, DayKind.CALENDAR), ("commune", "announce"): (60, DayKind.CALENDAR)
    }  # fmt: skip


def test_a_file_with_an_unknown_word_or_a_circle_is_not_read() -> None:
    with pytest.raises(ChainFault, match="village"):
        read_chains("decision: x\nchains: {village: []}")
    row = "{code: a, name: A, duration: 1, waits_for: [a]}"
    with pytest.raises(ChainFault, match="vòng tròn"):
        read_chains(f"decision: x\nchains: {{commune: [{row}]}}")
