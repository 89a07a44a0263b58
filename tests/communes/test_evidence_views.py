"""Papers through the browser's door: who may open which file, what is uploaded, what goes out and how."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest
from django.core.files.storage import default_storage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from communes.actions import evidence as acts
from communes.actions.evidence import detach
from communes.models import Assessment, Attachment, Evidence, EvidenceFile, RequiredPaper
from communes.models.evidence import EvidenceQuerySet
from communes.policies import Refused
from communes.rules.workflow import Stage
from tests.corpus.parts import pdf
from tests.makers import TODAY, YEAR, Cast, assign, make_cast, make_person, post, signed_in, stated, typed
from tests.papers import Shelf, attached, beside, details, make_shelf, picture, upload, uploaded

pytestmark = pytest.mark.django_db
BHYT = "bhyt"
PANEL = {"code": "ky-phu", "year": YEAR, "measure": BHYT}
PEOPLE = ("lan", "minh", "hoa", "tuan", "mai", "hung", "dung", "quan", "binh")
SEES_ALL = {"hoa", "tuan", "mai", "hung", "dung", "quan"}


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


# ---------- who may open what ----------


def status_of(client: Client, address: str) -> int:
    response = client.get(address)
    content_of(response)
    return response.status_code


def content_of(response: HttpResponse) -> bytes:
    """Read to the end, which also closes the file."""
    return b"".join(response.streaming_content) if response.streaming else response.content


def opened_by(cast: Cast, row: Attachment) -> set[str]:
    """Who gets the file, its first page and the page of its document; all three always agree."""
    file = row.evidence.files.first()
    addresses = [
        reverse("communes:evidence-file", kwargs={"file": file.pk}),
        reverse("communes:evidence-page", kwargs={"file": file.pk, "page": 1}),
        reverse("communes:document", kwargs={"evidence": row.evidence_id}),
    ]
    found = set()
    for name in PEOPLE:
        client = signed_in(getattr(cast, name))
        statuses = {status_of(client, address) for address in addresses}
        assert statuses in ({200}, {404}), f"{name}: {statuses}"
        if statuses == {200}:
            found.add(name)
    return found


def test_papers_of_a_draft_are_opened_inside_the_commune_only(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    assert opened_by(cast, row) == {"lan"}
    typed(cast, BHYT, "96,4", by=cast.lan)
    assert opened_by(cast, row) == {"lan"}


def test_papers_of_what_was_sent_are_opened_by_all_who_review_it(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    stated(cast, BHYT, "96,4", by=cast.lan)
    assert opened_by(cast, row) == SEES_ALL | {"lan"}


def test_the_matrix_bites(cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    """Positive control: without the one door everybody opens everything."""
    row = attached(cast, BHYT, by=cast.lan)
    monkeypatch.setattr(EvidenceQuerySet, "visible_to", lambda self, standing, day: self)
    assert opened_by(cast, row) == set(PEOPLE)


def test_what_the_district_added_is_seen_by_both_sides_also_before_sending(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.hoa)
    assert opened_by(cast, row) == SEES_ALL | {"lan"}


def test_a_paper_taken_away_before_sending_is_nobodys_business(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    detach(by=cast.lan, standing=cast.standing(cast.lan), beside=beside(cast, BHYT), attachment=row.pk, on=TODAY)
    stated(cast, BHYT, "96,4", by=cast.lan)
    assert opened_by(cast, row) == {"lan"}


def test_a_paper_that_a_decision_saw_stays_readable_to_those_who_decided(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    stated(cast, BHYT, "96,4", by=cast.lan, until=Stage.APPROVED)
    typed(cast, BHYT, "97", by=cast.lan)
    detach(by=cast.lan, standing=cast.standing(cast.lan), beside=beside(cast, BHYT), attachment=row.pk, on=TODAY)
    assert opened_by(cast, row) == SEES_ALL | {"lan"}


def test_a_district_document_is_seen_by_a_commune_once_it_supports_a_figure_of_it(cast: Cast, shelf: Shelf) -> None:
    document = acts.bring_in_for_district(
        by=cast.tuan, standing=cast.standing(cast.tuan), district=cast.district, details=details(), upload=upload(),
        on=TODAY,
    )  # fmt: skip
    for person, seen in ((cast.hoa, True), (cast.hung, False), (cast.lan, False), (cast.binh, False)):
        found = Evidence.objects.visible_to(cast.standing(person), TODAY).filter(pk=document.pk).exists()
        assert found is seen, person
    row = acts.attach(
        by=cast.tuan, standing=cast.standing(cast.tuan), beside=beside(cast, BHYT), document=document, on=TODAY
    )
    assert opened_by(cast, row) == SEES_ALL | {"lan"}


def test_papers_of_a_district_draft_are_the_leads_alone(cast: Cast, shelf: Shelf) -> None:
    assign(district=cast.district, measure="huyen.1.1", lead=cast.departments["bhxh"])
    row = attached(cast, "huyen.1.1", by=cast.hoa, unit=cast.district)
    assert opened_by(cast, row) == {"hoa"}
    assign(district=cast.district, measure="huyen.1.1", lead=cast.departments["vpdp"])
    # Hoa brought it in; now it is the office that leads.
    assert opened_by(cast, row) == {"hoa", "tuan", "mai"}


def test_a_draft_paper_is_on_no_page_of_anybody_else(cast: Cast, shelf: Shelf) -> None:
    attached(cast, BHYT, by=cast.lan, title="Danh sách BÍ MẬT")
    addresses = [
        panel(),
        reverse("communes:documents", kwargs={"code": "ky-phu"}),
        reverse("communes:district-documents"),
    ]
    for name in set(PEOPLE) - {"lan"}:
        for address in addresses:
            assert "BÍ MẬT" not in text_of(signed_in(getattr(cast, name)).get(address)), f"{name} {address}"
    assert "BÍ MẬT" in text_of(signed_in(cast.lan).get(panel()))
    assert "chưa được gửi" in text_of(signed_in(cast.hoa).get(panel()))


def test_a_right_that_ended_opens_no_file(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    client = signed_in(cast.lan)
    address = reverse("communes:evidence-file", kwargs={"file": row.evidence.files.get().pk})
    assert status_of(client, address) == 200
    cast.lan.postings.update(to_on=TODAY)
    assert client.get(address).status_code == 404


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
        ({"lien-ket": "https://kyanh.vn/a", "ngay": "31/02/2023"}, "Ngày ban hành “31/02/2023” không hợp lệ"),
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


def test_a_full_disk_is_a_sentence(cast: Cast, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object, **kwargs: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage._wrapped, "save", full)
    response = send(signed_in(cast.lan), [uploaded()])
    assert response.status_code == 422 and "ổ đĩa" in text_of(response) and not Assessment.objects.exists()


# ---------- going out ----------


@pytest.mark.parametrize(
    "name",
    [
        "Biên bản họp thôn Phú Trung.png", 'a"; filename=evil.html; x="', "a\r\nSet-Cookie: x=1.png", "дай.png",
        "..\\..\\windows\\a.png", "%0d%0aX: 1.png", "x" * 250 + ".png", "\u202egnp.exe",
    ],
)  # fmt: skip
def test_hostile_names_stay_inside_their_header(name: str, cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    file = row.evidence.files.get()
    EvidenceFile.objects.filter(pk=file.pk).update(name=name[:255])
    response = signed_in(cast.lan).get(reverse("communes:evidence-file", kwargs={"file": file.pk}))
    content_of(response)
    header = response["Content-Disposition"]
    assert response.status_code == 200 and header.startswith("attachment") and "\n" not in header and "\r" not in header
    assert "Set-Cookie" not in response.headers and set(response.cookies) <= {"sessionid"}
    assert "filename=evil.html" not in header.replace('\\"', "").split('"')[0]


def test_a_file_goes_out_to_be_kept_and_runs_nothing(cast: Cast, shelf: Shelf) -> None:
    client = signed_in(cast.lan)
    send(client, [uploaded("Biên bản họp thôn.png")])
    response = client.get(reverse("communes:evidence-file", kwargs={"file": EvidenceFile.objects.get().pk}))
    assert b"".join(response.streaming_content) == picture()
    assert "Biên bản họp thôn.png" in unquote(response["Content-Disposition"].split("filename*=utf-8''")[1])
    assert response["Content-Type"] == "image/png" and response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox") and response["Cache-Control"] == "no-store"


def test_pages_of_a_pdf_are_seen_beside_the_figure(cast: Cast, shelf: Shelf) -> None:
    client = signed_in(cast.lan)
    send(client, [uploaded("Báo cáo.pdf", pdf(3))])
    file = EvidenceFile.objects.get()
    assert file.pages == 3
    page = text_of(client.get(panel(), {"xem": file.pk, "trang": "2"}))
    assert "Trang 2/3" in page and "trang=1" in page and "trang=3" in page
    response = client.get(reverse("communes:evidence-page", kwargs={"file": file.pk, "page": 2}))
    assert response["Content-Type"] == "image/jpeg" and response.content.startswith(b"\xff\xd8")
    assert client.get(reverse("communes:evidence-page", kwargs={"file": file.pk, "page": 4})).status_code == 404
    for wrong in ("0", "x", "9" * 30, "-1"):
        assert client.get(panel(), {"xem": file.pk, "trang": wrong}).status_code == 200


def test_a_file_that_is_gone_from_the_disk_is_a_page_and_no_error(cast: Cast, shelf: Shelf) -> None:
    row = attached(cast, BHYT, by=cast.lan)
    file = row.evidence.files.get()
    default_storage.delete(file.stored.name)
    client = signed_in(cast.lan)
    assert client.get(reverse("communes:evidence-file", kwargs={"file": file.pk})).status_code == 404
    assert client.get(reverse("communes:evidence-page", kwargs={"file": file.pk, "page": 1})).status_code == 422


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
