"""The status of a task follows from facts and days; nobody types it."""

from __future__ import annotations

import pytest

from plans.rules.network import Link, Task
from plans.rules.schedule import Schedule, Timing
from plans.rules.statuses import Situation, Status, situation_of
from tests.rules.plans.makers import FF, SS, oct_, plan

LAST_WEEK = Timing(oct_(9), oct_(13))
TO_TODAY = Timing(oct_(12), oct_(16))
NEXT_WEEK = Timing(oct_(23), oct_(27))


@pytest.mark.parametrize(
    ("task", "agreed", "status"),
    [
        (Task("a", 5), None, Status.NOT_STARTED),
        (Task("a", 5), NEXT_WEEK, Status.NOT_STARTED),
        (Task("a", 5), Timing(oct_(16), oct_(20)), Status.NOT_STARTED),  # it may still begin today
        (Task("a", 5), TO_TODAY, Status.LATE_START),
        (Task("a", 5), LAST_WEEK, Status.LATE),
        (Task("a", 5, deadline=oct_(16)), LAST_WEEK, Status.LATE_START),  # the deadline was moved
        (Task("a", 5, deadline=oct_(15)), NEXT_WEEK, Status.LATE),
        (Task("a", 5, actual_start=oct_(12)), TO_TODAY, Status.RUNNING),  # due today: not late yet
        (Task("a", 5, actual_start=oct_(9)), LAST_WEEK, Status.LATE),
        (Task("a", 5, actual_start=oct_(9), actual_finish=oct_(13), deadline=oct_(12)), LAST_WEEK, Status.DONE),
        (Task("a", 0), TO_TODAY, Status.NOT_STARTED),
        (Task("a", 0), LAST_WEEK, Status.LATE),
        (Task("a", 5, progress=50), None, Status.NOT_STARTED),  # progress without a beginning is no fact
    ],
)
def test_status_of_a_task_that_waits_for_nobody(task: Task, agreed: Timing | None, status: Status) -> None:
    situation = situation_of(plan([task]), "a", agreed)
    assert (situation.status, situation.blocked_by) == (status, ())
    assert status.label


def waiting(before: Task, link: Link, after: Task | None = None) -> Schedule:
    return plan([before, after or Task("b", 3)], [link])


@pytest.mark.parametrize(
    ("before", "link", "blocked_by"),
    [
        (Task("a", 5), Link("a", "b"), ("a",)),
        (Task("a", 5, actual_start=oct_(9)), Link("a", "b"), ("a",)),
        (Task("a", 5, actual_finish=oct_(13)), Link("a", "b"), ()),
        (Task("a", 5, actual_finish=oct_(13)), Link("a", "b", lag=9), ()),  # time must pass; nobody is to blame
        (Task("a", 5), Link("a", "b", SS), ()),  # both may begin today
        (Task("a", 5), Link("a", "b", SS, 1), ("a",)),
        (Task("a", 5, actual_start=oct_(9)), Link("a", "b", SS, 9), ()),
        (Task("a", 2), Link("a", "b", FF), ()),
        (Task("a", 9), Link("a", "b", FF), ("a",)),
    ],
)
def test_who_waits_for_others_is_told_for_whom(before: Task, link: Link, blocked_by: tuple[str, ...]) -> None:
    status = Status.BLOCKED if blocked_by else Status.NOT_STARTED
    assert situation_of(waiting(before, link), "b") == Situation(status, None, blocked_by)


def test_who_waits_is_not_blamed_for_a_late_start_but_a_late_finish_is_late() -> None:
    schedule = waiting(Task("a", 5), Link("a", "b"))
    assert situation_of(schedule, "b", TO_TODAY) == Situation(Status.BLOCKED, oct_(16), ("a",))
    assert situation_of(schedule, "b", LAST_WEEK) == Situation(Status.LATE, oct_(13), ("a",))


def test_who_began_before_his_turn_runs_and_is_told_what_he_waits_for() -> None:
    schedule = waiting(Task("a", 5), Link("a", "b"), Task("b", 3, actual_start=oct_(13)))
    assert situation_of(schedule, "b") == Situation(Status.RUNNING, None, ("a",))


def test_a_milestone_that_can_be_reported_today_waits_for_nobody() -> None:
    assert situation_of(waiting(Task("a", 1), Link("a", "m"), Task("m", 0)), "m").status is Status.NOT_STARTED
    assert situation_of(waiting(Task("a", 2), Link("a", "m"), Task("m", 0)), "m").blocked_by == ("a",)


def test_a_milestone_that_needs_some_waits_for_those_who_carry_it() -> None:
    tasks = [Task("a", 5), Task("b", 9), Task("c", 12), Task("m", 0, at_least=2)]
    schedule = plan(tasks, [Link(key, "m") for key in "abc"])
    assert situation_of(schedule, "m").blocked_by == ("a", "b")
