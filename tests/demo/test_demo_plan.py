"""The demo's plan, directive and teams: the article of 16/4/2022, as far as its working day."""

from __future__ import annotations

from collections import Counter

import pytest

from communes.models import Unit
from communes.queries.people import standing_of
from communes.queries.teams import teams_of
from criteria.rules.vocabulary import Tier
from ntm_tracker.demo.build import Built
from ntm_tracker.demo.directives import ITEMS
from ntm_tracker.demo.places import DISTRICT_CODE, WORKING_DAY
from ntm_tracker.demo.plan import BASELINE, FRAME, OWN_TASKS
from plans.models import Baseline, Directive, Task
from plans.queries.directives import directives_for
from plans.queries.plan import deciding, plan_of, tasks_for
from plans.rules.vocabulary import ItemState, PlanLevel

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.fixture
def district(demo: Built) -> Unit:
    return Unit.objects.get(code=DISTRICT_CODE)


@pytest.mark.slow
def test_the_plan_of_the_article_has_one_path_to_the_districts_day(district: Unit):
    plan = plan_of(district, WORKING_DAY)
    titles = " ".join(task.title for task in plan.tasks)
    for words in (
        "quy hoạch xây dựng vùng huyện", "100 giường bệnh", "Trung tâm Văn hóa - Truyền thông", "cụm công nghiệp",
        "vùng nguyên liệu tập trung", "chất thải rắn", "cấp nước sạch tập trung", "đường huyện",
    ):  # fmt: skip
        assert words in titles
    assert all(task.is_illustrative for task in plan.tasks)
    tiers = Counter(end.tier for end in plan.ends if end.unit_code != DISTRICT_CODE)
    assert tiers[Tier.ADVANCED] >= 3 and tiers[Tier.MODEL] == 3
    found = deciding(district, WORKING_DAY)
    assert found is not None and found.days_late > 0 and found.next_step is not None
    assert any(task.unit_code != DISTRICT_CODE for task in found.chain), "the district waits for a commune"


@pytest.mark.slow
def test_the_frame_is_compared_with_what_was_planned_in_april_2022(district: Unit):
    assert Baseline.objects.get().name == BASELINE
    plan = plan_of(district, WORKING_DAY)
    frame = [task for task in plan.tasks if task.title in {row.title for row in FRAME}]
    assert len(frame) == len(FRAME) and all(task.drift is not None for task in frame)
    assert any(task.is_done for task in frame) and any(not task.is_done and task.is_late for task in frame)


@pytest.mark.slow
def test_the_conclusion_is_followed_up_to_the_working_day(demo: Built):
    assert Directive.objects.get().is_illustrative
    office = Task.objects.filter(level=PlanLevel.DISTRICT.value).first().by
    (row,) = directives_for(standing_of(office, WORKING_DAY), WORKING_DAY)
    states = Counter(item.state for item in row.items)
    assert len({item.position for item in row.items}) == len(ITEMS)
    assert set(states) == {ItemState.DONE, ItemState.LATE, ItemState.OPEN, ItemState.REPORTED}
    assert any(item.task for item in row.items), "an item stands in the plan"


@pytest.mark.slow
def test_every_commune_is_followed_by_a_team_whose_head_has_a_plan_of_their_own(district: Unit):
    found = teams_of(district, WORKING_DAY)
    assert len(found.teams) == 5 and not found.loose and all(team.head for team in found.teams)
    head = Task.objects.filter(level=PlanLevel.PERSONAL.value).first().responsible
    mine = tasks_for(standing_of(head, WORKING_DAY), WORKING_DAY)
    assert {row[0] for row in OWN_TASKS} <= {task.title for task in mine}
