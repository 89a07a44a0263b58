"""The preview of an import as its page shows it: counts, filters, one page of rows, and why it cannot be written."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.urls import reverse

from communes.models import ImportBatch
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
        return "" if self.clean else "Tệp không có số nào mới hoặc thay đổi để ghi."

    @property
    def why_not_all(self) -> str:
        if self.refused:
            return f"Còn {self.refused} dòng bị từ chối; sửa tệp rồi nạp lại, hoặc chỉ ghi các dòng sạch."
        return self.why_not_apply

    @property
    def chips(self) -> list[dict[str, object]]:
        address = reverse("communes:import-batch", kwargs={"batch": self.batch.pk})
        counted = [("", "Mới, thay đổi, từ chối", len(self.found.rows) - self.counts[RowClass.UNCHANGED])]
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
