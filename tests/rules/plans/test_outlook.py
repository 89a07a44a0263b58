"""Which communes the district depends on, what decides its day, and who holds the next step."""

from __future__ import annotations

from datetime import date

import pytest

from plans.rules.network import DayKind, Link, Task
from plans.rules.outlook import Decision, GroupFloat, Outlook, least_floats
from plans.rules.schedule import Schedule
from tests.rules.plans.makers import FS, SS, days_of, oct_, plan

KY_PHU, KY_CHAU, KY_BAC = Task("ky_phu", 5), Task("ky_chau", 10), Task("ky_bac", 15)


def district(*communes: Task, at_least: int | None, own: int = 1) -> Schedule:
    """Recognition of the district: so many of the communes, and work of its own."""
    tasks = [*communes, Task("enough", 0, at_least=at_least), Task("own", own), Task("district", 0)]
    links = [Link(task.key, "enough") for task in communes]
    return plan(tasks, [*links, Link("enough", "district"), Link("own", "district")])


def floats(outlook: Outlook, *keys: str) -> list[int | None]:
    return [outlook.total_float(key) for key in keys]


def test_two_of_three_communes_are_enough_and_the_third_is_reserve() -> None:
    """The legal minimum: 10 % of 20 communes nâng cao are two, whoever they are."""
    schedule = district(KY_BAC, KY_CHAU, KY_PHU, at_least=2)
    assert days_of(schedule, "district") == ("27/10", "27/10")
    outlook = Outlook(schedule, ["district"])
    assert floats(outlook, "ky_phu", "ky_chau", "ky_bac") == [5, 0, None]
    assert outlook.chains("district") == (("ky_chau", "enough", "district"),)
    assert outlook.latest("ky_bac") is None


def test_when_all_are_needed_the_last_decides() -> None:
    for at_least in (3, None):
        outlook = Outlook(district(KY_BAC, KY_CHAU, KY_PHU, at_least=at_least), ["district"])
        assert floats(outlook, "ky_phu", "ky_chau", "ky_bac") == [10, 5, 0]


def test_who_ties_with_the_one_needed_last_is_marked_too() -> None:
    """Either could replace the other, both together could not; the order of the plan shall not choose."""
    schedule = district(KY_PHU, KY_CHAU, Task("ky_tan", 10), KY_BAC, at_least=2)
    outlook = Outlook(schedule, ["district"])
    assert floats(outlook, "ky_phu", "ky_chau", "ky_tan", "ky_bac") == [5, 0, 0, None]
    assert outlook.chains("district") == (("ky_chau", "enough", "district"), ("ky_tan", "enough", "district"))


def test_communes_have_time_while_the_districts_own_work_decides() -> None:
    outlook = Outlook(district(KY_BAC, KY_CHAU, KY_PHU, at_least=2, own=20), ["district"])
    assert floats(outlook, "ky_phu", "ky_chau", "ky_bac", "own") == [15, 10, None, 0]


def test_a_commune_that_is_recognised_counts_and_leaves_one_to_decide() -> None:
    done = Task("ky_phu", 5, actual_start=oct_(2), actual_finish=oct_(6))
    outlook = Outlook(district(done, KY_CHAU, KY_BAC, at_least=2), ["district"])
    assert floats(outlook, "ky_phu", "ky_chau", "ky_bac") == [None, 0, None]


def test_enough_are_recognised_but_nobody_has_said_so() -> None:
    done = Task("ky_phu", 5, actual_start=oct_(2), actual_finish=oct_(6))
    schedule = district(done, KY_CHAU, at_least=1)
    assert days_of(schedule, "enough") == ("16/10", "16/10")
    assert Outlook(schedule).chains("district") == (("enough", "district"), ("own", "district"))


def test_seen_from_everybody_a_reserve_is_no_end_but_its_recognition_with_a_target_is() -> None:
    assert Outlook(district(KY_PHU, KY_BAC, at_least=1)).ends == ("district",)
    target = Task("ky_bac", 15, deadline=oct_(31))
    assert Outlook(district(KY_PHU, target, at_least=1)).ends == ("ky_bac", "district")


def test_the_decision_says_the_chain_the_delay_and_who_holds_the_next_step() -> None:
    tasks = [
        Task("permit", 3, actual_start=oct_(2), actual_finish=oct_(4), holder="phong.tnmt"),
        Task("build", 10, actual_start=oct_(9), progress=40, holder="xa.ky-phu"),
        Task("survey", 2, holder="mttq"),
        Task("recognised", 0, deadline=oct_(23), holder="tinh"),
    ]
    links = [Link("permit", "build"), Link("build", "recognised"), Link("survey", "recognised")]
    decision = Outlook(plan(tasks, links)).decision("recognised")
    assert decision == Decision(
        end="recognised",
        day=oct_(23),
        target=oct_(23),
        late=0,
        chain=("build", "recognised"),
        next_step="build",
        holder="xa.ky-phu",
    )


