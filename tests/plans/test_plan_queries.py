"""The plan as it is read: days, floats, ends, the preview of a change, who has what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from criteria.policies import Refused
from criteria.rules.vocabulary import Tier
from plans.actions.planning import Told, change_task, fields_of, record_progress, withdraw_task
from plans.models import Task
from plans.queries.plan import Plan, ProposedChange, deciding, floats_by, plan_of, preview, tasks_for
from plans.rules.statuses import Status
from plans.rules.vocabulary import PlanLevel
from tests.makers import TODAY, YEAR, Cast, make_cast
from tests.plans.planning import acting, in_plan, plan_now, planned

pytestmark = pytest.mark.django_db
# TODAY is Sunday 15/10/2023: work begins on Monday.
MONDAY = date(2023, 10, 16)
GOAL = {"goal_tier": Tier.STANDARD, "goal_year": YEAR}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def network(cast: Cast) -> dict[str, Task]:
    """The district's day hangs on Kỳ Phú (50 days); Kỳ Châu (10 days) has time."""
    phu = {"unit": cast.ky_phu, "level": PlanLevel.COMMUNE}
    chau = {"unit": cast.ky_chau, "level": PlanLevel.COMMUNE}
    road = planned(cast, "Làm đường Kỳ Phú", 50, subject="2.1", family="xa-ntm-2021-2025", **phu)
    water = planned(cast, "Nước sạch Kỳ Châu", 10, subject="17.1", family="xa-ntm-2021-2025", **chau)
    first = planned(cast, "Kỳ Phú về đích", 0, road, unit=cast.ky_phu, **GOAL)
    second = planned(cast, "Kỳ Châu về đích", 0, water, unit=cast.ky_chau, **GOAL)
    law = planned(cast, "Huyện về đích", 0, first, second, **GOAL)
    return {"road": road, "water": water, "phu": first, "chau": second, "district": law}


def test_a_plan_says_of_every_task_when_and_how_much_time_there_is(cast: Cast, network: dict[str, Task]):
    plan = plan_now(cast)
    road, water = plan.by_pk[network["road"].pk], plan.by_pk[network["water"].pk]
    assert (road.start, road.finish) == (MONDAY, date(2023, 12, 22))
    assert (road.total_float, road.is_critical, road.holder) == (0, True, "UBND xã Kỳ Phú")
    assert (water.total_float, water.is_critical) == (40, False)
    assert (water.own_float, water.decides_own) == (0, True), "it decides the day of its own commune"
    assert water.subject_label.startswith("17.1 ") and water.latest_finish == date(2023, 12, 22)
    assert [task.unit_code for task in plan.tasks] == ["447", "18769", "18769", "18790", "18790"]


def test_a_plan_says_of_every_end_what_decides_it(cast: Cast, network: dict[str, Task]):
    plan = plan_now(cast)
    assert [end.title for end in plan.ends] == ["Huyện về đích", "Kỳ Phú về đích", "Kỳ Châu về đích"]
    end = plan.district_end
    assert end is not None and plan.minimum_end is None
    assert (end.finish, end.target_on, end.days_late) == (date(2023, 12, 22), date(2023, 12, 31), -5)
    assert end.chain == tuple(network[name].pk for name in ("road", "phu", "district"))
    assert end.next_step is not None and (end.next_step.pk, end.holder) == (network["road"].pk, "UBND xã Kỳ Phú")


def test_a_plan_may_be_seen_from_the_end_of_one_commune(cast: Cast, network: dict[str, Task]):
    water = in_plan(cast, network["water"], end=network["chau"].pk)
    road = in_plan(cast, network["road"], end=network["chau"].pk)
    assert (water.total_float, water.is_critical) == (0, True)
    assert (road.total_float, road.is_critical) == (None, False), "nothing of Kỳ Châu hangs on it"


