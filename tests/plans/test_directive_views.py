"""The pages of directives: lists and filters, the form with its rows, conflicts, the file, foreign documents."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Person
from communes.models import Evidence
from plans.models import Directive, DirectiveItem, ItemNote
from tests.makers import TODAY, Cast, make_cast, signed_in
from tests.papers import make_shelf, uploaded
from tests.plans.directives import DUE, ISSUED, PAGE, WHAT, act, asked, entered, item_of, typed_form

pytestmark = pytest.mark.django_db
NEW = "/chi-dao/moi/"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def page(person: Person, address: str = PAGE) -> str:
    answer = signed_in(person).get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


# ---------- the lists ----------


def test_the_list_says_first_what_is_open_and_late(cast: Cast):
    assert "Chưa ghi văn bản chỉ đạo nào" in page(cast.lan) and "Ghi văn bản đầu tiên" not in page(cast.lan)
    assert "Ghi văn bản đầu tiên" in page(cast.tuan)
    row = entered(cast, asked(cast), asked(cast, "Trễ rồi", due_on=ISSUED))
    html = page(cast.lan)
    assert "2 nội dung chỉ đạo chưa xong, 1 quá hạn" in html and "Thông báo kết luận 112-TB/HU" in html
    assert "Thông báo kết luận" not in page(cast.binh), "the next district reads nothing of ours"
    for item in row.items.all():
        act(cast.tuan, item, "xac-nhan", "Xong")
    assert "Mọi nội dung chỉ đạo đã xong" in page(cast.lan)


def test_items_are_found_by_state_unit_department_and_words_without_accents(cast: Cast):
    bhxh = cast.departments["bhxh"]
    row = entered(
        cast, asked(cast, "Vệ sinh môi trường", units=(cast.ky_phu,)), asked(cast, "Bảo hiểm", department=bhxh),
        asked(cast, "Trễ", due_on=ISSUED),
    )  # fmt: skip
    places = {item.text: f"n-{item.pk}" for item in row.items.all()}

    def found(query: str) -> set[str]:
        html = page(cast.lan, f"/chi-dao/noi-dung/?{query}")
        return {text for text, place in places.items() if f"#{place}\"" in html}

    assert found("") == set(places)
    assert found("q=ve+sinh") == found("q=VỆ SINH") == found("don-vi=ky-phu") == {"Vệ sinh môi trường"}
    assert found("phong=bhxh") == found("q=bao+hiem+xa+hoi") == {"Bảo hiểm"}
    assert found("loc=qua-han") == {"Trễ"} and found("loc=da-xong") == set()
    assert found("loc=cua-toi") == {"Vệ sinh môi trường"} and found("q=112-tb") == set(places)
    assert "loc=qua-han&amp;q=re" in page(cast.lan, "/chi-dao/noi-dung/?q=re"), "chips keep the other filters"


def test_documents_are_filtered_by_what_they_ask(cast: Cast):
    entered(cast, asked(cast, "Vệ sinh", units=(cast.ky_phu,)))
    late = entered(cast, asked(cast, "Đường găng", due_on=ISSUED), number="7/CT-UBND")
    for query, shown in (
        ("", {"112-TB/HU", "7/CT-UBND"}), ("q=duong+gang", {"7/CT-UBND"}), ("loc=qua-han", {"7/CT-UBND"}),
        ("don-vi=ky-phu", {"112-TB/HU"}), ("loc=da-xong", set()), ("q=khong+co", set()),
    ):  # fmt: skip
        html = page(cast.lan, f"{PAGE}?{query}")
        assert {number for number in ("112-TB/HU", "7/CT-UBND") if f"{number}</a>" in html} == shown, query
    assert f"/chi-dao/{late.pk}/" in page(cast.lan)


# ---------- entering ----------


def test_a_conclusion_is_entered_on_one_page(cast: Cast):
    html = page(cast.tuan, NEW)
    assert html.count('name="noi-dung"') == 6 and "Mọi xã (mỗi xã một nội dung)" in html
    items = {
        "noi_dung": ["1. Rà soát tiêu chí\n2. Trồng cây xanh", "BHYT", *[""] * 4],
        "don_vi": ["moi-xa", "huyen", *["huyen"] * 4],
        "phong": ["", str(cast.departments["bhxh"].pk), *[""] * 4],
        "nguoi": ["", str(cast.hoa.pk), *[""] * 4],
        "han": [DUE.isoformat(), "15/12/2023", *[""] * 4],
    }
    answer = signed_in(cast.hung).post(NEW, typed_form(**items))
    row = Directive.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/chi-dao/{row.pk}/")
    assert [(item.position, item.text, item.unit.slug) for item in row.items.order_by("pk")] == [
        (1, "Rà soát tiêu chí", "ky-phu"), (1, "Rà soát tiêu chí", "ky-chau"), (2, "Trồng cây xanh", "ky-phu"),
        (2, "Trồng cây xanh", "ky-chau"), (3, "BHYT", "ky-anh"),
    ]  # fmt: skip
    last = row.items.last()
    assert (last.responsible, last.department.code, f"{last.due_on:%d/%m/%Y}") == (cast.hoa, "bhxh", "15/12/2023")
    html = page(cast.lan, f"/chi-dao/{row.pk}/")
    assert html.count("Rà soát tiêu chí</p>") == 1, "what several communes were given is said once"


def test_rows_are_added_without_script_and_nothing_typed_is_lost(cast: Cast):
    answer = signed_in(cast.tuan).post(NEW, typed_form(viec="them-dong", trich_yeu="Kết luận số 5"))
    html = answer.content.decode()
    assert answer.status_code == 200 and html.count('name="noi-dung"') == 10
    assert WHAT in html and "Kết luận số 5" in html and "chọn lại trước khi lưu" in html
    assert not Directive.objects.exists()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"trich_yeu": " "}, "Ghi trích yếu"),
        ({"trich_yeu": "a" * 301}, "Trích yếu dài quá 300"),
        ({"ngay": ""}, "Ghi ngày ban hành"),
        ({"ngay": "32/01/2023"}, "Ngày ban hành:"),
        ({"loai": "x"}, "Chọn loại văn bản"),
        ({"noi_dung": [""] * 6}, "ít nhất một nội dung"),
        ({"don_vi": ["cam-binh", *["huyen"] * 5]}, "Dòng 1: chọn nơi thực hiện"),
        ({"phong": ["999", *[""] * 5]}, "cơ quan đã chọn không thuộc huyện này"),
        ({"nguoi": ["999999", *[""] * 5]}, "người phụ trách không thuộc huyện này"),
        ({"han": ["hôm qua", *[""] * 5]}, "Dòng 1: hạn"),
    ],
)
def test_what_cannot_be_read_is_said_and_what_was_typed_stays(cast: Cast, fields, sentence: str):
    answer = signed_in(cast.tuan).post(NEW, typed_form(so="99-TB/HU", **fields))
    html = answer.content.decode()
    assert answer.status_code == 422 and sentence in html and 'value="99-TB/HU"' in html
    assert not Directive.objects.exists()


def test_rows_of_different_length_are_no_page_of_ours(cast: Cast):
    assert signed_in(cast.tuan).post(NEW, typed_form(han=[DUE.isoformat()])).status_code == 400


# ---------- the file ----------


@pytest.fixture(autouse=True)
def shelf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make_shelf(monkeypatch, tmp_path)


def test_the_document_itself_is_read_by_everybody_of_the_district(cast: Cast):
    assert signed_in(cast.hung).post(NEW, typed_form(tep=uploaded("ket-luan.png"))).status_code == 302
    row = Directive.objects.get()
    assert row.document is not None and row.document.number == "112-TB/HU" and row.document.unit == cast.district
    address = f"/chi-dao/{row.pk}/tep/"
    for person in (cast.lan, cast.hung, cast.dung, cast.hoa):
        answer = signed_in(person).get(address)
        assert answer["Content-Disposition"].startswith("attachment") and b"".join(answer.streaming_content)
    assert "ket-luan.png" in page(cast.lan, f"/chi-dao/{row.pk}/")
    assert signed_in(cast.binh).get(address).status_code == 404


def test_a_file_that_is_no_document_is_refused_as_evidence_is(cast: Cast):
    bad = SimpleUploadedFile("ket-luan.pdf", b"MZ\x90\x00 a program", "application/pdf")
    answer = signed_in(cast.tuan).post(NEW, typed_form(tep=bad))
    assert answer.status_code == 422 and not Directive.objects.exists() and not Evidence.objects.exists()


def test_a_full_disk_keeps_what_was_typed_and_no_half_of_a_document(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    client = signed_in(cast.tuan)
    monkeypatch.setattr(default_storage._wrapped, "save", full)
    answer = client.post(NEW, typed_form(tep=uploaded("ket-luan.png")))
    assert answer.status_code == 507 and "ổ đĩa" in answer.content.decode() and WHAT in answer.content.decode()
    assert not Directive.objects.exists() and not Evidence.objects.exists()


def test_the_file_may_follow_later(cast: Cast):
    row = entered(cast)
    assert signed_in(cast.lan).get(f"/chi-dao/{row.pk}/tep/").status_code == 404
    form = {**seen_head(row), **new_head(row), "tep": uploaded("ket-luan.png")}
    answer = signed_in(cast.mai).post(f"/chi-dao/{row.pk}/sua/", form)
    assert answer.status_code == 302
    assert b"".join(signed_in(cast.lan).get(f"/chi-dao/{row.pk}/tep/").streaming_content)


# ---------- two at once ----------


def new_head(row: Directive, **fields: str) -> dict[str, str]:
    form = {"loai": row.kind, "so": row.number, "ngay": row.issued_on.isoformat(), "co-quan": row.issuer,
            "trich-yeu": row.title}  # fmt: skip
    return form | fields


def seen_head(row: Directive) -> dict[str, str]:
    return {f"da-xem-{name}": value for name, value in new_head(row).items()}


def test_two_who_mend_a_document_see_both_values(cast: Cast):
    row = entered(cast)
    seen = seen_head(row)
    address = f"/chi-dao/{row.pk}/sua/"
    assert signed_in(cast.mai).post(address, {**seen, **new_head(row, so="1-TB/HU")}).status_code == 302
    answer = signed_in(cast.tuan).post(address, {**seen, **new_head(row, so="2-TB/HU")})
    html = answer.content.decode()
    assert answer.status_code == 409 and "1-TB/HU" in html and 'value="2-TB/HU"' in html
    assert '<th scope="row">Ngày ban hành</th>' not in html, "a day written otherwise is the same day"
    row.refresh_from_db()
    assert row.number == "1-TB/HU"
    assert signed_in(cast.tuan).post(address, {**seen_head(row), **new_head(row, so="2-TB/HU")}).status_code == 302


def item_form(version: int, **fields: str) -> dict[str, str]:
    form = {"phien-ban": str(version), "noi-dung": WHAT, "don-vi": "huyen", "phong": "", "nguoi": "",
            "han": DUE.isoformat()}  # fmt: skip
    return form | {name.replace("_", "-"): value for name, value in fields.items()}


def test_two_who_mend_an_item_see_both_values(cast: Cast):
    item = item_of(entered(cast))
    address = f"/chi-dao/noi-dung/{item.pk}/sua/"
    assert 'name="phien-ban" value="1"' in page(cast.mai, address)
    assert signed_in(cast.mai).post(address, item_form(1, don_vi="ky-phu")).status_code == 302
    answer = signed_in(cast.tuan).post(address, item_form(1, noi_dung="Dòng một\nDòng hai"))
    html = answer.content.decode()
    assert answer.status_code == 409 and "Xã Kỳ Phú" in html and "Dòng hai" in html and 'value="2"' in html
    assert '<th scope="row">Hạn</th>' not in html
    assert signed_in(cast.tuan).post(address, item_form(2, noi_dung="Dòng một\nDòng hai")).status_code == 302
    item.refresh_from_db()
    assert item.text == "Dòng một\nDòng hai" and item.unit == cast.district
    wrong = signed_in(cast.tuan).post(address, item_form(3, don_vi="moi-xa"))
    assert wrong.status_code == 422


# ---------- a meeting ----------


def meeting_form(*items: DirectiveItem, **fields: str) -> dict[str, str]:
    return {f"phien-ban-{item.pk}": str(item.version) for item in items} | fields


def test_what_the_meeting_decided_is_written_beside_each_item(cast: Cast):
    row = entered(cast, asked(cast), asked(cast, "Vệ sinh", units=(cast.ky_phu, cast.ky_chau)))
    one, phu, chau = row.items.order_by("pk")
    html = page(cast.tuan, "/chi-dao/hop/")
    assert f'name="ket-luan-{one.pk}"' in html and f'name="chung-{phu.pk}"' in html
    form = meeting_form(one, phu, chau) | {
        f"nhom-{phu.pk}": str(phu.pk), f"nhom-{chau.pk}": str(phu.pk), f"chung-{phu.pk}": "Các xã làm gấp",
        f"ket-luan-{chau.pk}": "Kỳ Châu làm mẫu", f"han-{chau.pk}": "31/12/2023",
    }  # fmt: skip
    answer = signed_in(cast.hung).post("/chi-dao/hop/?ngay=2023-10-15", form)
    assert (answer.status_code, answer["Location"]) == (302, "/chi-dao/hop/?ngay=2023-10-15")
    notes = dict(ItemNote.objects.filter(meeting_on=TODAY).values_list("item_id", "text"))
    assert notes == {
        phu.pk: "Các xã làm gấp",
        chau.pk: f"Kỳ Châu làm mẫu. Hạn mới 31/12/2023 (hạn cũ: {DUE:%d/%m/%Y}).",
    }


def test_a_meeting_that_overlooked_a_change_is_told(cast: Cast):
    item = item_of(entered(cast))
    form = meeting_form(item) | {f"ket-luan-{item.pk}": "Đồng ý"}
    signed_in(cast.mai).post(f"/chi-dao/noi-dung/{item.pk}/sua/", item_form(1, noi_dung="Khác hẳn"))
    answer = signed_in(cast.tuan).post("/chi-dao/hop/", form)
    html = answer.content.decode()
    assert answer.status_code == 409 and "vừa được người khác sửa" in html and ">Đồng ý</textarea>" in html
    assert not ItemNote.objects.exists()


def test_a_meeting_to_come_is_prepared_and_not_written(cast: Cast):
    item = item_of(entered(cast))
    later = TODAY + timedelta(days=3)
    html = page(cast.tuan, f"/chi-dao/hop/?ngay={later.isoformat()}")
    assert "Cuộc họp chưa diễn ra" in html and "ket-luan-" not in html
    form = meeting_form(item) | {f"ket-luan-{item.pk}": "Đồng ý"}
    answer = signed_in(cast.tuan).post(f"/chi-dao/hop/?ngay={later.isoformat()}", form)
    assert answer.status_code == 422 and not ItemNote.objects.exists()
    assert signed_in(cast.lan).post("/chi-dao/hop/", form).status_code == 403
    for day in ("hôm-nay", "2023-02-30", "1999-01-01", "2099-01-01"):
        assert signed_in(cast.tuan).get(f"/chi-dao/hop/?ngay={day}").status_code == 400


# ---------- who sees what ----------


def test_a_foreign_document_is_not_found(cast: Cast):
    row = entered(cast)
    item = item_of(row)
    own = signed_in(cast.tuan)
    for address in (f"/chi-dao/{row.pk}/", f"/chi-dao/{row.pk}/them/", f"/chi-dao/{row.pk}/sua/",
                    f"/chi-dao/{row.pk}/excel/", f"/chi-dao/noi-dung/{item.pk}/sua/"):  # fmt: skip
        assert signed_in(cast.binh).get(address).status_code == 404, address
        assert own.get(address).status_code == 200, address  # positive control
    assert signed_in(cast.binh).post(f"/chi-dao/noi-dung/{item.pk}/", {"viec": "ghi"}).status_code == 404
    for pk in (0, 999_999, 2**63, 10**30):
        assert own.get(f"/chi-dao/{pk}/").status_code == 404
        assert own.post(f"/chi-dao/noi-dung/{pk}/", {"viec": "ghi"}).status_code == 404


def test_who_gives_no_orders_finds_no_form(cast: Cast):
    row = entered(cast)
    for person in (cast.lan, cast.hoa, cast.dung, cast.quan):
        client = signed_in(person)
        assert client.get(f"/chi-dao/{row.pk}/sua/").status_code == 403
        assert client.get(f"/chi-dao/noi-dung/{item_of(row).pk}/sua/").status_code == 403
        html = page(person, f"/chi-dao/{row.pk}/")
        assert "Thêm nội dung" not in html and "Xác nhận xong" not in html and "Đưa vào kế hoạch" not in html
    assert "Thêm nội dung" in page(cast.hung, f"/chi-dao/{row.pk}/")  # positive control


def test_pages_cost_the_same_for_one_item_or_many(cast: Cast):
    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as caught:
            page(cast.tuan, address)
        return len(caught)

    row = entered(cast)
    addresses = (PAGE, "/chi-dao/noi-dung/", f"/chi-dao/{row.pk}/", "/chi-dao/hop/")
    for address in addresses:
        page(cast.tuan, address)
    one = [cost(address) for address in addresses]
    for number in range(3):
        more = entered(cast, asked(cast, units=(cast.ky_phu, cast.ky_chau), responsible=cast.hung),
                       asked(cast, department=cast.departments["bhxh"]), number=f"{number}/CT")  # fmt: skip
        act(cast.tuan, item_of(more), "ghi", "Đang làm")
        act(cast.tuan, item_of(more), "ke-hoach")
    assert [cost(address) for address in addresses] == one


def test_what_is_written_is_shown_as_text(cast: Cast):
    row = entered(cast, asked(cast, "<script>alert(1)</script>"), title="<b>kết luận</b>")
    act(cast.tuan, item_of(row), "ghi", "<i>ghi</i>")
    for address in (PAGE, "/chi-dao/noi-dung/", f"/chi-dao/{row.pk}/", "/chi-dao/hop/"):
        html = page(cast.lan, address)
        assert "<script>alert" not in html and "<b>kết luận" not in html and "<i>ghi" not in html