@pytest.mark.parametrize(
    ("deadline", "late"), [(oct_(20), 0), (oct_(19), 1), (oct_(15), 5), (oct_(22), 0), (oct_(24), -2), (None, None)]
)
def test_days_late_are_working_days_after_the_target(deadline: date | None, late: int | None) -> None:
    """Friday 20/10 is the day; a target on the Sunday after it is kept, but not by a whole working day."""
    assert Outlook(plan([Task("a", 5, deadline=deadline)])).decision("a").late == late


def test_an_end_that_is_reached_has_no_chain_and_no_next_step() -> None:
    outlook = Outlook(plan([Task("a", 0, actual_finish=oct_(13), deadline=oct_(12)), Task("b", 1)]))
    decision = outlook.decision("a")
    assert (decision.chain, decision.next_step, decision.holder, decision.day) == ((), None, None, oct_(13))
    assert decision.late == 1, "reached a day after its target"


def test_a_target_that_is_missed_asks_every_chain_for_the_days_to_regain() -> None:
    tasks = [Task("a", 10), Task("b", 7), Task("c", 2), Task("end", 0, deadline=oct_(20))]
    outlook = Outlook(plan(tasks, [Link("a", "end"), Link("b", "end"), Link("c", "end")]))
    assert floats(outlook, "a", "b", "c", "end") == [-5, -2, 3, -5]
    assert outlook.critical() == ("a", "b", "end")


def test_two_publications_that_both_hold_the_meeting_are_both_critical_with_a_day_to_spare() -> None:
    tasks = [Task(key, 20, DayKind.CALENDAR) for key in ("ky_phu", "ky_chau")] + [Task("meeting", 1)]
    outlook = Outlook(plan(tasks, [Link("ky_phu", "meeting"), Link("ky_chau", "meeting")]))
    assert floats(outlook, "ky_phu", "ky_chau") == [1, 1]
    assert outlook.critical() == ("ky_phu", "ky_chau", "meeting")


def test_several_chains_are_told_up_to_a_number() -> None:
    """Ten layers of two tasks each have 1,024 chains; nobody reads more than a few."""
    tasks = [Task(f"{layer}{side}", 1) for layer in "abcdefghij" for side in "12"]
    links = [
        Link(f"{one}{side}", f"{two}{other}")
        for one, two in zip("abcdefghij", "bcdefghij", strict=False)
        for side in "12"
        for other in "12"
    ]
    outlook = Outlook(plan(tasks, links))
    assert len(outlook.chains("j1")) == 5
    assert outlook.chains("j1", most=2) == (
        tuple(f"{layer}1" for layer in "abcdefghij"),
        ("a2", *(f"{layer}1" for layer in "bcdefghij")),
    )


def test_a_lag_after_a_beginning_that_is_a_fact_is_nobodys_fault() -> None:
    tasks = [Task("a", 20, actual_start=oct_(12)), Task("b", 2)]
    schedule = plan(tasks, [Link("a", "b", SS, 4)])
    assert days_of(schedule, "b") == ("18/10", "19/10")
    assert Outlook(schedule).chains("b") == (("b",),)


def test_the_least_float_of_a_criterion_and_of_a_commune() -> None:
    tasks = [Task("a", 5), Task("b", 3), Task("c", 1), Task("d", 9, actual_finish=oct_(3)), Task("end", 0)]
    outlook = Outlook(plan(tasks, [Link(key, "end") for key in "abcd"]))
    groups = {"a": ["xa.ky-phu", "17"], "b": ["xa.ky-phu", "18"], "c": ["18"], "d": ["19"], "unknown": ["20"]}
    assert least_floats(outlook, groups) == {
        "xa.ky-phu": GroupFloat(0, "a"),
        "17": GroupFloat(0, "a"),
        "18": GroupFloat(2, "b"),
    }


def test_ten_thousand_steps_are_one_chain() -> None:
    """No recursion, and no copying of the chain at every step."""
    count = 10_000
    tasks = [Task(str(place), 1) for place in range(count)]
    outlook = Outlook(plan(tasks, [Link(str(place), str(place + 1), FS) for place in range(count - 1)]))
    decision = outlook.decision(str(count - 1))
    assert len(decision.chain) == count
    assert outlook.critical() == decision.chain


def test_nobody_knows_an_end_that_is_not_in_the_plan() -> None:
    with pytest.raises(KeyError):
        Outlook(plan([KY_PHU]), ["ky_nam"])


def test_an_empty_plan_has_no_ends() -> None:
    assert Outlook(plan([])).ends == ()
