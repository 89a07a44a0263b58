"""/phan-cong/: the office says who answers for what, from a day on; the past stays as it was; nobody is overwritten."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook

from accounts.models import HistoryEntry, Notice
from communes.actions import assigning
from communes.actions.assigning import Moved, assign
from communes.models import Assignment
from communes.policies import Refused
from communes.queries.assignments import assignment_board
from communes.queries.people import leads_of
from communes.rules.assigning import Wanted, assigned
from communes.rules.list_saves import AssignmentState
from criteria.queries import books_in_force
from tests.makers import HEALTH_INSURANCE, TODAY, XA, Cast, make_cast, signed_in

pytestmark = pytest.mark.django_db
BOARD, FORM = "/phan-cong/", "/phan-cong/sua/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def seen(*measures: str) -> dict[str, int]:
    rows = dict(Assignment.objects.filter(to_on=None).values_list("measure__code", "pk"))
    return {measure: rows.get(measure, 0) for measure in measures}


def given(cast: Cast, wanted: Wanted, *measures: str, by=None, from_on=TODAY) -> int:
    by = by or cast.tuan
    return assign(
        by=by, standing=cast.standing(by), district=cast.district, seen=seen(*measures), wanted=wanted, from_on=from_on,
        on=TODAY,
    )  # fmt: skip


def test_what_is_not_named_stays_and_who_leads_does_not_coordinate() -> None:
    before = AssignmentState("bhxh", ("ldtbxh", "yt"), "hoa")

    assert assigned(before, Wanted(lead="yt")) == AssignmentState("yt", ("ldtbxh",), "hoa")
    assert assigned(before, Wanted(others=frozenset({"ca"}), adds=True)).others == ("ca", "ldtbxh", "yt")
    assert assigned(before, Wanted(others=frozenset({"ca"}), responsible="")) == AssignmentState(
        "bhxh", ("ca",), ""
    )
    assert assigned(before, Wanted(ends=True)) is None
    assert assigned(None, Wanted(responsible="hoa")).lead == ""


def test_a_new_lead_begins_on_the_day_and_the_past_stays(cast: Cast) -> None:
    day = TODAY + timedelta(days=10)

    assert given(cast, Wanted(lead="yt", responsible="hoa"), HEALTH_INSURANCE, from_on=day) == 1

    assert leads_of(cast.district, TODAY).of(HEALTH_INSURANCE).code == "bhxh"
    assert leads_of(cast.district, day - timedelta(days=1)).of(HEALTH_INSURANCE).code == "bhxh"
    after = leads_of(cast.district, day).of(HEALTH_INSURANCE)
    assert (after.code, after.person) == ("yt", "Phan Thị Hoa")
    told = HistoryEntry.objects.get(act="assignment.change")
    assert "1 số đo" in told.sentence
    assert told.changes["rows"][0][2][0] == "yt"
    assert Notice.objects.filter(person=cast.hoa, sentence__contains="chịu trách nhiệm thêm 1 số đo").exists()


def test_a_day_gone_by_is_not_assigned_anew_and_what_is_decided_for_later_is_not_cut(cast: Cast) -> None:
    with pytest.raises(Refused, match="từ hôm nay"):
        given(cast, Wanted(lead="yt"), HEALTH_INSURANCE, from_on=TODAY - timedelta(days=1))

    given(cast, Wanted(lead="yt"), HEALTH_INSURANCE, from_on=TODAY + timedelta(days=10))
    with pytest.raises(Refused, match="Đã có phân công từ ngày"):
        given(cast, Wanted(lead="ca"), HEALTH_INSURANCE, from_on=TODAY + timedelta(days=5))


def test_the_second_of_two_editors_is_told_what_stands_now(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at = seen(HEALTH_INSURANCE)
    given(cast, Wanted(lead="yt"), HEALTH_INSURANCE)

    def again() -> int:
        return assign(
            by=cast.mai, standing=cast.standing(cast.mai), district=cast.district, seen=looked_at,
            wanted=Wanted(lead="ca"), from_on=TODAY, on=TODAY,
        )  # fmt: skip

    with pytest.raises(Moved) as moved:
        again()
    assert moved.value.now[HEALTH_INSURANCE].lead == "yt"
    assert leads_of(cast.district, TODAY).of(HEALTH_INSURANCE).code == "yt"

    # Without the comparison the first editor's work would be gone without a word.
    monkeypatch.setattr(assigning, "_refuse_moved", lambda rows, seen: None)
    again()
    assert leads_of(cast.district, TODAY).of(HEALTH_INSURANCE).code == "ca"


def test_only_the_office_of_the_district_assigns_and_only_people_with_a_seat_there(cast: Cast) -> None:
    for person in (cast.hoa, cast.lan, cast.hung, cast.binh):
        with pytest.raises(Refused, match="Chỉ Văn phòng"):
            given(cast, Wanted(lead="yt"), HEALTH_INSURANCE, by=person)
    with pytest.raises(Refused, match="đang giữ nhiệm vụ"):
        given(cast, Wanted(responsible="binh"), HEALTH_INSURANCE)
    with pytest.raises(Refused, match="danh mục"):
        given(cast, Wanted(lead="khong-co"), HEALTH_INSURANCE)


# ---------- the pages ----------


def test_the_board_shows_first_what_nobody_answers_for(cast: Cast) -> None:
    Assignment.objects.filter(measure__code=HEALTH_INSURANCE).update(to_on=TODAY)

    page = signed_in(cast.lan).get(BOARD, {"bo": XA})

    text = page.content.decode()
    assert "1 mục của" in page.context["title"]
    assert text.index("Chưa giao cơ quan nào") < text.index("Tiêu chí 1.")
    assert "Phân công các dòng đã chọn" not in text
    before = signed_in(cast.lan).get(BOARD, {"bo": XA, "ngay": (TODAY - timedelta(days=1)).isoformat()})
    assert before.context["board"].nobodys == []


def test_a_whole_criterion_is_assigned_from_the_form_as_one_act(cast: Cast) -> None:
    client = signed_in(cast.tuan)
    form = client.get(FORM, {"bo": XA, "tc": "15"})
    shown = form.context["seen"]
    assert len(shown) > 1
    assert form.context["shared"]  # counts in nâng cao too: said before it is saved

    sent = client.post(f"{FORM}?bo={XA}&tc=15", {
        "thay": [f"{measure}:{pk}" for measure, pk in shown], "chu-tri": "bhxh", "cach": "giu", "nguoi": "=",
        "tu-ngay": "15/10/2023",
    })  # fmt: skip

    assert sent.status_code == 302
    assert {leads_of(cast.district, TODAY).of(measure).code for measure, _ in shown} == {"bhxh"}
    assert HistoryEntry.objects.filter(act="assignment.change").count() == 1


def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(cast: Cast) -> None:
    client = signed_in(cast.tuan)
    stale = {"thay": f"{HEALTH_INSURANCE}:0", "chu-tri": "yt", "cach": "giu", "nguoi": "=", "tu-ngay": "15/10/2023"}
    address = f"{FORM}?bo={XA}&m={HEALTH_INSURANCE}"

    conflict = client.post(address, stale)
    assert conflict.status_code == 409
    assert "nay là <b>bhxh" in conflict.content.decode()
    assert '<option value="yt" selected>' in conflict.content.decode()
    assert client.post(address, {**stale, "tu-ngay": "32/10/2023"}).status_code == 422
    assert client.post(address, {**stale, "thay": "bhyt"}).status_code == 400
    assert signed_in(cast.hoa).post(address, stale).status_code == 403


def test_the_workbook_holds_the_list_and_the_matrix(cast: Cast) -> None:
    response = signed_in(cast.hung).get(f"{BOARD}excel/", {"bo": XA, "phong": "bhxh"})

    book = load_workbook(BytesIO(response.content))
    assert book.sheetnames == ["Phân công", "Ma trận"]
    rows = list(book["Phân công"].iter_rows(values_only=True))
    assert any("BHXH" in str(row[2]) or "Bảo hiểm" in str(row[2]) for row in rows)
    assert any("C" in row[2:] for row in book["Ma trận"].iter_rows(values_only=True))


def test_the_board_loads_no_row_one_by_one(cast: Cast, no_n_plus_one: None) -> None:
    books = books_in_force(TODAY, year=TODAY.year)

    board = assignment_board(cast.district, books, books.book(XA), TODAY)

    assert all(row.since for row in board.rows)
