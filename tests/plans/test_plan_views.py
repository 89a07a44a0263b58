"""/ke-hoach/ as people meet it: the path on the page, a delay tried before it is saved, tasks of one's own."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from openpyxl import load_workbook

from accounts.models import HistoryEntry
from criteria.rules.vocabulary import Tier
from plans.models import Task
from plans.rules.vocabulary import PlanLevel
from tests.makers import YEAR, Cast, make_cast, signed_in
from tests.plans.planning import planned

pytestmark = pytest.mark.django_db
GOAL = {"goal_tier": Tier.STANDARD, "goal_year": YEAR}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def road(cast: Cast) -> Task:
    """Fifty days of work in Kỳ Phú decide the district's day; ten days in Kỳ Châu have time."""
    phu, chau = ({"unit": unit, "level": PlanLevel.COMMUNE} for unit in (cast.ky_phu, cast.ky_chau))
    long = planned(cast, "Làm đường Kỳ Phú", 50, subject="2.1", family="xa-ntm-2021-2025", **phu)
    short = planned(cast, "Nước sạch Kỳ Châu", 10, subject="17.1", family="xa-ntm-2021-2025", **chau)
    first = planned(cast, "Kỳ Phú về đích", 0, long, unit=cast.ky_phu, **GOAL)
    second = planned(cast, "Kỳ Châu về đích", 0, short, unit=cast.ky_chau, **GOAL)
    planned(cast, "Huyện về đích", 0, first, second, **GOAL)
    return long


def text_of(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_an_empty_plan_says_how_to_begin_and_to_whom(cast: Cast):
    assert "/ke-hoach/viec/moi/" in text_of(signed_in(cast.tuan).get("/ke-hoach/"))
    page = signed_in(cast.quan).get("/ke-hoach/")
    assert page.status_code == 200 and "/ke-hoach/viec/moi/" not in text_of(page)


def test_the_path_names_what_holds_the_day_and_leaves_out_what_has_time(cast: Cast, road: Task):
    page = text_of(signed_in(cast.hung).get("/ke-hoach/?gang=1&cap=xa"))
    assert "Làm đường Kỳ Phú" in page and "Nước sạch Kỳ Châu" not in page and "găng" in page
    assert "<svg" in page and 'role="img"' in page


def test_the_workbook_says_what_the_page_says(cast: Cast, road: Task):
    answer = signed_in(cast.hung).get("/ke-hoach/excel/?gang=1&cap=xa")
    rows = load_workbook(BytesIO(answer.getvalue())).active.iter_rows(values_only=True)
    said = [cell for row in rows for cell in row]
    assert "Làm đường Kỳ Phú" in said and "Nước sạch Kỳ Châu" not in said


def test_a_delay_is_seen_before_anything_is_written(cast: Cast, road: Task):
    page = text_of(signed_in(cast.tuan).get("/ke-hoach/thu/", {"viec": f"#{road.pk}", "lui": "30"}))
    assert "Huyện về đích" in page and "Kỳ Phú" in page
    road.refresh_from_db()
    assert road.version == 1 and road.not_before is None


def test_a_delay_that_is_kept_has_its_reason_and_its_history(cast: Cast, road: Task):
    client, tried = signed_in(cast.tuan), {"viec": f"#{road.pk}", "lui": "30", "phien-ban": "1"}
    kept = client.post("/ke-hoach/thu/", {**tried, "ly-do": "Chờ vốn"})
    assert kept.status_code == 302 and kept["Location"] == f"/ke-hoach/viec/{road.pk}/"
    road.refresh_from_db()
    assert road.version == 2
    assert "Chờ vốn" in HistoryEntry.objects.latest("number").sentence
    again = client.post("/ke-hoach/thu/", {**tried, "ly-do": "Chờ vốn"})
    assert again.status_code == 409, "somebody has changed the task since this page was opened"


def test_whose_task_it_is_not_changes_nothing(cast: Cast, road: Task):
    for person in (cast.minh, cast.hung, cast.quan):
        tried = {"viec": f"#{road.pk}", "lui": "30", "phien-ban": "1", "ly-do": "x"}
        assert signed_in(person).post("/ke-hoach/thu/", tried).status_code in (403, 404, 422)
    road.refresh_from_db()
    assert road.version == 1
    assert signed_in(cast.binh).get(f"/ke-hoach/viec/{road.pk}/").status_code == 404


def test_a_commune_adds_a_task_of_its_own_and_none_of_its_neighbours(cast: Cast, road: Task):
    client = signed_in(cast.lan)
    typed = {
        "ten": "Trồng cây ven đường", "cap": "commune", "don-vi": "ky-phu", "thoi-gian": "5", "loai-ngay": "working",
        "truoc": f"#{road.pk}", "kieu": "FS", "tre": "",
    }  # fmt: skip
    refused = client.post("/ke-hoach/viec/moi/", {**typed, "don-vi": "ky-chau"})
    assert refused.status_code in (403, 422) and not Task.objects.filter(title="Trồng cây ven đường").exists()
    assert client.post("/ke-hoach/viec/moi/", typed).status_code == 302
    row = Task.objects.get(title="Trồng cây ven đường")
    assert row.unit == cast.ky_phu and [link.before_id for link in row.links_in.all()] == [road.pk]
    assert "Làm đường Kỳ Phú" in text_of(client.get(f"/ke-hoach/viec/{row.pk}/"))


def test_a_circle_is_refused_with_the_tasks_it_runs_through(cast: Cast, road: Task):
    last = planned(cast, "Trồng cây", 5, road, unit=cast.ky_phu, level=PlanLevel.COMMUNE)
    typed = {
        "ten": road.title, "cap": "commune", "don-vi": "ky-phu", "thoi-gian": "50", "loai-ngay": "working",
        "truoc": f"#{last.pk}", "kieu": "FS", "tre": "", "phien-ban": "1", "phuc-vu": "xa-ntm-2021-2025 2.1",
    }  # fmt: skip
    answer = signed_in(cast.tuan).post(f"/ke-hoach/viec/{road.pk}/sua/", typed)
    page = text_of(answer)
    assert answer.status_code == 422 and "vòng" in page and "Trồng cây" in page
    assert not road.links_in.exists()
