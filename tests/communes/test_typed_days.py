"""Days and files are typed and chosen the same way on every page, whatever language the browser speaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from communes.models import Evidence, Finding, Round
from tests.makers import Cast, make_cast, signed_in

pytestmark = pytest.mark.django_db
TEMPLATES = sorted((Path(settings.BASE_DIR) / "templates").rglob("*.html"))


@pytest.fixture
def cast() -> Cast:
    return make_cast()


def said(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def test_no_page_leaves_days_and_files_to_the_language_of_the_browser():
    """A native date field reads mm/dd/yyyy, a native file field "No file chosen", in a browser set to English."""
    own = {str(path.relative_to(settings.BASE_DIR)): path.read_text(encoding="utf-8") for path in TEMPLATES}
    assert not [name for name, text in own.items() if 'type="date"' in text]
    assert [name for name, text in own.items() if 'type="file"' in text] == ["templates/components/_file_field.html"]


@pytest.mark.parametrize("text", ["1/12/2023", "01-12-2023", "1.12.2023", "01122023", "2023-12-01"])
def test_a_round_takes_its_days_as_they_are_typed(cast: Cast, text: str):
    client = signed_in(cast.tuan)
    client.post("/ky-bao-cao/", {"viec": "mo", "ky": "month-10-2023", "tu-ngay": "1/10/2023", "han": text})
    assert f"{Round.objects.get().due_on}" == "2023-12-01"


def test_a_wrong_day_comes_back_as_it_was_typed_with_its_sentence(cast: Cast):
    client = signed_in(cast.tuan)
    answer = client.post("/ky-bao-cao/", {"viec": "mo", "ky": "month-10-2023", "tu-ngay": "", "han": "31/11/2023"})
    assert answer.status_code == 422
    assert "Hạn gửi: Không có ngày “31/11/2023”. Ghi ngày/tháng/năm, ví dụ 01/04/2022." in said(answer)
    assert 'value="31/11/2023"' in said(answer) and not Round.objects.exists()


def test_a_finding_and_a_document_are_read_by_the_same_rule(cast: Cast):
    client = signed_in(cast.tuan)
    finding = {"don-vi": "ky-phu", "noi-dung": "Thiếu rãnh thoát nước", "noi-neu": "Đoàn tỉnh"}
    refused = client.post("/khac-phuc/", {**finding, "han": "ngày mai"})
    assert refused.status_code == 422 and "Hạn khắc phục: “ngày mai” không phải là ngày." in said(refused)
    client.post("/khac-phuc/", {**finding, "han": "1.12.2023"})
    assert f"{Finding.objects.get().due_on}" == "2023-12-01"

    lan, panel = signed_in(cast.lan), "/xa/ky-phu/minh-chung/2023/bhyt/"
    paper = {"viec": "tai-len", "lien-ket": "https://kyanh.example.vn/1.pdf", "trich-yeu": "Báo cáo BHYT"}
    refused = lan.post(panel, {**paper, "ngay": "2/30/2023"})
    assert refused.status_code == 422 and "Ngày ban hành: Không có ngày “2/30/2023”." in said(refused)
    lan.post(panel, {**paper, "ngay": "1.4.2022"})
    assert f"{Evidence.objects.get().issued_on}" == "2022-04-01"


def test_an_address_and_a_filter_take_a_typed_day_too(cast: Cast):
    client = signed_in(cast.tuan)
    assert 'value="01/10/2023"' in said(client.get("/?ngay=1/10/2023"))
    assert 'value="01/10/2023"' in said(client.get("/?ngay=2023-10-01"))
    assert 'value="01/10/2023"' in said(client.get("/nhat-ky/?tu=1/10/2023"))
    wrong = client.get("/?ngay=10/13/2023")
    assert wrong.status_code == 400 and "Không có ngày “10/13/2023”" in said(wrong)
