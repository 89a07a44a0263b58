"""Plans computed by hand, day by day on a wall calendar. 16/10/2023 is a Monday; weekends are 21-22 and 28-29/10."""

from __future__ import annotations

from datetime import date

import pytest

from plans.rules.network import DayKind, Link, LinkKind, Task
from plans.rules.outlook import Outlook
from tests.rules.plans.makers import FF, FS, SF, SS, TODAY, days_of, oct_, plan

CALENDAR_DAYS = DayKind.CALENDAR


def test_two_ways_lead_to_one_end_and_the_longer_one_decides() -> None:
    schedule = plan(
        [Task("road", 3), Task("water", 5), Task("report", 2)], [Link("road", "report"), Link("water", "report")]
    )
    assert days_of(schedule, "road") == ("16/10", "18/10")
    assert days_of(schedule, "water") == ("16/10", "20/10")
    assert days_of(schedule, "report") == ("23/10", "24/10")
    outlook = Outlook(schedule)
    assert outlook.critical() == ("water", "report")
    assert (outlook.total_float("road"), outlook.free_float("road")) == (2, 2)
    assert outlook.latest("road") == plan([Task("road", 3, not_before=oct_(18))])["road"]


@pytest.mark.parametrize(
    ("kind", "lag", "days"),
    [
        (FS, 0, ("23/10", "25/10")),  # a ends on Friday 20
        (FS, 2, ("25/10", "27/10")),
        (FS, -2, ("19/10", "23/10")),
        (FS, -9, ("16/10", "18/10")),  # never before today
        (SS, 0, ("16/10", "18/10")),
        (SS, 2, ("18/10", "20/10")),
        (SS, 5, ("23/10", "25/10")),
        (FF, 0, ("18/10", "20/10")),
        (FF, 1, ("19/10", "23/10")),
        (FF, -1, ("17/10", "19/10")),
        (SF, 0, ("16/10", "18/10")),
        (SF, 4, ("17/10", "19/10")),  # four working days after the beginning of the 16th is the end of the 19th
        (SF, 8, ("23/10", "25/10")),
    ],
)
def test_a_task_of_three_days_bound_to_one_of_five(kind: LinkKind, lag: int, days: tuple[str, str]) -> None:
    schedule = plan([Task("a", 5), Task("b", 3)], [Link("a", "b", kind, lag)])
    assert days_of(schedule, "a") == ("16/10", "20/10")
    assert days_of(schedule, "b") == days


def test_the_old_may_end_only_when_the_new_begins() -> None:
    """The landfill is closed when the new plant runs: start-to-finish."""
    schedule = plan([Task("new", 5, not_before=oct_(25)), Task("old", 3)], [Link("new", "old", SF)])
    assert days_of(schedule, "old") == ("20/10", "24/10")


def test_work_over_tet_stops_and_a_publication_does_not() -> None:
    tasks = [Task("work", 5), Task("publish", 15, CALENDAR_DAYS), Task("meeting", 1), Task("after_work", 1)]
    links = [Link("publish", "meeting"), Link("work", "after_work")]
    schedule = plan(tasks, links, today=date(2024, 2, 5))
    assert days_of(schedule, "work") == ("5/2", "16/2")  # 5, 6, 7, then 15 and 16
    assert days_of(schedule, "publish") == ("5/2", "19/2")  # 15 days, Tết among them
    assert days_of(schedule, "meeting") == ("20/2", "20/2")
    assert days_of(schedule, "after_work") == ("19/2", "19/2")


def test_a_publication_may_end_on_a_saturday_and_its_follower_begins_on_monday() -> None:
    schedule = plan([Task("publish", 20, CALENDAR_DAYS), Task("meeting", 1)], [Link("publish", "meeting")])
    assert days_of(schedule, "publish") == ("16/10", "4/11")
    assert days_of(schedule, "meeting") == ("6/11", "6/11")
    outlook = Outlook(schedule)
    assert outlook.total_float("publish") == 1, "from Tuesday it would end on Sunday, and the meeting could stay"
    assert outlook.critical() == ("publish", "meeting"), "it decides the day all the same"


def test_a_milestone_is_reached_at_the_end_of_the_last_day_before_it() -> None:
    schedule = plan([Task("work", 5), Task("done", 0), Task("next", 1)], [Link("work", "done"), Link("done", "next")])
    assert days_of(schedule, "done") == ("20/10", "20/10")
    assert days_of(schedule, "next") == ("23/10", "23/10")


def test_a_milestone_nobody_has_reported_is_reached_today_at_the_earliest() -> None:
    schedule = plan([Task("late", 0), Task("set", 0, not_before=oct_(21)), Task("next", 1)], [Link("set", "next")])
    assert days_of(schedule, "late") == ("16/10", "16/10")
    assert days_of(schedule, "set") == ("23/10", "23/10"), "not before a Saturday: at the end of Monday"
    assert days_of(schedule, "next") == ("24/10", "24/10")


