"""An import as its pages show it: the preview (counts, filters, one page of rows, why it cannot be written), and where
its result leads on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.urls import reverse

from accounts.roles import Standing
from communes.models import ImportBatch
from communes.queries.importing import SheetLeft, sheets_left
from communes.rules.importing import Found, FoundRow, RowClass

PER_PAGE = 100
FRESH, WARNED, ALL = "vua-doi", "xem-lai", "tat-ca"
SLUGS = {
    "moi": RowClass.NEW, "thay-doi": RowClass.CHANGED, "tu-choi": RowClass.REFUSED,
    "khong-doi": RowClass.UNCHANGED,
}  # fmt: skip
_CSS = {RowClass.NEW: "new", RowClass.CHANGED: "changed", RowClass.UNCHANGED: "same", RowClass.REFUSED: "refused"}


@dataclass(frozen=True)
class Line:
    """A row with the class that its line carries in the table."""

    row: FoundRow

    @property
    def css(self) -> str:
        return _CSS[self.row.found]


@dataclass(frozen=True)
class Preview:
    batch: ImportBatch
    found: Found
    chosen: str
    page: Page
    notice: str = ""

    @property
    def counts(self) -> dict[str, int]:
        return self.found.counts

    @property
    def clean(self) -> int:
        return len(self.found.written)

    @property
    def refused(self) -> int:
        return len(self.found.refused)

    @property
    def why_not_apply(self) -> str:
        if self.found.problems:
            return "Tệp chưa đúng mẫu; sửa tệp rồi nạp lại."
        return "" if self.clean else "Mọi giá trị trong tệp giống giá trị đang có hoặc bị từ chối; không có gì để ghi."

    @property
    def why_not_all(self) -> str:
        if self.refused:
            return f"Còn {self.refused} dòng bị từ chối; sửa tệp rồi nạp lại, hoặc chỉ ghi các dòng sạch."
        return self.why_not_apply

    @property
    def chips(self) -> list[dict[str, object]]:
        address = reverse("communes:import-batch", kwargs={"batch": self.batch.pk})
        counted = [("", "Mới, sửa, từ chối", len(self.found.rows) - self.counts[RowClass.UNCHANGED])]
        counted += [(slug, kind.label.capitalize(), self.counts[kind]) for slug, kind in SLUGS.items()]
        counted += [
            (ALL, "Tất cả", len(self.found.rows)),
            (FRESH, "Vừa thay đổi", sum(row.is_fresh for row in self.found.rows)),
            (WARNED, "Cần xem lại", sum(bool(row.warning) for row in self.found.rows)),
        ]
        return [
            {
                "label": label, "count": count, "current": slug == self.chosen,
                "url": address + ("?" + urlencode({"loc": slug}) if slug else ""), "icon": "",
            }
            for slug, label, count in counted
            if count or slug in ("", ALL, self.chosen)
        ]  # fmt: skip


@dataclass(frozen=True)
class SheetLink:
    """A sheet on which the work goes on, with what the import left there."""

    left: SheetLeft
    url: str

    @property
    def label(self) -> str:
        if self.left.drafts:
            return f"Mở phiếu: {self.left.drafts} mục nháp chưa gửi"
        return f"Mở phiếu: {self.left.waiting} mục chờ xã nhận" if self.left.waiting else "Mở phiếu đánh giá"


_COUNTS = {"drafts": "Nháp chưa gửi", "waiting": "Chờ xã nhận", "further": "Đã gửi hoặc duyệt"}


@dataclass(frozen=True)
class SheetLinks:
    """All of them, with the counts that say something."""

    links: list[SheetLink]

    @property
    def only(self) -> SheetLink | None:
        return self.links[0] if len(self.links) == 1 else None

    @property
    def heads(self) -> list[str]:
        return [head for name, head in _COUNTS.items() if any(getattr(one.left, name) for one in self.links)]

    @property
    def what_next(self) -> str:
        if any(one.left.waiting for one in self.links):
            return "Số nhập hộ chờ xã mở phiếu, nhận hoặc sửa rồi gửi; cán bộ xã đã được báo."
        if any(one.left.drafts for one in self.links):
            return "Số vừa ghi mới là bản nháp; mở từng phiếu để xem lại rồi gửi."
        return "Mở từng phiếu để xem số liệu đã ghi."

    @property
    def lines(self) -> list[tuple[SheetLink, list[tuple[str, int]]]]:
        """Each with its counts under their heads."""
        named = [(name, head) for name, head in _COUNTS.items() if head in self.heads]
        return [(one, [(head, getattr(one.left, name)) for name, head in named]) for one in self.links]


def sheet_links(batch: ImportBatch, standing: Standing, today: date) -> SheetLinks:
    """The sheets that an applied import leads to, each opened at what is to be done there by who asks."""
    return SheetLinks([SheetLink(left, _sheet_url(left, batch.year, standing)) for left in sheets_left(batch, today)])


def _sheet_url(left: SheetLeft, year: int | None, standing: Standing) -> str:
    kwargs: dict[str, object] = {"family": left.family, "year": year}
    if not left.unit.is_commune:
        return reverse("communes:district-sheet", kwargs=kwargs) + ("?loc=nhap" if left.drafts else "")
    url = reverse("communes:sheet", kwargs={"code": left.unit.slug, **kwargs})
    if left.unit.code not in standing.communes:
        return url
    return url + ("?loc=nhap" if left.drafts else "?loc=nhap-ho" if left.waiting else "")


def preview_of(batch: ImportBatch, found: Found, chosen: str, page: str | None, notice: str = "") -> Preview:
    """`chosen` and `page` as in the address; what they do not know means the whole and the first."""
    if chosen not in SLUGS and chosen not in (FRESH, WARNED, ALL):
        chosen = ""
    lines = [Line(row) for row in found.rows if _is_chosen(row, chosen)]
    return Preview(batch, found, chosen, Paginator(lines, PER_PAGE).get_page(page), notice)


def _is_chosen(row: FoundRow, chosen: str) -> bool:
    """Nothing chosen shows what somebody has to look at: all but what stays as it is."""
    if chosen == FRESH:
        return row.is_fresh
    if chosen == WARNED:
        return bool(row.warning)
    if chosen in SLUGS:
        return SLUGS[chosen] is row.found
    return chosen == ALL or row.found is not RowClass.UNCHANGED or row.is_fresh