def test_a_plan_that_is_late_still_has_one_critical_path(cast: Cast, network: dict[str, Task]):
    given = replace(fields_of(network["district"]), due_on=date(2023, 11, 1))
    change_task(**acting(cast, cast.tuan), task=network["district"], seen_version=1, fields=given)
    plan = plan_now(cast)
    road, water = plan.by_pk[network["road"].pk], plan.by_pk[network["water"].pk]
    assert plan.district_end is not None and plan.district_end.days_late == 37
    assert (road.total_float, road.is_critical, road.to_regain) == (0, True, 37)
    assert (water.total_float, water.is_critical, water.to_regain) == (40, False, 0)


def test_the_least_float_of_every_commune_and_criterion(cast: Cast, network: dict[str, Task]):
    plan = plan_now(cast)
    assert floats_by(plan, lambda task: [task.unit_name]) == {"huyện Kỳ Anh": 0, "xã Kỳ Phú": 0, "xã Kỳ Châu": 40}
    by_criterion = floats_by(plan, lambda task: [task.subject.partition(".")[0]] if task.subject else [])
    assert by_criterion == {"2": 0, "17": 40}
    assert floats_by(plan, lambda task: [task.unit_name], own=True)["xã Kỳ Châu"] == 0


def test_a_delay_is_tried_before_it_is_saved(cast: Cast, network: dict[str, Task]):
    shown = preview(cast.district, TODAY, [ProposedChange(network["water"].pk, delay=30)])
    assert [end.days for end in shown.ends] == [0, 0, 30]
    assert shown.communes_affected == ["xã Kỳ Châu"] and not shown.newly_late
    worse = preview(cast.district, TODAY, [ProposedChange(network["water"].pk, delay=60)])
    assert [(end.end.title, end.days, end.was_late, end.is_late) for end in worse.moved_ends] == [
        ("Huyện về đích", 20, False, True), ("Kỳ Châu về đích", 60, False, True),
    ]  # fmt: skip
    assert [one.task.title for one in worse.moved] == ["Huyện về đích", "Nước sạch Kỳ Châu", "Kỳ Châu về đích"]
    (water,) = [one for one in worse.moved if one.task.pk == network["water"].pk]
    assert (water.old_start, water.days) == (MONDAY, 60) and water.new_start > water.old_start
    network["water"].refresh_from_db()
    assert network["water"].version == 1 and network["water"].not_before is None, "nothing is written"


def test_a_shorter_task_a_fact_and_what_cannot_be(cast: Cast, network: dict[str, Task]):
    road = network["road"].pk
    assert preview(cast.district, TODAY, [ProposedChange(road, duration=20)]).ends[0].days == -30
    done = preview(cast.district, TODAY, [ProposedChange(road, finished_on=TODAY - timedelta(days=2), progress=100)])
    assert done.ends[0].days == -40, "now Kỳ Châu decides"
    for change, words in (
        (ProposedChange(road, delay=-3), "Chỉ thử lùi"),
        (ProposedChange(road, delay=99_999), "Chỉ thử lùi"),
        (ProposedChange(road, not_before=date(9999, 12, 31)), "Năm 9999"),
        (ProposedChange(road, duration=99_999), "thời lượng"),
        (ProposedChange(road, progress=120), "tiến độ"),
    ):
        with pytest.raises(Refused, match=words):
            preview(cast.district, TODAY, [change])
    with pytest.raises(LookupError):
        preview(cast.district, TODAY, [ProposedChange(999_999, delay=1)])


def test_states_come_from_facts(cast: Cast):
    late = planned(cast, "Trễ hạn", due_on=TODAY - timedelta(days=3))
    blocked = planned(cast, "Chờ", 5, late)
    running = planned(cast, "Đang làm")
    who = acting(cast, cast.tuan)
    record_progress(**who, task=running, seen_version=1, told=Told(60, MONDAY - timedelta(days=7)))
    plan = plan_now(cast)
    assert (plan.by_pk[late.pk].state, plan.by_pk[late.pk].is_late) == (Status.LATE, True)
    assert (plan.by_pk[blocked.pk].state, plan.by_pk[blocked.pk].blocked_by) == (Status.BLOCKED, (late.pk,))
    assert (plan.by_pk[running.pk].state, plan.by_pk[running.pk].finish) == (Status.RUNNING, date(2023, 10, 17))


