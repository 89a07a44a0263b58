"""Invented papers beside invented figures: every page says in large letters that it proves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import NamedTuple

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from accounts.models import Person
from communes.actions.asking_papers import ask_for_paper
from communes.actions.evidence import Beside, Details, Upload, attach, bring_in
from communes.imports.files import check_file
from communes.models import Evidence, RequiredPaper, Unit
from communes.queries.entry import item_of
from communes.queries.people import Leads, leads_of, standing_of
from communes.rules.evidence import PaperKind
from criteria.models import Measure
from ntm_tracker.demo.people import commune_user
from ntm_tracker.demo.places import INVENTED, WORKING_DAY

ASKED_ON = date(2022, 4, 18)
BROUGHT_ON = {2022: date(2022, 11, 9), 2023: date(2023, 6, 8)}

ASKED_FOR = {
    "bhyt": ("Bảng tổng hợp số người tham gia BHYT có xác nhận của BHXH huyện",),
    "dien_an_toan": ("Biên bản kiểm tra an toàn điện",),
    "nuoc_sach_tap_trung": ("Danh sách hộ dùng nước sạch", "Phiếu kết quả xét nghiệm mẫu nước"),
    "ngheo_da_chieu": ("Quyết định phê duyệt kết quả rà soát hộ nghèo",),
    "thu_nhap": ("Báo cáo kết quả điều tra thu nhập",),
    "xa.5.1": ("Quyết định công nhận trường đạt chuẩn",),
}  # fmt: skip


class Paper(NamedTuple):
    """A document of a commune: the measures it supports, the asked-for paper it answers, how many pages it has."""

    kind: PaperKind
    title: str
    number: str
    issuer: str
    measures: tuple[str, ...]
    answers: str = ""
    pages: int = 1


PAPERS = (
    Paper(PaperKind.TABLE, "Bảng tổng hợp số người tham gia BHYT", "{n}/BHXH-TH", "BHXH huyện Kỳ Anh", ("bhyt",),
          ASKED_FOR["bhyt"][0], 2),
    Paper(PaperKind.MINUTES, "Biên bản kiểm tra an toàn điện", "{n}/BB-ĐL", "Điện lực Kỳ Anh", ("dien_an_toan",),
          ASKED_FOR["dien_an_toan"][0]),
    Paper(PaperKind.REPORT, "Báo cáo kết quả thực hiện tiêu chí môi trường", "{n}/BC-UBND", "UBND xã {xa}",
          ("phan_loai_rac", "ve_sinh_3_sach", "xa.17.1.a"), "", 3),
    Paper(PaperKind.DOCUMENT, "Quyết định phê duyệt kết quả rà soát hộ nghèo, hộ cận nghèo", "{n}/QĐ-UBND",
          "UBND xã {xa}", ("ngheo_da_chieu",), ASKED_FOR["ngheo_da_chieu"][0]),
    Paper(PaperKind.REPORT, "Báo cáo kết quả điều tra thu nhập bình quân đầu người", "{n}/BC-UBND", "UBND xã {xa}",
          ("thu_nhap",), ASKED_FOR["thu_nhap"][0], 2),
    Paper(PaperKind.PICTURE, "Ảnh nhà văn hóa thôn và khu thể thao", "", "UBND xã {xa}", ("xa.6.3",)),
)  # fmt: skip
# Kỳ Phú has all of them, for both years; the others the first ones of this year, fewer down the list.
FULL = "ky-phu"


def lay_papers(district: Unit, units: Mapping[str, Unit], people: Mapping[str, Person], office: Person) -> int:
    """Ask for papers, bring some in, lay them beside figures. How many documents there are then."""
    measures = {row.code: row for row in Measure.objects.all()}
    leads = leads_of(district, WORKING_DAY)
    standing = standing_of(office, WORKING_DAY)
    for code, names in ASKED_FOR.items():
        for name in names:
            ask_for_paper(
                by=office, standing=standing, district=district, measure=measures[code], lead=leads.of(code).code,
                name=name, on=ASKED_ON, is_illustrative=True,
            )  # fmt: skip
    asked = {(row.measure.code, row.name): row.pk for row in RequiredPaper.objects.select_related("measure")}
    for slug, unit in units.items():
        for year, papers in _share(slug, unit.position):
            for number, paper in enumerate(papers, 1):
                _lay(unit, people[commune_user(slug)], year, number, paper, measures, leads, asked)
    return Evidence.objects.count()


def _share(slug: str, position: int) -> Iterator[tuple[int, Sequence[Paper]]]:
    if slug == FULL:
        yield from ((year, PAPERS) for year in BROUGHT_ON)
    else:
        yield 2023, PAPERS[: position % 3]


def _lay(
    unit: Unit, officer: Person, year: int, number: int, paper: Paper, measures: Mapping[str, Measure], leads: Leads,
    asked: Mapping[tuple[str, str], int],
) -> None:  # fmt: skip
    standing, on = standing_of(officer, WORKING_DAY), BROUGHT_ON[year]
    own_number = paper.number.format(n=f"{unit.position * 7 + number:02}")
    issuer = paper.issuer.format(xa=unit.name)
    details = Details(paper.kind, f"{paper.title} năm {year}", own_number, on, issuer)
    content, name = _bytes(details, paper)
    document = None
    for code in paper.measures:
        beside = Beside(item_of(unit, leads.of(code)), unit, measures[code], year)
        required = asked.get((code, paper.answers))
        if document is None:
            upload = Upload(check_file(content, name), content)
            row = bring_in(
                by=officer, standing=standing, beside=beside, details=details, upload=upload, on=on, required=required
            )
            document = row.evidence
        else:
            attach(by=officer, standing=standing, beside=beside, document=document, on=on, required=required)


PAGE = (827, 1169)  # A4 at 100 dots an inch


def _bytes(details: Details, paper: Paper) -> tuple[BytesIO, str]:
    """The scan: a PDF of drawn pages, or a picture."""
    drawn = [_page(details, page, paper.pages) for page in range(1, paper.pages + 1)]
    content = BytesIO()
    if paper.kind is PaperKind.PICTURE:
        drawn[0].save(content, "JPEG", quality=60)
    else:
        drawn[0].save(content, "PDF", save_all=True, append_images=drawn[1:], resolution=100, quality=60)
    content.seek(0)
    return content, f"{details.title}.{'jpg' if paper.kind is PaperKind.PICTURE else 'pdf'}"


def _page(details: Details, number: int, pages: int) -> Image.Image:
    page = Image.new("L", PAGE, 255)
    pen = ImageDraw.Draw(page)
    lines = (
        (90, 20, details.issuer.upper()), (130, 18, f"Số: {details.number}" if details.number else ""),
        (260, 30, details.kind.label.upper()), (310, 22, details.title), (520, 54, INVENTED.upper()),
        (600, 22, "Tệp thử của phần mềm, không phải văn bản thật,"), (630, 22, "không có giá trị chứng minh."),
        (1090, 16, f"Trang {number}/{pages}"),
    )  # fmt: skip
    for top, size, text in lines:
        pen.text((PAGE[0] // 2, top), text, 0, _font(size), anchor="ma")
    return page


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(settings.BASE_DIR / "static" / "fonts" / "tinos-regular.ttf"), size)
