"""Acts on the plan: who may, what is refused, what is remembered, who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from accounts.models import HistoryEntry, Notice, Person
from criteria.policies import Refused
from criteria.rules.vocabulary import Tier
from plans.actions import planning
from plans.actions.baselines import take_baseline
from plans.actions.calendar import drop_own_day, put_own_day
from plans.actions.generating import generate
from plans.actions.planning import (
    Stale,
    Told,
    WantedLink,
    apply_changes,
    change_task,
    create_task,
    fields_of,
    finish_task,
    put_links,
    record_progress,
    start_task,
    withdraw_task,
)
from plans.models import Baseline, OwnDay, Task, TaskLink
from plans.queries.baselines import baselines_of, finishes_in
from plans.queries.plan import ProposedChange
from plans.queries.tasks import task_seen_by
from plans.rules.network import LinkKind
from plans.rules.vocabulary import PlanLevel
from tests.makers import TODAY, Cast, make_cast
from tests.plans.planning import acting, fields, in_plan, planned, waits

pytestmark = pytest.mark.django_db
OWN = PlanLevel.PERSONAL


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def acts() -> list[str]:
    return [row.act for row in HistoryEntry.objects.filter(act__startswith="plan.").order_by("number")]


def told(person: Person) -> list[str]:
    return [row.sentence for row in Notice.objects.filter(person=person, kind="task")]


# ---------- put in ----------


def test_the_office_puts_a_task_into_the_plan_and_who_has_it_in_hand_is_told(cast: Cast):
    row = planned(cast, department=cast.departments["bhxh"])
    assert (row.version, row.by, row.unit) == (1, cast.tuan, cast.district)
    assert told(cast.hoa) == ["Được giao trong kế hoạch của huyện Kỳ Anh: “Lập quy hoạch vùng huyện”."]
    planned(cast, "Cấp nước sạch tập trung", department=cast.departments["bhxh"])
    assert told(cast.mai) == [], "nobody else"
    entry = HistoryEntry.objects.get(number=HistoryEntry.objects.latest("number").number)
    assert entry.act == "plan.create" and entry.unit_code == "447" and "Cấp nước sạch" in entry.sentence


def test_a_commune_plans_for_itself_and_for_nobody_else(cast: Cast):
    mine = {"unit": cast.ky_phu, "level": PlanLevel.COMMUNE}
    assert planned(cast, "Cứng hóa đường thôn", 20, by=cast.lan, **mine).unit == cast.ky_phu
    for more in (
        {"unit": cast.ky_chau, "level": PlanLevel.COMMUNE},
        {"unit": cast.district, "level": PlanLevel.DISTRICT},
        {"unit": cast.ky_phu, "level": PlanLevel.DISTRICT},
    ):
        with pytest.raises(Refused, match="Xã chỉ lập kế hoạch của xã mình"):
            planned(cast, "Việc khác", 5, by=cast.lan, **more)
    for person in (cast.hoa, cast.hung, cast.dung, cast.quan, cast.binh):
        with pytest.raises(Refused, match="Chỉ Văn phòng"):
            planned(cast, by=person)


def test_a_commune_cannot_move_the_steps_that_the_district_does_there(cast: Cast):
    step = planned(cast, "Thẩm tra hồ sơ", 10, unit=cast.ky_phu, level=PlanLevel.DISTRICT)
    with pytest.raises(Refused, match="Xã chỉ lập kế hoạch của xã mình"):
        change_task(**acting(cast, cast.lan), task=step, seen_version=1, fields=fields(cast, duration=1))
    own = planned(cast, "Việc của xã", 5, by=cast.lan, unit=cast.ky_phu, level=PlanLevel.COMMUNE)
    given = fields(cast, "Việc của xã", unit=cast.ky_phu, level=PlanLevel.DISTRICT)
    with pytest.raises(Refused, match="Xã chỉ lập"):
        change_task(**acting(cast, cast.lan), task=own, seen_version=1, fields=given)


def test_recognitions_are_set_by_the_office(cast: Cast):
    goal = {"goal_tier": Tier.ADVANCED, "goal_year": 2023, "unit": cast.ky_phu, "level": PlanLevel.COMMUNE}
    with pytest.raises(Refused, match="Xã chỉ lập kế hoạch"):
        planned(cast, "Xã Kỳ Phú nâng cao", 0, by=cast.lan, **goal)
    assert planned(cast, "Xã Kỳ Phú nâng cao", 0, **goal).goal_year == 2023


def test_a_generated_task_stays_what_it_serves(cast: Cast):
    generate(**acting(cast, cast.tuan), unit=cast.ky_phu, tier=Tier.STANDARD, year=2023)
    row = Task.objects.filter(step="work").order_by("pk")[0]
    given = replace(fields_of(row), duration=12)
    change_task(**acting(cast, cast.tuan), task=row, seen_version=1, fields=given)
    with pytest.raises(Refused, match="giữ nguyên đơn vị, chỉ tiêu"):
        more = replace(given, subject="17.1")
        change_task(**acting(cast, cast.tuan), task=row, seen_version=2, fields=more)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"title": "  "}, "Ghi tên việc"),
        ({"title": "a" * 301}, "Tên việc dài quá 300"),
        ({"duration": -1}, "Thời gian làm phải từ 0"),
        ({"duration": 10_001}, "Thời gian làm phải từ 0"),
        ({"goal_tier": Tier.STANDARD, "goal_year": 2023}, "thời gian bằng 0"),
        ({"goal_tier": Tier.STANDARD, "duration": 0}, "năm mục tiêu"),
        ({"at_least": 2}, "chỉ đặt cho mốc"),
        ({"at_least": 2, "duration": 0}, "số việc trước cần đạt"),
        ({"level": PlanLevel.COMMUNE}, "cần chọn một xã"),
        ({"subject": "17.1"}, "Chọn bộ tiêu chí"),
        ({"due_on": date(9999, 12, 31)}, "Năm 9999 không hợp lệ"),
        ({"not_before": date(203, 1, 1)}, "Năm 203 không hợp lệ"),
        ({"goal_year": 20_231}, "Năm mục tiêu từ 2000"),
    ],
)
def test_what_is_written_down_can_be_scheduled(cast: Cast, more: dict[str, object], sentence: str):
    with pytest.raises(Refused, match=sentence):
        create_task(**acting(cast, cast.tuan), district=cast.district, fields=fields(cast, **more))
    assert not Task.objects.exists() and not acts()


def test_only_people_and_departments_of_the_place_are_named(cast: Cast):
    for more in ({"responsible": cast.binh}, {"unit": cast.next_commune}, {"responsible": cast.minh}):
        with pytest.raises(Refused, match="không phải cán bộ|không thuộc huyện"):
            planned(cast, **more)
    assert planned(cast, unit=cast.ky_chau, level=PlanLevel.COMMUNE, responsible=cast.minh).responsible == cast.minh


# ---------- linked ----------


def test_a_circle_is_refused_and_named_by_its_tasks(cast: Cast):
    plan = planned(cast, "Quy hoạch")
    land = planned(cast, "Giải phóng mặt bằng", 5, plan)
    road = planned(cast, "Làm đường", 5, land)
    with pytest.raises(Refused) as refused:
        put_links(**acting(cast, cast.tuan), task=plan, seen_version=1, links=waits(road))
    assert str(refused.value) == (
        "Không ghi được: các việc chờ nhau thành vòng tròn "
        "“Quy hoạch” → “Giải phóng mặt bằng” → “Làm đường” → “Quy hoạch”."
    )
    plan.refresh_from_db()
    assert plan.version == 1 and not TaskLink.objects.filter(after=plan).exists()


def test_without_holding_the_network_against_the_rules_the_circle_would_be_saved(cast: Cast, monkeypatch):
    """Positive control."""
    monkeypatch.setattr(planning, "check_network", lambda district: None)
    plan = planned(cast, "Quy hoạch")
    road = planned(cast, "Làm đường", 5, plan)
    put_links(**acting(cast, cast.tuan), task=plan, seen_version=1, links=waits(road))
    assert TaskLink.objects.count() == 2


def test_links_are_put_afresh_and_each_task_is_named_once(cast: Cast):
    first, second, last = planned(cast, "Một"), planned(cast, "Hai"), planned(cast, "Ba")
    who = acting(cast, cast.tuan)
    put_links(**who, task=last, seen_version=1, links=waits(first))
    row = put_links(**who, task=last, seen_version=2, links=waits(second, kind=LinkKind.SS, lag=3))
    assert row.version == 3
    assert [(x.before, x.kind, x.lag) for x in last.links_in.all()] == [(second, "SS", 3)]
    assert put_links(**who, task=last, seen_version=3, links=waits(second, kind=LinkKind.SS, lag=3)).version == 3
    for links, words in (
        (waits(first, first), "chỉ chọn một lần"),
        (waits(last), "không chờ chính nó"),
        (waits(first, lag=10_001), "Độ trễ nhiều nhất"),
        ([WantedLink(999_999)], "đang có trong kế hoạch"),
    ):
        with pytest.raises(Refused, match=words):
            put_links(**who, task=last, seen_version=3, links=links)


def test_no_link_leads_into_the_next_district(cast: Cast):
    theirs = create_task(
        **acting(cast, cast.binh), district=cast.next_district, fields=fields(cast, unit=cast.next_district)
    )
    ours = planned(cast)
    with pytest.raises(Refused, match="kế hoạch của huyện này"):
        put_links(**acting(cast, cast.tuan), task=ours, seen_version=1, links=waits(theirs))
    assert task_seen_by(cast.standing(cast.tuan), theirs.pk) is None
    assert task_seen_by(cast.standing(cast.lan), ours.pk) == ours


# ---------- changed ----------


def test_two_officers_who_change_one_task_do_not_overwrite_each_other(cast: Cast):
    row = planned(cast)
    change_task(**acting(cast, cast.tuan), task=row, seen_version=1, fields=fields(cast, duration=9))
    with pytest.raises(Stale) as stale:
        change_task(**acting(cast, cast.mai), task=row, seen_version=1, fields=fields(cast, duration=30))
    assert stale.value.current.duration == 9


def test_history_says_what_changed_and_why(cast: Cast):
    row = planned(cast)
    given = fields(cast, duration=9, department=cast.departments["bhxh"])
    change_task(**acting(cast, cast.tuan), task=row, seen_version=1, fields=given, reason="Mưa lũ")
    sentence = HistoryEntry.objects.get(act="plan.change").sentence
    assert "thời gian 5 ngày làm việc → 9 ngày làm việc" in sentence and "Lý do: Mưa lũ" in sentence
    assert len(told(cast.hoa)) == 1, "who has it in hand anew"
    row.refresh_from_db()
    assert change_task(**acting(cast, cast.tuan), task=row, seen_version=2, fields=fields_of(row)).version == 2


def test_a_withdrawn_task_lets_its_chain_hold_together(cast: Cast):
    first = planned(cast, "Một")
    middle = planned(cast, "Hai", 5, first)
    last = planned(cast, "Ba", 5, middle)
    who = acting(cast, cast.tuan)
    with pytest.raises(Refused, match="Ghi lý do"):
        withdraw_task(**who, task=middle, seen_version=1, reason=" ")
    withdraw_task(**who, task=middle, seen_version=1, reason="Không cần nữa")
    assert [link.before for link in last.links_in.filter(before__withdrawn_on=None)] == [first]
    assert in_plan(cast, last).start > in_plan(cast, first).finish
    middle.refresh_from_db()
    with pytest.raises(Refused, match="đã rút khỏi kế hoạch"):
        change_task(**who, task=middle, seen_version=2, fields=fields(cast))


def test_a_count_cannot_lose_the_tasks_that_it_needs(cast: Cast):
    one, two = planned(cast, "Một"), planned(cast, "Hai")
    planned(cast, "Hai xã", 0, one, two, at_least=2)
    with pytest.raises(Refused, match="số việc trước cần đạt"):
        withdraw_task(**acting(cast, cast.tuan), task=one, seen_version=1, reason="Bỏ")


# ---------- carried out ----------


def test_who_has_a_task_in_hand_reports_on_it_and_nobody_else(cast: Cast):
    row = planned(cast, department=cast.departments["bhxh"])
    start_task(**acting(cast, cast.hoa), task=row, seen_version=1)
    row.refresh_from_db()
    assert row.started_on == TODAY
    record_progress(**acting(cast, cast.tuan), task=row, seen_version=2, told=Told(40, TODAY))
    for person in (cast.lan, cast.dung, cast.hung, cast.quan, cast.binh):
        with pytest.raises(Refused, match="báo tiến độ"):
            finish_task(**acting(cast, person), task=row, seen_version=3)
    commune = planned(cast, "Việc của xã", unit=cast.ky_phu, level=PlanLevel.COMMUNE)
    assert finish_task(**acting(cast, cast.lan), task=commune, seen_version=1).finished_on == TODAY
    assert acts()[-1] == "plan.report"


def test_facts_are_made_whole_and_never_lie_ahead(cast: Cast):
    row, who = planned(cast), acting(cast, cast.tuan)
    tomorrow, before = TODAY + timedelta(days=1), TODAY - timedelta(days=3)
    for report, words in (
        (Told(50, tomorrow), "chưa đến"), (Told(100, TODAY, tomorrow), "chưa đến"),
        (Told(100, TODAY, before), "trước ngày bắt đầu"), (Told(101), "từ 0 đến 100"),
        (Told(10, date(23, 10, 1)), "Năm 23 không hợp lệ"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=words):
            record_progress(**who, task=row, seen_version=1, told=report)
    row = record_progress(**who, task=row, seen_version=1, told=Told(30))
    assert row.started_on == TODAY
    row = record_progress(**who, task=row, seen_version=2, told=Told(100, before))
    assert (row.progress, row.started_on, row.finished_on) == (100, before, TODAY)
    row = record_progress(**who, task=row, seen_version=3, told=Told(80, before))
    assert row.finished_on is None, "opened again"
    with pytest.raises(Stale):
        record_progress(**who, task=row, seen_version=3, told=Told(90, before))


def test_who_waited_only_for_this_task_is_told_that_it_can_begin(cast: Cast):
    first, other = planned(cast, "Một"), planned(cast, "Một nữa")
    bhxh = cast.departments["bhxh"]
    planned(cast, "Hai", 5, first, department=bhxh)
    planned(cast, "Ba", 5, first, other, department=bhxh)
    Notice.objects.all().delete()
    finish_task(**acting(cast, cast.tuan), task=first, seen_version=1)
    assert told(cast.hoa) == ["Đã có thể bắt đầu của huyện Kỳ Anh: “Hai”."]


def test_what_was_previewed_is_saved_with_its_reason(cast: Cast):
    row = planned(cast)
    planned(cast, "Sau đó", 5, row, department=cast.departments["bhxh"])
    Notice.objects.all().delete()
    who = {**acting(cast, cast.tuan), "district": cast.district}
    with pytest.raises(Refused, match="Ghi lý do"):
        apply_changes(**who, changes=[(ProposedChange(row.pk, delay=30), 1)], reason="")
    was = in_plan(cast, row).start
    apply_changes(**who, changes=[(ProposedChange(row.pk, delay=30), 1)], reason="Chờ vốn")
    assert in_plan(cast, row).start > was + timedelta(days=40)
    assert told(cast.hoa) == ["Kế hoạch đổi ngày của huyện Kỳ Anh: “Sau đó”."], "whose days it moved"
    assert "lùi 30 ngày làm việc. Lý do: Chờ vốn" in HistoryEntry.objects.get(act="plan.move").sentence
    with pytest.raises(Stale):
        apply_changes(**who, changes=[(ProposedChange(row.pk, duration=3), 1)], reason="Lại")
    with pytest.raises(Refused, match="Chỉ Văn phòng"):
        refused = {**acting(cast, cast.hoa), "district": cast.district}
        apply_changes(**refused, changes=[(ProposedChange(row.pk, duration=3), 2)], reason="Lại")


# ---------- one's own ----------


def test_a_personal_task_is_its_owners_alone(cast: Cast):
    mine = {"level": OWN, "responsible": cast.dung}
    row = planned(cast, "Làm việc với xã Kỳ Phú", 1, by=cast.dung, **mine)
    with pytest.raises(Refused, match="do chính người đó lập"):
        planned(cast, "Việc cho người khác", 1, by=cast.tuan, **mine)
    with pytest.raises(Refused, match="do chính người đó lập"):
        change_task(**acting(cast, cast.tuan), task=row, seen_version=1, fields=fields(cast, "Khác", **mine))
    with pytest.raises(Refused, match="do chính người đó lập"):
        change_task(
            **acting(cast, cast.dung), task=row, seen_version=1,
            fields=fields(cast, "Đẩy việc", level=OWN, responsible=cast.lan),
        )  # fmt: skip
    assert finish_task(**acting(cast, cast.dung), task=row, seen_version=1).progress == 100
    with pytest.raises(Refused, match="không có kế hoạch cá nhân"):
        planned(cast, "Việc của quản trị", 1, by=cast.quan, level=OWN, responsible=cast.quan)


def test_a_personal_task_hangs_on_what_concerns_its_owner(cast: Cast):
    given = planned(cast, "Theo dõi xã", responsible=cast.dung)
    mine = {"level": OWN, "responsible": cast.dung, "by": cast.dung}
    assert planned(cast, "Đi cơ sở", 1, parent=given, **mine).parent == given
    with pytest.raises(Refused, match="chỉ gắn với việc được giao cho mình"):
        planned(cast, "Đi cơ sở", 1, parent=planned(cast, "Việc khác"), **mine)


# ---------- calendar and baselines ----------


def test_the_offices_own_days_move_the_plan(cast: Cast):
    row, who = planned(cast, duration=1), {**acting(cast, cast.tuan), "district": cast.district}
    monday = date(2023, 10, 16)
    assert in_plan(cast, row).start == monday
    put_own_day(**who, day=monday, is_working=False, reason="Nghỉ bão")
    assert in_plan(cast, row).start == date(2023, 10, 17)
    put_own_day(**who, day=TODAY, is_working=True, reason="Làm bù chủ nhật")
    assert in_plan(cast, row).start == TODAY
    drop_own_day(**who, day=TODAY)
    assert OwnDay.objects.count() == 1 and acts().count("plan.own_day") == 3
    with pytest.raises(Refused, match="Ghi lý do"):
        put_own_day(**who, day=monday, is_working=False, reason=" ")
    with pytest.raises(Refused, match="Chỉ Văn phòng"):
        put_own_day(**{**who, **acting(cast, cast.lan)}, day=monday, is_working=False, reason="Nghỉ")


def test_a_baseline_keeps_what_was_planned_and_later_one_sees_how_far_it_moved(cast: Cast):
    row, who = planned(cast), {**acting(cast, cast.tuan), "district": cast.district}
    first = take_baseline(**who, name="Kế hoạch gốc 15/10/2023", reason="Hội nghị triển khai")
    apply_changes(**who, changes=[(ProposedChange(row.pk, delay=4), 1)], reason="Chờ vốn")
    shown = in_plan(cast, row)
    assert (shown.drift, shown.baseline_finish) == (4, finishes_in(first.pk)[row.pk])
    second = take_baseline(**who, name="Điều chỉnh", reason="Sau mưa lũ")
    assert in_plan(cast, row).drift == 0 and in_plan(cast, row, baseline=first.pk).drift == 4
    assert [(one.pk, one.tasks, one.is_newest) for one in baselines_of(cast.district)] == [
        (second.pk, 1, True), (first.pk, 1, False),
    ]  # fmt: skip
    for more, words in (
        ({"name": "điều chỉnh", "reason": "Lại"}, "Đã có kế hoạch gốc"), ({"name": "", "reason": "x"}, "Đặt tên"),
        ({"name": "Khác", "reason": ""}, "Ghi lý do"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=words):
            take_baseline(**who, **more)
    assert Baseline.objects.count() == 2