def test_the_overview_reads_one_sentence(cast: Cast, network: dict[str, Task]):
    found = deciding(cast.district, TODAY)
    assert found is not None and [task.pk for task in found.chain] == list(found.end.chain)
    assert found.sentence == (
        "Đường găng đến “Huyện về đích”: 22/12/2023, sớm 5 ngày làm việc so với 31/12/2023; "
        "bước kế tiếp: “Làm đường Kỳ Phú” (xã Kỳ Phú) – UBND xã Kỳ Phú đang giữ."
    )
    assert deciding(cast.next_district, TODAY) is None


def test_everybody_finds_what_they_have_to_do_the_most_urgent_first(cast: Cast, network: dict[str, Task]):
    late = planned(cast, "Trễ", 5, due_on=TODAY, department=cast.departments["bhxh"])
    calm = planned(cast, "Không gấp", 90, department=cast.departments["bhxh"])
    own = planned(cast, "Đi cơ sở", 1, by=cast.dung, level=PlanLevel.PERSONAL, responsible=cast.dung)
    found = {
        name: [task.pk for task in tasks_for(cast.standing(getattr(cast, name)), TODAY)]
        for name in ("hoa", "lan", "minh", "dung", "hung", "quan", "binh")
    }
    assert found["hoa"] == [late.pk, calm.pk] and found["dung"] == [own.pk]
    assert found["lan"] == [network["road"].pk] and found["minh"] == [network["water"].pk]
    assert found["hung"] == found["quan"] == found["binh"] == []
    office = [task.pk for task in tasks_for(cast.standing(cast.tuan), TODAY)]
    assert office == [], "a milestone is nobody's work before its turn"
    record_progress(**acting(cast, cast.lan), task=network["road"], seen_version=1, told=Told(100))
    assert network["phu"].pk in [task.pk for task in tasks_for(cast.standing(cast.tuan), TODAY)]


def test_what_was_withdrawn_is_not_in_the_plan(cast: Cast, network: dict[str, Task]):
    withdraw_task(**acting(cast, cast.tuan), task=network["water"], seen_version=1, reason="Đã có")
    plan = plan_now(cast)
    assert network["water"].pk not in plan.by_pk and plan.by_pk[network["chau"].pk].finish == MONDAY


def test_a_day_that_somebody_else_wrote_wrongly_breaks_no_page(cast: Cast):
    row = planned(cast)
    Task.objects.filter(pk=row.pk).update(due_on=date(9999, 12, 31), not_before=date(1023, 10, 1))
    assert in_plan(cast, row).start == MONDAY


def test_an_empty_plan_is_a_plan(cast: Cast):
    plan = plan_now(cast)
    assert isinstance(plan, Plan) and plan.tasks == plan.ends == [] and plan.district_end is None
    assert not plan.is_working(TODAY) and plan.is_working(MONDAY)


def test_the_number_of_questions_does_not_grow_with_the_plan(
    cast: Cast, network: dict[str, Task], django_assert_max_num_queries
):
    plan_now(cast)  # the rulebooks are read once
    with django_assert_max_num_queries(8) as few:
        plan_of(cast.district, TODAY)
    for number in range(30):
        planned(cast, f"Việc {number}", 5, network["road"], responsible=cast.tuan)
    with django_assert_max_num_queries(len(few)):
        plan_of(cast.district, TODAY)
    with django_assert_max_num_queries(8):
        preview(cast.district, TODAY, [ProposedChange(network["road"].pk, delay=3)])