def test_what_is_done_keeps_its_days_and_releases_who_waited() -> None:
    tasks = [
        Task("a", 5, actual_start=oct_(2), actual_finish=oct_(12)),
        Task("b", 2),
        Task("c", 2),
        Task("m", 0, actual_finish=oct_(14)),
    ]
    schedule = plan(tasks, [Link("a", "b"), Link("a", "c", FS, 5), Link("m", "b")])
    assert days_of(schedule, "a") == ("2/10", "12/10")
    assert days_of(schedule, "m") == ("14/10", "14/10"), "a Saturday, as it was written down"
    assert days_of(schedule, "b") == ("16/10", "17/10"), "free since Friday, but Friday is over"
    assert days_of(schedule, "c") == ("20/10", "23/10"), "five working days after Thursday 12: 13, 16, 17, 18, 19"
    assert Outlook(schedule).total_float("a") is None


@pytest.mark.parametrize(
    ("started", "progress", "finish"),
    [
        (9, 50, "20/10"),  # 5 of 10 days left
        (9, 20, "25/10"),  # 8 left
        (9, 0, "27/10"),  # all of it is left
        (9, 100, "16/10"),  # all but the report that it is done
        (9, None, "20/10"),  # nobody has said: five working days have gone
        (14, None, "27/10"),  # begun on a Saturday
        (2, None, "16/10"),  # should have been over
        (16, None, "27/10"),  # begun today
    ],
)
def test_what_is_left_of_a_running_task_is_planned_from_today(started: int, progress: int | None, finish: str) -> None:
    schedule = plan([Task("a", 10, actual_start=oct_(started), progress=progress)])
    assert days_of(schedule, "a") == (f"{started}/10", finish)


@pytest.mark.parametrize(
    ("started", "progress", "finish"),
    [(10, None, "24/10"), (7, None, "21/10"), (10, 80, "18/10"), (1, None, "16/10")],
)
def test_a_running_publication_ends_when_its_days_are_over(started: int, progress: int | None, finish: str) -> None:
    schedule = plan([Task("a", 15, CALENDAR_DAYS, actual_start=oct_(started), progress=progress)])
    assert days_of(schedule, "a") == (f"{started}/10", finish)


def test_who_began_before_his_turn_finishes_after_it() -> None:
    """Retained logic: what is left waits for the predecessor, although somebody had begun."""
    tasks = [Task("a", 5), Task("b", 4, actual_start=oct_(12), progress=50), Task("c", 1)]
    schedule = plan(tasks, [Link("a", "b"), Link("b", "c", SS, 4)])
    assert days_of(schedule, "b") == ("12/10", "24/10")
    assert days_of(schedule, "c") == ("18/10", "18/10"), "the beginning of b is a fact: 12, 13, 16, 17"
    assert Outlook(schedule).chains("b") == (("a", "b"),)


def test_a_plan_made_on_a_sunday_begins_on_monday() -> None:
    assert days_of(plan([Task("a", 1)], today=oct_(15)), "a") == ("16/10", "16/10")


def test_several_ends_each_see_their_own_path() -> None:
    """Two communes; the district waits for both and for its own hospital."""
    tasks = [
        Task("ky_phu", 5),
        Task("phu_recognised", 0, deadline=oct_(18)),
        Task("ky_chau", 10),
        Task("chau_recognised", 0, deadline=oct_(31)),
        Task("hospital", 8),
        Task("district", 0, deadline=oct_(25)),
    ]
    links = [
        Link("ky_phu", "phu_recognised"),
        Link("ky_chau", "chau_recognised"),
        Link("phu_recognised", "district"),
        Link("chau_recognised", "district"),
        Link("hospital", "district"),
    ]
    schedule = plan(tasks, links, today=TODAY)
    assert [days_of(schedule, key)[1] for key in ("phu_recognised", "chau_recognised", "district")] == [
        "20/10",
        "27/10",
        "27/10",
    ]

    district = Outlook(schedule, ["district"])
    assert {task.key: district.total_float(task.key) for task in tasks} == {
        "ky_phu": 3,
        "phu_recognised": 3,
        "ky_chau": -2,
        "chau_recognised": -2,
        "hospital": 0,
        "district": -2,
    }
    assert district.decision("district").late == 2
    assert district.chains("district") == (("ky_chau", "chau_recognised", "district"),)

    phu = Outlook(schedule, ["phu_recognised"])
    assert (phu.total_float("ky_phu"), phu.total_float("ky_chau"), phu.total_float("district")) == (-2, None, None)

    everybody = Outlook(schedule)
    assert everybody.ends == ("phu_recognised", "chau_recognised", "district")
    assert everybody.total_float("ky_phu") == -2
