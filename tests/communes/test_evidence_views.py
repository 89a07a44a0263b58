"""Papers through the browser's door: what is uploaded, what is too large, the pages of documents."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from communes.actions.evidence import detach
from communes.models import Assessment, Attachment, Evidence, EvidenceFile, RequiredPaper
from communes.policies import Refused
from tests.makers import TODAY, YEAR, Cast, make_cast, make_person, post, signed_in, stated
from tests.papers import Shelf, attached, beside, make_shelf, picture, uploaded

pytestmark = pytest.mark.django_db
BHYT = "bhyt"
PANEL = {"code": "ky-phu", "year": YEAR, "measure": BHYT}


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Shelf:
    return make_shelf(monkeypatch, tmp_path / "files")


def panel() -> str:
    return reverse("communes:evidence", kwargs=PANEL)


def send(client: Client, files: list, act: str = "tai-len", **fields: str) -> HttpResponse:
    return client.post(panel(), {"viec": act, "tep": files, **fields})


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


# ---------- uploading ----------


def test_lan_uploads_two_files_at_once_and_is_told_what_was_not_taken(cast: Cast, shelf: Shelf) -> None:
    client = signed_in(cast.lan)
    files = [uploaded("Biên bản họp thôn.png"), uploaded("trang.pdf", b"<html><script>alert(1)</script>")]
    response = send(client, files, **{"so": "12/BB", "ngay": "2023-03-15", "loai": "minutes"})
    assert response.status_code == 200
    page = text_of(response)
    assert "Đã đính kèm “Biên bản họp thôn”" in page and "trang.pdf” là trang web" in page
    document = Evidence.objects.get()
    assert (document.title, document.number, document.kind) == ("Biên bản họp thôn", "12/BB", "minutes")
    assert document.files.get().name == "Biên bản họp thôn.png"


def test_a_good_upload_leads_back_to_the_page_and_a_part_answers_with_the_panel(cast: Cast, shelf: Shelf) -> None:
    client = signed_in(cast.lan)
    assert send(client, [uploaded()]).status_code == 302
    response = client.post(
        panel(), {"viec": "tai-len", "tep": uploaded("B.png", picture(3))}, headers={"HX-Request": "true"}
    )
    page = text_of(response)
    assert page.lstrip().startswith('<section id="minh-chung"') and '"count": 2' in response["HX-Trigger"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Chọn ít nhất một tệp"),
        ({"lien-ket": "javascript:alert(1)"}, "Liên kết phải là địa chỉ đầy đủ"),
        ({"lien-ket": "https://kyanh.vn/a", "ngay": "31/02/2023"}, "Ngày ban hành: Không có ngày “31/02/2023”"),
        ({"lien-ket": "https://kyanh.vn/a", "ngay": "2023-03-02", "den-ngay": "2023-03-01"}, "sớm hơn ngày ban hành"),
        ({"lien-ket": "https://kyanh.vn/a", "loai": "program"}, "Chọn loại văn bản"),
        ({"lien-ket": "https://kyanh.vn/a", "trich-yeu": "x" * 301}, "dài quá 300 chữ"),
        ({"lien-ket": "https://kyanh.vn/a", "dap-ung": "999"}, "vừa thay đổi"),
    ],
)
def test_what_cannot_be_taken_gives_its_sentence_and_keeps_what_was_typed(
    fields: dict[str, str], sentence: str, cast: Cast, shelf: Shelf
) -> None:
    response = send(signed_in(cast.lan), [], **{"so": "12/BC-UBND", **fields})
    assert response.status_code == 422
    page = text_of(response)
    assert sentence in page and "12/BC-UBND" in page and not Evidence.objects.exists()


def test_a_link_is_a_paper_too(cast: Cast, shelf: Shelf) -> None:
    client = signed_in(cast.lan)
    assert (
        send(client, [], **{"lien-ket": "https://kyanh.vn/bao-cao.html", "trich-yeu": "Báo cáo trên cổng"}).status_code
        == 302
    )
    assert 'href="https://kyanh.vn/bao-cao.html" target="_blank" rel="noopener noreferrer"' in text_of(
        client.get(panel())
    )


@pytest.mark.parametrize(
    "fields", [{"viec": "xoa"}, {"viec": "gan", "van-ban": "một"}, {"viec": "go", "dinh-kem": "9" * 40}]
)
def test_what_no_page_of_ours_sends_is_a_bad_request(fields: dict[str, str], cast: Cast) -> None:
    assert signed_in(cast.lan).post(panel(), fields).status_code == 400


def test_nobody_acts_on_foreign_papers_through_the_panel(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.minh, unit=cast.ky_chau)
    client = signed_in(cast.lan)
    assert client.post(panel(), {"viec": "gan", "van-ban": row.evidence_id}).status_code == 404
    assert client.post(panel(), {"viec": "go", "dinh-kem": row.pk}).status_code == 404
    assert Attachment.objects.get().removed_at is None
    for measure in ("khong-co", "huyen.1.1", "a" * 300):
        assert client.get(reverse("communes:evidence", kwargs={**PANEL, "measure": measure})).status_code == 404


def test_picking_and_taking_away(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, "xa.17.1.a", by=cast.lan, title="Biên bản nghiệm thu ĐƯỜNG trục")
    client = signed_in(cast.lan)
    assert "Biên bản nghiệm thu ĐƯỜNG trục" in text_of(client.get(panel(), {"tim": "nghiem duong"}))
    assert "Không có văn bản nào khớp" in text_of(client.get(panel(), {"tim": "cầu treo"}))
    assert client.post(panel(), {"viec": "gan", "van-ban": row.evidence_id}).status_code == 302
    again = Attachment.objects.get(assessment__measure__code=BHYT)
    assert client.post(panel(), {"viec": "go", "dinh-kem": again.pk}).status_code == 302
    again.refresh_from_db()
    assert again.removed_by == cast.lan


def test_a_click_on_a_papers_name_shows_it_above_the_list(cast: Cast, shelf: Shelf) -> None:
    papers = [
        attached(cast, BHYT, by=cast.lan, title=title, content=picture(shade))
        for shade, title in ((1, "Thẻ"), (9, "Ảnh"))
    ]
    stated(cast, BHYT, "96,4", by=cast.lan)
    files = [EvidenceFile.objects.get(evidence=row.evidence_id) for row in papers]
    client = signed_in(cast.hoa)
    plain = text_of(client.get(panel()))
    assert all(f'href="{panel()}?xem={file.pk}"' in plain for file in files) and "ev-view" not in plain
    shown = text_of(client.get(panel(), {"xem": files[1].pk}))
    assert 0 < shown.index('class="ev-view"') < shown.index('class="ev-list"')
    assert re.search(r'aria-current="true">Ảnh</a>', shown)


def test_only_who_may_take_a_paper_away_is_offered_it(cast: Cast, shelf: Shelf) -> None:
    attached(cast, BHYT, by=cast.lan)
    stated(cast, BHYT, "96,4", by=cast.lan)
    assert 'value="go"' in text_of(signed_in(cast.lan).get(panel()))
    reviewer, leader = text_of(signed_in(cast.hoa).get(panel())), text_of(signed_in(cast.hung).get(panel()))
    assert 'value="go"' not in reviewer + leader and ">Gỡ<" not in reviewer + leader
    assert "Không gỡ được: Bên nào đính kèm thì bên đó mới gỡ được." in reviewer


def test_a_reviewer_unfolds_the_form_that_adds_for_the_commune(cast: Cast, shelf: Shelf) -> None:
    stated(cast, BHYT, "96,4", by=cast.lan)
    assert '<details class="ev-more ev-behalf no-print"><summary>' in text_of(signed_in(cast.hoa).get(panel()))
    assert "ev-behalf" not in text_of(signed_in(cast.lan).get(panel()))
    refused = send(signed_in(cast.hoa), [uploaded("virus.exe", b"MZ")])
    assert '<details class="ev-more ev-behalf no-print" open>' in text_of(refused), "with what was wrong"


def test_a_paper_added_for_the_commune_is_marked_on_its_panel(cast: Cast, shelf: Shelf) -> None:
    stated(cast, BHYT, "96,4", by=cast.lan)
    client = signed_in(cast.hoa)
    assert "thêm thay xã" in text_of(client.get(panel()))
    send(client, [uploaded()])
    assert '<span class="tag warn">' in text_of(signed_in(cast.lan).get(panel()))


# ---------- too large ----------


def test_an_oversized_file_is_dropped_while_it_arrives(cast: Cast, shelf: Shelf, settings, monkeypatch) -> None:
    settings.NTM_UPLOAD_MB = 1
    monkeypatch.setattr("communes.views.paper_forms.check_file", pytest.fail)
    response = send(signed_in(cast.lan), [uploaded("Quét 600 dpi.pdf", b"%PDF-1.4" + b"x" * 1_100_000)])
    assert response.status_code == 422 and "Quét 600 dpi.pdf” lớn hơn mức 1 MB" in text_of(response)
    assert shelf.names == []


def test_an_oversized_request_takes_no_file_and_says_so(cast: Cast, shelf: Shelf, settings) -> None:
    settings.NTM_REQUEST_MB = 1
    files = [uploaded(f"{n}.png", picture(n) + b"\0" * 400_000) for n in range(3)]
    response = send(signed_in(cast.lan), files)
    assert response.status_code == 422 and "nhiều nhất 1 MB" in text_of(response)
    response = send(signed_in(cast.lan), [uploaded("a.png", b"x" * 5_000_000)])
    assert response.status_code == 400 and "nhiều nhất 1 MB" in text_of(response)


def full(*args: object, **kwargs: object) -> str:
    raise OSError(28, "No space left on device")


def test_a_full_disk_is_a_sentence(cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(default_storage._wrapped, "save", full)
    response = send(signed_in(cast.lan), [uploaded()])
    assert response.status_code == 507 and "ổ đĩa" in text_of(response) and not Assessment.objects.exists()


def test_it_is_the_same_one_for_the_districts_papers_and_for_a_new_scan(
    cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    monkeypatch.setattr(default_storage._wrapped, "save", full)
    new = {"viec": "thay", "tep": uploaded("Mới.png", picture(8))}
    for person, address, fields in (
        (cast.lan, document_page(row), new),
        (cast.tuan, reverse("communes:district-documents"), {"tep": uploaded("X.png", picture(4))}),
    ):
        response = signed_in(person).post(address, fields)
        assert response.status_code == 507 and "ổ đĩa" in text_of(response)


# ---------- documents ----------


def document_page(row: Attachment) -> str:
    return reverse("communes:document", kwargs={"evidence": row.evidence_id})


def test_the_page_of_a_document_lists_what_rests_on_it(
    cast: Cast, shelf: Shelf, request: pytest.FixtureRequest
) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    client = signed_in(cast.lan)
    fields = {"viec": "gan", "don-vi": cast.ky_phu.code, "muc": "xa.17.1.a", "nam": str(YEAR)}
    assert client.post(document_page(row), fields).status_code == 302
    request.getfixturevalue("no_n_plus_one")
    page = text_of(client.get(document_page(row)))
    assert "Là minh chứng của 2 mục" in page and "17.1" in page


def test_a_document_is_spread_within_its_bounds(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    fields = {"viec": "gan", "don-vi": cast.ky_phu.code, "muc": "xa.17.1.a", "nam": str(YEAR)}
    for wrong in ({"don-vi": cast.ky_chau.code}, {"muc": "huyen.1.1"}, {"muc": ""}):
        assert signed_in(cast.lan).post(document_page(row), {**fields, **wrong}).status_code == 422


def test_a_document_is_mended_and_gets_a_new_file(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    client = signed_in(cast.lan)
    fields = {"viec": "sua", "trich-yeu": "Báo cáo BHYT quý III", "loai": "report", "so": "5/BC"}
    assert client.post(document_page(row), fields).status_code == 302
    assert client.post(document_page(row), {"viec": "thay", "tep": uploaded("Mới.png", picture(8))}).status_code == 302
    page = text_of(client.get(document_page(row)))
    assert "Báo cáo BHYT quý III" in page and "2 bản tệp" in page
    assert client.post(document_page(row), {"viec": "thay"}).status_code == 422
    assert client.post(document_page(row), {"viec": "sua", "trich-yeu": ""}).status_code == 422
    assert signed_in(cast.minh).post(document_page(row), fields).status_code == 404


def test_reviewers_mend_nothing_of_a_communes_document(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    stated(cast, BHYT, "96,4", by=cast.lan)
    for person in (cast.hoa, cast.tuan):
        response = signed_in(person).post(document_page(row), {"viec": "sua", "trich-yeu": "Khác", "loai": "report"})
        assert response.status_code == 422
    row.evidence.refresh_from_db()
    assert row.evidence.title == "Báo cáo BHYT"


def test_the_list_of_a_commune_is_searched_without_accents(
    cast: Cast, shelf: Shelf, request: pytest.FixtureRequest
) -> None:
    attached(cast, BHYT, by=cast.lan, title="Biên bản họp Đồng Phú")
    attached(cast, "xa.17.1.a", by=cast.lan, title="Báo cáo nước sạch", content=picture(1))
    address = reverse("communes:documents", kwargs={"code": "ky-phu"})
    client = signed_in(cast.lan)
    request.getfixturevalue("no_n_plus_one")
    page = text_of(client.get(address, {"q": "dong phu"}))
    assert "Biên bản họp Đồng Phú" in page and "Báo cáo nước sạch" not in page


def test_the_office_brings_in_a_document_for_several_communes(cast: Cast, shelf: Shelf) -> None:
    address = reverse("communes:district-documents")
    assert signed_in(cast.tuan).post(address, {"tep": uploaded("Thông báo.png")}).status_code == 302
    row = Evidence.objects.get()
    assert row.unit == cast.district
    assert "chưa dùng" in text_of(signed_in(cast.tuan).get(address))
    assert signed_in(cast.hung).post(address, {"tep": uploaded("X.png", picture(4))}).status_code == 422
    assert signed_in(cast.lan).post(address, {"tep": uploaded()}).status_code == 404


def test_what_is_asked_for_shows_on_panel_and_list(cast: Cast, shelf: Shelf) -> None:
    address = reverse("communes:required-papers")
    fields = {"viec": "them", "muc": BHYT, "ten": "Danh sách tham gia"}
    assert signed_in(cast.hoa).post(address, fields).status_code == 302
    assert signed_in(cast.hoa).post(address, {**fields, "muc": "xa.17.1.a"}).status_code == 422
    assert signed_in(cast.hoa).post(address, fields).status_code == 422
    assert signed_in(cast.lan).post(address, fields).status_code == 403
    lan = signed_in(cast.lan)
    assert "còn thiếu" in text_of(lan.get(panel()))
    assert "Danh sách tham gia" in text_of(lan.get(reverse("communes:documents", kwargs={"code": "ky-phu"})))
    paper = RequiredPaper.objects.get()
    send(lan, [uploaded()], **{"dap-ung": str(paper.pk)})
    assert "đủ tài liệu phải có" in text_of(lan.get(panel()))
    assert signed_in(cast.hoa).post(address, {"viec": "bo", "tai-lieu": paper.pk}).status_code == 302
    assert signed_in(cast.hoa).post(address, {"viec": "bo", "tai-lieu": paper.pk}).status_code == 404


def test_a_panel_costs_the_same_with_many_papers(cast: Cast, shelf: Shelf, request: pytest.FixtureRequest) -> None:
    for shade in range(4):
        attached(cast, BHYT, by=cast.lan, content=picture(shade), title=f"Văn bản {shade}")
    client = signed_in(cast.lan)
    request.getfixturevalue("no_n_plus_one")
    assert text_of(client.get(panel())).count("Văn bản ") >= 4


def test_a_colleague_of_the_commune_works_on_the_same_papers(cast: Cast, shelf: Shelf) -> None:
    colleague = make_person(username="thanh", full_name="Lê Văn Thanh")
    post(colleague, cast.standing(cast.lan).seats[0].role, cast.ky_phu)
    row = attached(cast, BHYT, by=cast.lan)
    detach(by=colleague, standing=cast.standing(colleague), beside=beside(cast, BHYT), attachment=row.pk, on=TODAY)
    with pytest.raises(Refused, match="gỡ trước đó"):
        detach(by=cast.lan, standing=cast.standing(cast.lan), beside=beside(cast, BHYT), attachment=row.pk, on=TODAY)
