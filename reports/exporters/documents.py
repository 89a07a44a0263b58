"""The heading of an official paper and what its reader must know: whose it is, of which day, on which basis.

Layout: Nghị định 30/2020/NĐ-CP, annex I. The number is left open: an office gives it when the paper is signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from communes.exporters.pdf import DEMO_MARK, day_in_words
from communes.models import Unit
from criteria.rules.numbers import clean_text
from criteria.rules.rulebook import Rulebook
from criteria.rules.vocabulary import Basis, Level
from reports.queries.matrix import Matrix
from reports.queries.units import CommunePage, DistrictPage
from reports.viewing import Viewing

# One key to letters, forms and the star, in every paper and every workbook.
LEGEND_FORMS = (
    ("đã duyệt", "ô tô đặc"),
    ("đã thẩm tra", "ô tô nhạt, vạch đậm bên trái"),
    ("tự đánh giá", "ô viền, không tô"),
)
PROVISIONAL_NOTE = "tạm tính: kết luận dựa trên ngưỡng chưa đối chiếu với văn bản hoặc ngưỡng minh họa"


@dataclass(frozen=True)
class Document:
    """One paper. `unit` issues it; `subject` is its abstract without a full stop; `day` is written under the motto."""

    viewing: Viewing
    unit: Unit
    subject: str
    day: date
    is_demo: bool
    made_by: str
    recipients: tuple[str, ...]
    signer: str = "CHỦ TỊCH"

    @property
    def kind(self) -> str:
        return "BÁO CÁO"

    @property
    def issuing_body(self) -> tuple[str, str]:
        """A People's Committee writes only its own name, on two lines."""
        return "ỦY BAN NHÂN DÂN", clean_text(self.unit.full_name).upper()

    @property
    def place_and_day(self) -> str:
        return f"{clean_text(self.unit.name)}, {day_in_words(self.day)}"

    @property
    def standing_words(self) -> str:
        """Basis and as-of day in one sentence."""
        basis = self.viewing.basis
        on = f"cơ sở {basis.label}" if basis else "từng cơ sở ghi riêng"
        return f"Số liệu năm {self.viewing.year}, {on}, tính đến hết {day_in_words(self.viewing.as_of)}"

    @property
    def foot_line(self) -> str:
        """The same in short, for the foot of every page."""
        view = self.viewing
        return f"{view.book.short_name} – năm {view.year} – {view.basis_label} – đến {view.as_of:%d/%m/%Y}"

    @property
    def facts(self) -> list[tuple[str, str | int | date]]:
        """What the sheet "Thông tin" tells, label and value; days and numbers stay what they are."""
        view = self.viewing
        rows: list[tuple[str, str | int | date]] = [
            ("Nội dung", self.subject),
            ("Huyện", clean_text(view.district.title)),
            ("Bộ tiêu chí", view.book.name),
            ("Quyết định", f"{view.book.legal_source}, {view.book.issuer}".rstrip(", ")),
            ("Năm", view.year),
            ("Tính đến hết ngày", view.as_of),
            ("Cơ sở", view.basis_label),
            ("Ngày lập", self.day),
        ]
        if self.unit is not view.district:
            rows.insert(1, ("Đơn vị", clean_text(self.unit.title)))
        if self.made_by:
            rows.append(("Người lập", clean_text(self.made_by)))
        if self.is_demo:
            rows.append(("Tính chất số liệu", DEMO_MARK))
        return rows


def set_in_words(book: Rulebook) -> str:
    """The set inside a sentence; kiểu mẫu is not called a set in its decision."""
    if book.name.startswith("Bộ tiêu chí"):
        return book.name
    return f"yêu cầu đối với {book.name[:1].lower()}{book.name[1:]}"


def matrix_document(matrix: Matrix, *, made_on: date, is_demo: bool, made_by: str = "") -> Document:
    view = matrix.viewing
    subject = (
        f"Tổng hợp kết quả thực hiện {set_in_words(view.book)} của các xã, "
        f"{clean_text(view.district.full_name)}, năm {view.year}"
    )
    return Document(view, view.district, subject, made_on, is_demo, made_by, _district_recipients())


def commune_document(page: CommunePage, *, made_on: date, is_demo: bool, made_by: str = "") -> Document:
    view, unit = page.viewing, page.unit
    subject = f"Kết quả thực hiện {set_in_words(view.book)} của {clean_text(unit.full_name)}, năm {view.year}"
    recipients = (
        f"UBND {clean_text(view.district.full_name)}",
        "Văn phòng Điều phối NTM huyện",
        f"Đảng ủy, HĐND {unit.kind}",
        "Lưu: VT",
    )
    return Document(view, unit, subject, made_on, is_demo, made_by, recipients)


def district_document(page: DistrictPage, *, made_on: date, is_demo: bool, made_by: str = "") -> Document:
    view = page.viewing
    subject = f"Kết quả thực hiện {set_in_words(view.book)} của {clean_text(view.district.full_name)}, năm {view.year}"
    return Document(view, view.district, subject, made_on, is_demo, made_by, _district_recipients())


def _district_recipients() -> tuple[str, ...]:
    return "Ban Chỉ đạo các chương trình MTQG huyện", "Các phòng, ban liên quan", "UBND các xã", "Lưu: VT, VPĐP"


def result_columns(document: Document) -> tuple[str, ...]:
    """Heads of the three results as the official table writes them, strongest last; of the bases shown only."""
    of_district = document.viewing.level is Level.DISTRICT
    words = {
        Basis.SELF: "Tự đánh giá của huyện" if of_district else "Tự đánh giá của xã",
        Basis.VERIFIED: "Kết quả thẩm tra" if of_district else "Kết quả thẩm tra của huyện",
        Basis.APPROVED: "Đã duyệt",
    }
    return tuple(words[basis] for basis in document.viewing.bases)
