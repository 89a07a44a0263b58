"""Who may do what to the plan. No database."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.roles import Role, Seat, Standing
from plans.policies.planning import (
    AskedTask,
    why_not_change,
    why_not_generate,
    why_not_plan,
    why_not_report,
    why_not_steer,
    why_not_withdraw,
)
from plans.rules.vocabulary import PlanLevel

HERE, PHU, CHAU = "447", "18769", "18790"
PEOPLE = {
    "office": Standing(1, "Tuấn", (Seat(Role.COORDINATOR, HERE),)),
    "lead": Standing(2, "Hoa", (Seat(Role.DEPARTMENT, HERE, department="bhxh"),)),
    "commune": Standing(3, "Lan", (Seat(Role.COMMUNE, HERE, commune=PHU),)),
    "neighbour": Standing(4, "Minh", (Seat(Role.COMMUNE, HERE, commune=CHAU),)),
    "leader": Standing(5, "Hùng", (Seat(Role.LEADER, HERE),)),
    "member": Standing(6, "Dũng", (Seat(Role.TEAM_MEMBER, HERE),)),
    "admin": Standing(7, "Quân", (Seat(Role.ADMIN, HERE),)),
    "beyond": Standing(8, "Bình", (Seat(Role.COORDINATOR, "449"),)),
    "nobody": Standing(),
}
FRAME = AskedTask(HERE, HERE, PlanLevel.DISTRICT)
LED = AskedTask(HERE, HERE, PlanLevel.DISTRICT, department="bhxh")
OF_PHU = AskedTask(HERE, PHU, PlanLevel.COMMUNE)
# What the district does in Kỳ Phú (thẩm tra), and what BHXH leads there.
STEP_IN_PHU = AskedTask(HERE, PHU, PlanLevel.DISTRICT, department="vpdp")
LED_IN_PHU = AskedTask(HERE, PHU, PlanLevel.COMMUNE, department="bhxh")
NAMED = AskedTask(HERE, HERE, PlanLevel.DISTRICT, responsible=6)
LEADERS = AskedTask(HERE, HERE, PlanLevel.DISTRICT, responsible=5)
OWN = AskedTask(HERE, HERE, PlanLevel.PERSONAL, responsible=6)


def those_who_may(why_not: Callable[..., str | None], *asked: object) -> set[str]:
    return {name for name, standing in PEOPLE.items() if why_not(standing, *asked) is None}


@pytest.mark.parametrize(
    ("task", "planners", "reporters"),
    [
        (FRAME, {"office"}, {"office"}),
        (LED, {"office"}, {"office", "lead"}),
        (OF_PHU, {"office", "commune"}, {"office", "commune"}),
        (STEP_IN_PHU, {"office"}, {"office"}),
        (LED_IN_PHU, {"office", "commune"}, {"office", "commune", "lead"}),
        (NAMED, {"office"}, {"office", "member"}),
        (LEADERS, {"office"}, {"office", "leader"}),
        (OWN, {"member"}, {"member"}),
    ],
)
def test_who_plans_and_who_reports(task: AskedTask, planners: set[str], reporters: set[str]) -> None:
    assert those_who_may(why_not_plan, task) == planners
    assert those_who_may(why_not_change, task) == planners
    assert those_who_may(why_not_report, task) == reporters


def test_the_office_keeps_calendar_template_and_the_districts_chain() -> None:
    assert those_who_may(why_not_steer, HERE) == {"office"}
    assert those_who_may(why_not_generate, HERE, HERE) == {"office"}
    assert those_who_may(why_not_generate, HERE, PHU) == {"office", "commune"}


def test_what_is_withdrawn_stays_so_and_what_is_done_is_not_withdrawn() -> None:
    gone = AskedTask(HERE, HERE, PlanLevel.DISTRICT, is_withdrawn=True)
    done = AskedTask(HERE, HERE, PlanLevel.DISTRICT, is_done=True)
    assert those_who_may(why_not_change, gone) == those_who_may(why_not_report, gone) == set()
    assert those_who_may(why_not_withdraw, done) == set() and those_who_may(why_not_withdraw, FRAME) == {"office"}
    assert those_who_may(why_not_report, done) == {"office"}, "a fact told wrongly is told again"


def test_whoever_left_their_seat_reports_no_more() -> None:
    assert why_not_report(Standing(6, "Dũng", ()), NAMED) is not None
