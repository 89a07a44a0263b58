"""Drift against a baseline, and what a change would move before anybody saves it."""

from __future__ import annotations

import pytest

from plans.rules.changes import Change, delayed, drift_from, moved
from plans.rules.network import BrokenNetwork, DayKind, Link, Network, Task
from plans.rules.outlook import Outlook
from plans.rules.schedule import Schedule, Timing, scheduled
from tests.rules.plans.makers import CALENDAR, days_of, oct_, plan

A, B, C, END = Task("a", 5), Task("b", 3), Task("c", 2), Task("end", 0)
LINKS = [Link("a", "b"), Link("b", "end"), Link("c", "end")]


def commune() -> Schedule:
    """a 16-20/10, b 23-25/10, c 16-17/10, end 25/10; c has six days to spare."""
    return plan([A, B, C, END], LINKS)


def test_a_plan_does_not_drift_from_itself() -> None:
    schedule = commune()
    drift = drift_from(schedule.timings(), schedule)
    assert (drift.shifts, drift.added, drift.gone) == ({}, (), ())


def test_days_go_by_and_what_nobody_began_drifts() -> None:
    baseline = commune().timings()
    on_thursday = scheduled(Network([A, B, C, END], LINKS), CALENDAR, today=oct_(19))
    shifts = drift_from(baseline, on_thursday).shifts
    assert {key: (shift.start, shift.finish) for key, shift in shifts.items()} == {
        "a": (3, 3),
        "b": (3, 3),
        "c": (3, 3),
        "end": (3, 3),
    }
    assert shifts["a"].before == Timing(oct_(16), oct_(20))
    assert shifts["a"].after == Timing(oct_(19), oct_(25))


def test_who_is_ahead_drifts_the_other_way() -> None:
    baseline = commune().timings()
    ahead = plan([Task("a", 5, actual_start=oct_(12), actual_finish=oct_(13)), B, C, END], LINKS)
    shifts = drift_from(baseline, ahead).shifts
    assert {key: (shift.start, shift.finish) for key, shift in shifts.items()} == {
        "a": (-2, -5),
        "b": (-5, -5),
        "end": (-5, -5),
    }


def test_tasks_that_came_and_went_are_named() -> None:
    drift = drift_from({"a": Timing(oct_(16), oct_(20)), "old": Timing(oct_(16), oct_(16))}, plan([A, B]))
    assert (drift.shifts, drift.added, drift.gone) == ({}, ("b",), ("old",))


def test_a_delay_of_six_days_costs_nothing_and_the_seventh_moves_the_end() -> None:
    schedule = commune()
    assert Outlook(schedule).total_float("c") == 6
    harmless = moved(schedule, delayed(schedule, "c", 6), ends=["end"])
    assert list(harmless.drift.shifts) == ["c"]
    assert not harmless.ends["end"]
    one_more = moved(schedule, delayed(schedule, "c", 7), ends=["end"])
    assert one_more.ends["end"].finish == 1
    assert days_of(one_more.after, "end") == ("26/10", "26/10")
    assert days_of(schedule, "end") == ("25/10", "25/10"), "the plan itself stays as it is"


def test_thirty_days_late_in_one_commune_and_what_becomes_of_the_district() -> None:
    schedule = commune()
    effect = moved(schedule, delayed(schedule, "a", 30), ends=["end"])
    assert {key: shift.finish for key, shift in effect.drift.shifts.items()} == {"a": 30, "b": 30, "end": 30}
    assert days_of(effect.after, "end") == ("6/12", "6/12")


def test_a_running_task_is_held_up_where_it_stands() -> None:
    running = plan([Task("a", 5, actual_start=oct_(12), progress=40), B], LINKS[:1])
    assert days_of(running, "a") == ("12/10", "18/10")
    effect = moved(running, delayed(running, "a", 2))
    assert days_of(effect.after, "a") == ("12/10", "20/10")
    assert (effect.drift.shifts["a"].start, effect.drift.shifts["a"].finish) == (0, 2)


def test_what_slips_within_a_weekend_has_moved_by_no_working_day() -> None:
    """From a Saturday to the Sunday after it: the preview shows it, and counts nothing."""
    schedule = plan([Task("publish", 20, DayKind.CALENDAR)])
    shift = moved(schedule, delayed(schedule, "publish", 1)).drift.shifts["publish"]
    assert (shift.before.finish.weekday(), shift.after.finish.weekday()) == (5, 6)
    assert (shift.start, shift.finish) == (1, 0)
    from_friday = drift_from({"publish": Timing(oct_(16), oct_(20))}, plan([Task("publish", 6, DayKind.CALENDAR)]))
    assert from_friday.shifts["publish"].finish == 0, "when Friday is over, the week is, as far as offices go"


def test_a_milestone_can_be_delayed_and_a_fact_cannot() -> None:
    schedule = plan([Task("m", 0), Task("done", 1, actual_finish=oct_(13))])
    assert moved(schedule, delayed(schedule, "m", 3)).drift.shifts["m"].finish == 3
    assert moved(schedule, delayed(schedule, "done", 3)).drift.shifts == {}


def test_leaving_out_a_step_or_joining_others_is_previewed_too() -> None:
    schedule = commune()
    without = moved(schedule, Change(without=("b",)), ends=["end"])
    assert without.drift.gone == ("b",)
    assert without.ends["end"].finish == -6
    parallel = moved(schedule, Change(links=(Link("a", "end"), Link("b", "end"))), ends=["end"])
    assert parallel.ends["end"].finish == -3


def test_a_preview_refuses_what_saving_would_refuse() -> None:
    with pytest.raises(BrokenNetwork, match="cycle: a, b"):
        moved(commune(), Change(links=(Link("a", "b"), Link("b", "a"))))
    with pytest.raises(KeyError):
        moved(commune(), Change(without=("end",)), ends=["end"])
