"""From what is unmet now to a plan: the standard chain of a commune and of the district."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import HistoryEntry, Notice, Person
from communes.models import CountTarget, Recognition, Unit
from communes.rules.workflow import Stage
from criteria.policies import Refused
from criteria.rules.judging import legal_minimum_count
from criteria.rules.vocabulary import Level, Tier
from plans.actions.chains import StaleStep, StepFields, change_step
from plans.actions.generating import Generated, generate
from plans.models import ChainStep, Task, TaskLink
from plans.queries.chain_steps import chain_of
from plans.queries.chains import would_generate
from plans.queries.goals import goals_of
from plans.queries.plan import plan_of
from plans.rules.network import DayKind
from tests.makers import HEALTH_INSURANCE, HUYEN, TODAY, XA, XA_NC, YEAR, Cast, make_cast, stated
from tests.plans.planning import acting

pytestmark = pytest.mark.django_db
INSURED = "15.1"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def made(cast: Cast, unit: Unit, tier: Tier = Tier.STANDARD, by: Person | None = None, **more: object) -> Generated:
    return generate(**acting(cast, by or cast.tuan), unit=unit, tier=tier, year=YEAR, **more)


def steps_of(unit: Unit, step: str) -> dict[str, Task]:
    return {task.subject: task for task in Task.objects.filter(unit=unit, step=step)}


def recognise(unit: Unit, family: str = XA, tier: Tier = Tier.STANDARD) -> Recognition:
    return Recognition.objects.create(
        unit=unit, family=family, tier=tier.value, year=YEAR, decision="123/QĐ-UBND", decided_on=date(2023, 9, 1)
    )


# ---------- a commune ----------


def test_every_unmet_indicator_becomes_work_and_papers_then_the_procedure_of_the_law(cast: Cast):
    result = made(cast, cast.ky_phu)
    work, papers = steps_of(cast.ky_phu, "work"), steps_of(cast.ky_phu, "evidence")
    assert work.keys() == papers.keys() and len(work) > 30
    assert all(task.department_id and task.level == "commune" for task in work.values())
    assert papers[next(iter(papers))].actor == "UBND xã"
    assert result.goal is not None and result.goal.title == (
        "Xã Kỳ Phú được công nhận đạt chuẩn nông thôn mới năm 2023"
    )
    publication = Task.objects.get(unit=cast.ky_phu, step="consult_commune")
    assert (publication.duration, publication.days) == (15, DayKind.CALENDAR.value)
    plan = plan_of(cast.district, TODAY)
    (end,) = plan.ends
    chain = plan.chain_of(end)
    assert [task.step for task in chain[:4]] == ["work", "evidence", "self_assess", "consult_commune"]
    assert chain[-1].pk == end.pk and end.next_step == chain[0] and end.is_late


def test_what_the_commune_claims_needs_papers_and_what_is_approved_needs_nothing(cast: Cast):
    stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan)
    made(cast, cast.ky_phu)
    assert INSURED in steps_of(cast.ky_phu, "evidence") and INSURED not in steps_of(cast.ky_phu, "work")
    stated(cast, HEALTH_INSURANCE, "96,4", by=cast.minh, unit=cast.ky_chau, until=Stage.APPROVED)
    made(cast, cast.ky_chau)
    assert INSURED not in steps_of(cast.ky_chau, "evidence")


def test_generating_twice_makes_nothing_twice(cast: Cast):
    first = made(cast, cast.ky_phu)
    before = TaskLink.objects.count()
    TaskLink.objects.filter(after__step="commune_meeting").delete()  # the office cut it on purpose
    again = made(cast, cast.ky_phu)
    assert first.made > 60 and (again.made, again.linked) == (0, 0)
    assert Task.objects.count() == first.made and TaskLink.objects.count() == before - 1
    assert HistoryEntry.objects.filter(act="plan.generate").count() == 1


def test_the_preview_says_what_is_made_and_writes_nothing(cast: Cast):
    shown = would_generate(cast.ky_phu, Tier.STANDARD, YEAR, TODAY)
    assert not Task.objects.exists() and not ChainStep.objects.exists()
    result = made(cast, cast.ky_phu)
    assert len(shown.new) == result.made and shown.unmet > 30 and not shown.claimed
    after = would_generate(cast.ky_phu, Tier.STANDARD, YEAR, TODAY)
    assert (len(after.new), len(after.existing), after.no_longer) == (0, result.made, ())


def test_what_became_met_meanwhile_is_proposed_for_closing(cast: Cast):
    made(cast, cast.ky_phu)
    stated(cast, HEALTH_INSURANCE, "96,4", by=cast.lan, until=Stage.APPROVED)
    shown = would_generate(cast.ky_phu, Tier.STANDARD, YEAR, TODAY)
    assert {(task.step, task.subject) for task in shown.no_longer} == {("work", INSURED), ("evidence", INSURED)}
    result = made(cast, cast.ky_phu, close=[task.pk for task in shown.no_longer])
    assert result.closed == 2 and not result.made
    work = steps_of(cast.ky_phu, "work")[INSURED]
    assert (work.finished_on, work.progress) == (TODAY, 100)
    with pytest.raises(Refused, match="đã thay đổi từ lúc xem trước"):
        made(cast, cast.ky_phu, close=[steps_of(cast.ky_phu, "work")["17.1"].pk])


def test_a_recognised_commune_gets_no_plan_but_its_tasks_may_be_closed(cast: Cast):
    made(cast, cast.ky_phu)
    recognise(cast.ky_phu)
    shown = would_generate(cast.ky_phu, Tier.STANDARD, YEAR, TODAY)
    assert shown.recognised and not shown.new and len(shown.no_longer) == Task.objects.count()
    with pytest.raises(Refused, match="đã được công nhận"):
        made(cast, cast.ky_phu)
    made(cast, cast.ky_phu, close=[task.pk for task in shown.no_longer])
    assert plan_of(cast.district, TODAY).ends[0].is_reached


def test_a_higher_tier_takes_the_lower_ones_work_along_or_waits_for_its_plan(cast: Cast):
    made(cast, cast.ky_phu, Tier.ADVANCED)
    assert {task.family for task in steps_of(cast.ky_phu, "work").values()} == {XA, XA_NC}
    standard = made(cast, cast.ky_chau, Tier.STANDARD).goal
    made(cast, cast.ky_chau, Tier.ADVANCED)
    first = Task.objects.get(unit=cast.ky_chau, step="self_assess", family=XA_NC)
    assert TaskLink.objects.filter(before=standard, after=first).exists()


def test_who_is_given_work_is_told_once_with_the_number(cast: Cast):
    made(cast, cast.ky_phu)
    papers = Task.objects.filter(unit=cast.ky_phu, actor="UBND xã").count()
    assert f"{papers} việc trong kế hoạch được giao" in {row.sentence for row in Notice.objects.filter(person=cast.lan)}
    assert Notice.objects.filter(person=cast.hoa, kind="task").count() == 1
    assert not Notice.objects.filter(person=cast.minh).exists()


def test_a_commune_generates_its_own_plan_and_nobody_elses(cast: Cast):
    made(cast, cast.ky_phu, by=cast.lan)
    for person in (cast.minh, cast.hoa, cast.hung, cast.dung, cast.quan, cast.binh):
        with pytest.raises(Refused, match="sinh kế hoạch"):
            made(cast, cast.ky_phu, by=person)
    with pytest.raises(Refused, match="sinh kế hoạch"):
        made(cast, cast.district, by=cast.lan)


# ---------- the district ----------


def test_the_districts_day_waits_for_as_many_communes_as_the_law_and_its_target_ask(cast: Cast):
    CountTarget.objects.create(unit=cast.district, year=YEAR, tier="advanced", low=2, high=2)
    for unit in (cast.ky_phu, cast.ky_chau):
        recognise(unit)
        made(cast, unit, Tier.ADVANCED)
    result = made(cast, cast.district)
    law = Task.objects.get(step="communes", subject="communes_nang_cao")
    own = Task.objects.get(step="own_communes")
    minimum = cast.books.book(HUYEN).conditions[1].minimum
    assert minimum is not None and law.at_least == legal_minimum_count(minimum, 2) == 1
    assert (law.links_in.count(), own.links_in.count(), own.at_least, result.problems) == (2, 2, None, ())
    assert not Task.objects.filter(step="communes", subject="all_communes_ntm").exists(), "the law's 100 % are there"
    plan = plan_of(cast.district, TODAY)
    assert plan.minimum_end is not None and plan.district_end is not None
    assert plan.minimum_end.title == "Huyện Kỳ Anh được công nhận đạt chuẩn nông thôn mới năm 2023"
    assert plan.district_end.title == "Huyện Kỳ Anh đạt mục tiêu năm 2023"
    assert plan.seen_from == (plan.district_end.pk,)
    assert plan.minimum_end.finish <= plan.district_end.finish


def test_a_target_without_enough_plans_stands_at_the_end_of_the_year_and_says_so(cast: Cast):
    CountTarget.objects.create(unit=cast.district, year=YEAR, tier="advanced", low=2, high=2)
    recognise(cast.ky_phu)
    recognise(cast.ky_chau)
    result = made(cast, cast.district)
    own = Task.objects.get(step="own_communes")
    assert own.not_before == date(YEAR, 12, 31) and "Thiếu kế hoạch của 2 xã" in own.note
    assert any("Thiếu kế hoạch của 2 xã" in words for words in result.problems)
    made(cast, cast.ky_phu, Tier.ADVANCED)
    own.refresh_from_db()
    assert "Thiếu kế hoạch của 1 xã" in own.note and own.links_in.count() == 1
    made(cast, cast.ky_chau, Tier.ADVANCED)
    own.refresh_from_db()
    assert (own.not_before, own.at_least, own.links_in.count()) == (None, None, 2)
    recognise(cast.ky_chau, XA_NC, Tier.ADVANCED)
    made(cast, cast.district)
    own.refresh_from_db()
    assert (own.links_in.count(), own.at_least) == (1, None), "one is there, the other still planned"


def test_generating_asks_the_same_number_of_questions_however_many_communes(cast: Cast, django_assert_max_num_queries):
    made(cast, cast.ky_phu)
    with django_assert_max_num_queries(30):
        would_generate(cast.ky_phu, Tier.STANDARD, YEAR, TODAY)
    with django_assert_max_num_queries(8):
        plan_of(cast.district, TODAY)


def test_choices_begin_with_the_district_and_what_the_roadmap_wants(cast: Cast):
    CountTarget.objects.create(unit=cast.district, year=YEAR, tier="advanced", low=1, high=2)
    cast.ky_chau.targets.create(year=YEAR + 1, tier="advanced")
    made(cast, cast.ky_chau, Tier.ADVANCED)
    recognise(cast.ky_phu)
    goals = goals_of(cast.district, TODAY)
    assert [(goal.unit, goal.tier, goal.year, goal.is_target) for goal in goals] == [
        (cast.district, Tier.STANDARD, YEAR, True), (cast.ky_chau, Tier.ADVANCED, YEAR + 1, True),
        (cast.ky_phu, Tier.ADVANCED, YEAR, False),
    ]  # fmt: skip
    assert [goal.has_chain for goal in goals] == [False, False, False]
    made(cast, cast.district)
    made(cast, cast.ky_phu, Tier.ADVANCED)
    recognise(cast.ky_phu, XA_NC, Tier.ADVANCED)
    goals = goals_of(cast.district, TODAY)
    assert [(goal.unit, goal.tier, goal.has_chain, goal.is_reached) for goal in goals] == [
        (cast.district, Tier.STANDARD, True, False), (cast.ky_phu, Tier.ADVANCED, True, True),
        (cast.ky_chau, Tier.ADVANCED, False, False), (cast.ky_phu, Tier.MODEL, False, False),
    ]  # fmt: skip


# ---------- the template ----------


def fields(row: ChainStep, **more: object) -> StepFields:
    said = {"name": row.name, "duration": row.duration, "days": DayKind(row.days), "actor": row.actor,
            "department": row.department, "waits_for": tuple(row.waits_for), "is_used": row.is_used}  # fmt: skip
    return StepFields(**{**said, **more})


def change(cast: Cast, code: str, by: Person | None = None, seen: int = 1, **more: object) -> ChainStep:
    row = next(step for step in chain_of(cast.district, Level.COMMUNE) if step.code == code)
    who = acting(cast, by or cast.tuan)
    return change_step(
        **who, district=cast.district, level=Level.COMMUNE, code=code, seen_version=seen, fields=fields(row, **more)
    )


def test_the_office_edits_the_template_and_new_plans_follow_it(cast: Cast):
    change(cast, "commune_meeting", duration=9, is_estimate=False)
    change(cast, "consult_district", is_used=False)
    made(cast, cast.ky_phu)
    assert Task.objects.get(step="commune_meeting").duration == 9
    assert not Task.objects.filter(step="consult_district").exists()
    before = Task.objects.get(step="submit_province").links_in.values_list("before__step", flat=True)
    assert set(before) == {"district_verify", "satisfaction_survey"}, "what is left out is passed through"
    sentence = HistoryEntry.objects.filter(act="plan.chain").order_by("-number")[0].sentence
    assert "đang dùng có → không" in sentence


def test_a_template_that_makes_no_chain_is_refused(cast: Cast):
    for code, more, words in (
        ("self_assess", {"waits_for": ("decision",)}, "vòng tròn"),
        ("self_assess", {"waits_for": ("nowhere",)}, "không có trong quy trình"),
        ("goal", {"is_used": False}, "là mốc của quy trình"),
        ("decision", {"duration": 0}, "cần ít nhất 1 ngày"),
        ("decision", {"name": " "}, "chưa có tên"),
    ):
        with pytest.raises(Refused, match=words):
            change(cast, code, **more)
    with pytest.raises(Refused, match="Chỉ Văn phòng"):
        change(cast, "decision", by=cast.lan, duration=3)


def test_two_officers_who_edit_one_step_do_not_overwrite_each_other(cast: Cast):
    change(cast, "decision", duration=3)
    with pytest.raises(StaleStep) as stale:
        change(cast, "decision", by=cast.mai, duration=8)
    assert stale.value.current.duration == 3
    assert change(cast, "decision", by=cast.mai, seen=2, duration=8).version == 3
