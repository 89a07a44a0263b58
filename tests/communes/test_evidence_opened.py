"""Files of papers going out: who may open which, and how they leave so that they harm nobody."""

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
from communes.models import Attachment, Evidence, EvidenceFile
from communes.models.evidence import EvidenceQuerySet
from communes.rules.workflow import Stage
from tests.corpus.parts import pdf
from tests.makers import TODAY, YEAR, Cast, assign, make_cast, signed_in, stated, typed
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
    assert response["Content-Security-Policy"].startswith("sandbox") and "no-store" in response["Cache-Control"]


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
