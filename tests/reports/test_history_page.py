"""/nhat-ky/: who reads what, filters, pages by key, before and after, changes since a day, papers of it."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook
from pypdf import PdfReader

import reports.queries.changes as changes
import reports.queries.history as history
from accounts.actions import remember
from accounts.models import HistoryEntry, Person
from accounts.models.history import PERSON_MARK
from accounts.rules import Act
from communes.rules.workflow import ActKind, Stage
from reports.exporters import history as exported
from reports.queries.changes import changes_since
from reports.queries.history import HistoryFilter, filtered, history_page, led_measures, visible_history
from tests.makers import TODAY, Cast, lead_officer, make_cast, make_person, signed_in, stated, step, typed

pytestmark = pytest.mark.django_db
PAGE = "/nhat-ky/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def page(person: Person, **query: str) -> str:
    response = signed_in(person).get(PAGE, query)
    assert response.status_code == 200, response.status_code
    return response.content.decode()


def acts_seen(cast: Cast, person: Person) -> set[str]:
    standing = cast.standing(person)
    entries = visible_history(standing, led_measures(standing, TODAY))
    return set(entries.filter(act__startswith="assessment.").values_list("act", flat=True))


def told(by: Person, act: str = "round.open", **more: str) -> None:
    with transaction.atomic():
        remember(Act(act, by.pk, f"{PERSON_MARK} làm một việc", TODAY, timezone.now(), {}, "447", **more))


# ---------- who reads what ----------


def test_a_commune_reads_everything_of_its_own_and_nothing_of_its_neighbours(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.APPROVED)
    assert acts_seen(cast, cast.lan) == {
        "assessment.save", "assessment.submit", "assessment.verify", "assessment.approve"
    }  # fmt: skip
    assert acts_seen(cast, cast.minh) == set()
    assert "Xã Kỳ Phú" not in page(cast.minh)


def test_drafts_are_told_inside_the_unit_only(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan)
    for person in (cast.tuan, cast.hung, cast.quan, cast.hoa):
        assert acts_seen(cast, person) == {"assessment.submit"}, person
    typed(cast, "bhyt", "81,23", by=cast.lan)
    assert "81,23" in page(cast.lan)  # positive control
    for person in (cast.tuan, cast.hung, cast.quan, cast.hoa, cast.dung, cast.minh, cast.binh):
        assert "81,23" not in page(person), person


@pytest.mark.parametrize("act", ["propose", "send_back", "accept", "recall"])
def test_what_happens_before_sending_is_a_draft_too(cast: Cast, act: str, monkeypatch) -> None:
    told(cast.lan, f"assessment.{act}", unit_code="18769", measure_code="bhyt")
    assert acts_seen(cast, cast.lan) == {f"assessment.{act}"}
    assert acts_seen(cast, cast.tuan) == acts_seen(cast, cast.hoa) == set()
    monkeypatch.setattr(history, "DRAFT_ACTS", {"assessment.save"})
    assert acts_seen(cast, cast.tuan) == {f"assessment.{act}"}, "the guard is what hides it"


def test_papers_and_remarks_about_an_unsent_figure_stay_inside(cast: Cast) -> None:
    typed(cast, "bhyt", "96,4", by=cast.lan)
    with transaction.atomic():
        remember(Act("evidence.attach", cast.lan.pk, "Đính kèm sổ thẻ", TODAY, timezone.now(), {"year": 2023}, "447",
                     "18769", "bhyt"))  # fmt: skip
    assert "sổ thẻ" in page(cast.lan) and "sổ thẻ" not in page(cast.tuan) and "sổ thẻ" not in page(cast.hoa)
    stated(cast, "bhyt", "96,5", by=cast.lan)
    with transaction.atomic():
        remember(Act("evidence.attach", cast.lan.pk, "Đính kèm danh sách", TODAY, timezone.now(), {"year": 2023}, "447",
                     "18769", "bhyt"))  # fmt: skip
    assert "danh sách" in page(cast.tuan) and "danh sách" in page(cast.hoa)
    assert "sổ thẻ" not in page(cast.tuan)


def test_a_department_reads_of_the_measures_it_leads_and_its_own_acts(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan)
    stated(cast, "xa.8.1", "Đạt", by=cast.lan)
    assert "bảo hiểm y tế" in page(cast.hoa) and "bưu chính" not in page(cast.hoa)
    told(cast.hoa, "survey.save", unit_code="18769")
    assert "Phan Thị Hoa làm một việc" in page(cast.hoa)


def test_a_member_of_a_team_reads_own_acts_only(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.APPROVED)
    told(cast.dung)
    seen = page(cast.dung)
    assert "Hoàng Trung Dũng làm một việc" in seen and "bảo hiểm y tế" not in seen.split('class="entries', 1)[1]


def test_a_neighbouring_district_reads_nothing_of_ours(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.APPROVED)
    assert acts_seen(cast, cast.binh) == set()


def test_who_left_a_commune_reads_no_more_of_it(cast: Cast) -> None:
    typed(cast, "bhyt", "81,23", by=cast.lan)
    cast.lan.postings.update(unit=cast.ky_chau)
    assert "81,23" not in page(cast.lan)


# ---------- filters, pages ----------


def test_filters_narrow_by_person_unit_measure_kind_and_day(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.VERIFIED)
    stated(cast, "xa.8.1", "Đạt", by=cast.minh, unit=cast.ky_chau)
    count = lambda **q: page(cast.tuan, **q).count("<summary>")  # noqa: E731
    assert count(nguoi=str(cast.hoa.pk)) == 1
    assert count(xa="ky-chau") == 1
    assert count(**{"chi-tieu": "bhyt"}) == 2
    assert count(viec="tham-tra") == 1
    assert count(viec="gui") == 2
    assert count(tu="2023-10-15", viec="gui") == 2
    assert count(den="2023-10-14", viec="gui") == 0


def test_a_foreign_unit_in_the_filter_is_not_there(cast: Cast) -> None:
    client = signed_in(cast.minh)
    assert client.get(PAGE, {"xa": "ky-phu"}).status_code == 404
    assert client.get(PAGE, {"xa": "ky-chau"}).status_code == 200
    assert signed_in(cast.binh).get(PAGE, {"xa": "ky-phu"}).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["nguoi=x", "nguoi=-1", "nguoi=99999999999999999999", "truoc=1e3", "sau=²", "tu=2023-13-01", "thay-doi-tu=hom-qua",
     "viec=la"],
)  # fmt: skip
def test_a_wrong_filter_is_a_sentence(cast: Cast, query: str) -> None:
    for address in (PAGE, f"{PAGE}excel/"):
        response = signed_in(cast.tuan).get(f"{address}?{query}")
        expected = 200 if query.startswith("thay") and address != PAGE else 400
        assert response.status_code == expected, address


def test_pages_follow_by_number_while_acts_are_added(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr(history, "PAGE_LENGTH", 4)
    HistoryEntry.objects.all().delete()
    for _ in range(10):
        told(cast.tuan)
    everything = sorted(HistoryEntry.objects.values_list("number", flat=True), reverse=True)
    standing = cast.standing(cast.tuan)
    entries = filtered(visible_history(standing, {}), HistoryFilter())
    first = history_page(entries, HistoryFilter())
    assert [e.number for e in first.entries] == everything[:4] and first.newer is None
    told(cast.tuan)
    second = history_page(entries, HistoryFilter(before=first.older))
    assert [e.number for e in second.entries] == everything[4:8]
    third = history_page(entries, HistoryFilter(before=second.older))
    assert [e.number for e in third.entries] == everything[8:] and third.older is None
    back = history_page(entries, HistoryFilter(after=second.newer))
    assert [e.number for e in back.entries] == everything[:4] and back.newer is not None


def test_a_page_costs_the_same_for_many_entries(cast: Cast, django_assert_num_queries) -> None:
    client = signed_in(cast.tuan)
    stated(cast, "bhyt", "96,4", by=cast.lan)
    client.get(PAGE)
    with django_assert_num_queries(12):
        client.get(PAGE)
    for number in range(20):
        person = make_person(username=f"p{number}", full_name=f"Người {number}")
        told(person, unit_code="18769", measure_code="xa.8.1")
    with django_assert_num_queries(12):
        client.get(PAGE)


# ---------- what an entry tells ----------


def test_an_entry_opens_before_and_after(cast: Cast) -> None:
    typed(cast, "bhyt", "81,23", by=cast.lan)
    typed(cast, "bhyt", "96,4", by=cast.lan, remark="theo danh sách thẻ")
    shown = page(cast.lan).replace("\xa0", " ")
    assert "<dt>Trước</dt><dd>81,23 %</dd><dt>Sau</dt><dd>96,4 %</dd>" in shown
    assert "<dt>Ghi chú</dt><dd>theo danh sách thẻ</dd>" in shown
    newest = HistoryEntry.objects.order_by("-number")[0]
    assert newest.hash[:12] in shown and f"<dd>{newest.number}; " in shown


def test_names_are_put_in_when_an_entry_is_shown(cast: Cast) -> None:
    typed(cast, "bhyt", "81,23", by=cast.lan)
    assert "Nguyễn Thị Lan nhập" in page(cast.lan)
    Person.objects.filter(pk=cast.lan.pk).update(full_name="Người dùng 17")
    shown = page(cast.lan)
    assert "Người dùng 17 nhập" in shown and "Nguyễn Thị Lan nhập" not in shown


def test_what_was_typed_stays_text(cast: Cast) -> None:
    typed(cast, "bhyt", "81,23", by=cast.lan, remark="<script>alert(1)</script>")
    assert "<script>alert" not in page(cast.lan) and "&lt;script&gt;" in page(cast.lan)


# ---------- changes since a day ----------


def test_changes_since_a_day_show_before_and_now_on_each_basis(cast: Cast) -> None:
    stated(cast, "bhyt", "90", by=cast.lan, until=Stage.APPROVED, on=TODAY - timedelta(days=20))
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.VERIFIED, on=TODAY - timedelta(days=2))
    stated(cast, "xa.8.1", "Đạt", by=cast.lan, on=TODAY - timedelta(days=20))
    found = changes_since(cast.standing(cast.tuan), {}, TODAY - timedelta(days=5), TODAY)
    ((unit, (change,)),) = found.groups
    assert unit == cast.ky_phu
    assert [(b.label, was.replace("\xa0", " "), now.replace("\xa0", " ")) for b, was, now in change.bases] == [
        ("tự đánh giá", "90 %", "96,4 %"), ("đã thẩm tra", "90 %", "96,4 %")
    ]  # fmt: skip
    assert "1 số liệu thay đổi từ 10/10/2023" in page(cast.tuan, **{"thay-doi-tu": "2023-10-10"})


def test_what_came_back_to_what_it_was_is_no_change(cast: Cast) -> None:
    stated(cast, "bhyt", "90", by=cast.lan, on=TODAY - timedelta(days=20))
    revision = stated(cast, "bhyt", "96,4", by=cast.lan, on=TODAY - timedelta(days=2))
    step(cast, revision, ActKind.RETURN, by=cast.hoa, reason="sai", on=TODAY - timedelta(days=1))
    assert changes_since(cast.standing(cast.tuan), {}, TODAY - timedelta(days=5), TODAY).count == 0


def test_a_day_counts_with_what_happened_on_it(cast: Cast) -> None:
    stated(cast, "bhyt", "90", by=cast.lan)
    standing = cast.standing(cast.tuan)
    assert changes_since(standing, {}, TODAY, TODAY).count == 1
    assert changes_since(standing, {}, TODAY + timedelta(days=1), TODAY + timedelta(days=1)).count == 0


def test_changes_reach_as_far_as_the_list(cast: Cast) -> None:
    stated(cast, "bhyt", "90", by=cast.lan)
    stated(cast, "xa.8.1", "Đạt", by=cast.lan)
    since = {"thay-doi-tu": "2023-10-01"}
    assert "2 số liệu thay đổi" in page(cast.lan, **since)
    assert "1 số liệu thay đổi" in page(cast.hoa, **since)
    for person in (cast.minh, cast.dung, cast.binh):
        assert "Không có số liệu nào thay đổi" in page(person, **since), person


def test_a_long_time_is_read_page_by_page(cast: Cast, monkeypatch, django_assert_num_queries) -> None:
    monkeypatch.setattr(changes, "PAGE_LENGTH", 2)
    for code in ("bhyt", "xa.8.1", "xa.8.2"):
        stated(cast, code, "90" if code == "bhyt" else "Đạt", by=cast.lan)
    stated(cast, "xa.8.1", "Đạt", by=cast.minh, unit=cast.ky_chau)
    standing = cast.standing(cast.tuan)
    read = lambda number: changes_since(standing, {}, TODAY, TODAY, page=number)  # noqa: E731
    with django_assert_num_queries(3):
        first = read(1)
    with django_assert_num_queries(3):
        second = read(2)
    whole = [(unit.name, change.measure) for part in (first, second) for unit, rows in part.groups for change in rows]
    assert len(whole) == len(set(whole)) == 4 and [name for name, _ in whole] == ["Kỳ Phú"] * 3 + ["Kỳ Châu"]
    assert first.count == second.count == 2 and not first.is_whole
    html = page(cast.tuan, **{"thay-doi-tu": "2023-10-10", "viec": "gui"})
    assert "Trang 1/2" in html and "thay-doi-tu=2023-10-10&amp;viec=gui&amp;trang=2" in html
    assert "Xã Kỳ Châu: 1 thay đổi" in page(cast.tuan, **{"thay-doi-tu": "2023-10-10", "trang": "2"})
    assert signed_in(cast.tuan).get(PAGE, {"thay-doi-tu": "2023-10-10", "trang": "x"}).status_code == 400


# ---------- papers ----------


def test_the_workbook_holds_the_filtered_list(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.VERIFIED)
    typed(cast, "xa.8.1", "Đạt", by=cast.lan, remark="=1+1")
    response = signed_in(cast.tuan).get(f"{PAGE}excel/", {"viec": "tham-tra"})
    rows = list(load_workbook(BytesIO(response.content)).active.iter_rows(values_only=True))
    assert rows[1][:1] == ("Loại việc: Thẩm tra",)
    assert len([row for row in rows if isinstance(row[0], int)]) == 1
    whole = signed_in(cast.lan).get(f"{PAGE}excel/")
    sheet = load_workbook(BytesIO(whole.content)).active
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_workbook_of_a_neighbour_holds_nothing_of_ours(cast: Cast) -> None:
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.APPROVED)
    for person in (cast.minh, cast.binh, cast.dung):
        book = load_workbook(BytesIO(signed_in(person).get(f"{PAGE}excel/").content))
        assert not any("Kỳ Phú" in str(v) for row in book.active.iter_rows(values_only=True) for v in row), person


def test_the_paper_says_what_it_left_out(cast: Cast, pdf_engine: None, monkeypatch) -> None:
    monkeypatch.setattr("reports.views.history.MOST_PRINTED", 2)
    stated(cast, "bhyt", "96,4", by=cast.lan, until=Stage.APPROVED)
    response = signed_in(cast.tuan).get(f"{PAGE}pdf/", {"chi-tieu": "bhyt"})
    text = " ".join(p.extract_text() for p in PdfReader(BytesIO(response.content)).pages)
    words = " ".join(text.split())
    assert "Chỉ gồm 2 dòng mới nhất trong 3" in words and "xác nhận thẩm tra" in words
    assert exported.MOST_PRINTED == 500


def test_a_visitor_is_asked_to_log_in() -> None:
    assert Client().get(PAGE)["Location"].startswith("/dang-nhap/")


def test_the_office_reads_who_verified_for_which_department(cast: Cast) -> None:
    stated(cast, "xa.8.1", "Đạt", by=cast.lan, until=Stage.VERIFIED)
    assert f"{lead_officer(cast, 'xa.8.1').full_name} xác nhận thẩm tra" in page(cast.tuan)
