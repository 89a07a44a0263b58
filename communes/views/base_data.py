"""Base data of a commune and year: read by all who may see its sheet, typed by its officers or the office."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from communes.actions.base_data import FigureEntry, StaleFigures, save_base_figures
from communes.exporters.base_data import base_data_workbook
from communes.exporters.files import download
from communes.forms import TypedFigure, figure_entries, figures_in, typed_figure
from communes.models import Unit
from communes.policies import Refused, why_not_enter_base_data
from communes.queries.base_data import Figure, figures_in_full
from communes.queries.denominators import OtherShare, shares_of_other_figures
from communes.queries.entry import row_id
from communes.queries.people import leads_of
from communes.queries.rounds import year_lock
from communes.rules.jumps import jump_of_base
from communes.views.cells import person_in
from communes.views.opening import checked_year, open_commune, standing_in, today_in
from criteria.address import FIRST_YEAR
from criteria.models import BaseQuantity
from criteria.queries import BooksInForce, base_quantities, books_in_force
from criteria.rules.numbers import format_number
from criteria.rules.vocabulary import Level

FILL_LAST_YEAR, FILL_POPULATION = "nam-truoc", "dan-so"
POPULATION = "population"
FROM_REGISTER = "Danh mục đơn vị hành chính"


@dataclass(frozen=True)
class Line:
    """One quantity as the page shows it: what stands, what stood last year, the fields with what is typed in them."""

    quantity: BaseQuantity
    typed: TypedFigure
    now: Figure | None = None
    last: Figure | None = None
    used_by: tuple[str, ...] = ()
    offered: str = ""
    is_filled: bool = False
    problem: str = ""
    theirs: str = ""

    @property
    def warning(self) -> str:
        """A jump against last year, of what stands; or that shares have nothing to be taken of."""
        if self.is_no_denominator:
            return f"{'Bỏ trống' if _value(self.now) is None else 'Bằng 0'}, mà là mẫu số của chỉ tiêu. Kiểm tra lại."
        said = jump_of_base(_value(self.last), _value(self.now))
        return f"{said} so với năm trước ({self.shown_last}). Kiểm tra lại." if said else ""

    @property
    def is_no_denominator(self) -> bool:
        """Whether it was set to nothing or taken away although shares are taken of it."""
        return bool(self.used_by) and self.now is not None and not self.now.value

    @property
    def shown(self) -> str:
        return shown(self.quantity, self.now)

    @property
    def shown_last(self) -> str:
        return shown(self.quantity, self.last)

    @property
    def is_empty(self) -> bool:
        return not self.typed.value


@dataclass
class Page:
    """The whole page: its lines by quantity code, in the order of the library."""

    unit: Unit
    year: int
    lines: dict[str, Line]
    refusal: str = ""
    problems: list[str] = field(default_factory=list)
    others: Sequence[OtherShare] = ()

    @property
    def groups(self) -> list[tuple[str, list[Line]]]:
        found: dict[str, list[Line]] = {}
        for line in self.lines.values():
            found.setdefault(line.quantity.group, []).append(line)
        return list(found.items())

    @property
    def stated(self) -> int:
        return sum(_value(line.now) is not None for line in self.lines.values())

    @property
    def concerned(self) -> list[tuple[OtherShare, str, str]]:
        """Shares taken of another number than the one that stands: share, what stands, the address of its row."""
        return [(one, self.lines[one.quantity].shown, self._row_of(one)) for one in self.others]

    def _row_of(self, one: OtherShare) -> str:
        kwargs = {"code": self.unit.slug, "family": one.family, "year": self.year}
        return f"{reverse('communes:sheet', kwargs=kwargs)}#{row_id(one.measure)}"

    @property
    def fillable(self) -> int:
        """How many empty figures have one of last year."""
        return sum(line.is_empty and _value(line.last) is not None for line in self.lines.values())


def _value(figure: Figure | None) -> Decimal | None:
    return figure.value if figure else None


def shown(quantity: BaseQuantity, figure: Figure | None) -> str:
    value = _value(figure)
    return "—" if value is None else f"{format_number(value)} {quantity.unit}"


@require_safe
def base_data_home(request: HttpRequest, code: str) -> HttpResponse:
    """The address without a year leads to that of today."""
    unit = open_commune(request, code)
    return redirect("communes:base-data", code=unit.slug, year=max(today_in(request).year, FIRST_YEAR))


@require_http_methods(["GET", "HEAD", "POST"])
def base_data(request: HttpRequest, code: str, year: int) -> HttpResponse:
    unit = open_commune(request, code)
    checked_year(year, today_in(request))
    page = load_page(request, unit, year)
    if request.method != "POST":
        return _render(request, page)
    if page.refusal:
        raise PermissionDenied(page.refusal)
    if wanted := request.POST.get("dien"):
        return _render(request, _filled(_as_typed(page, figures_in(request.POST, page.lines)), wanted))
    return _save(request, page)


@require_safe
def base_data_excel(request: HttpRequest, code: str, year: int) -> HttpResponse:
    unit = open_commune(request, code)
    checked_year(year, today_in(request))
    page = load_page(request, unit, year, with_others=False)
    rows = [(line.quantity, line.now, line.last) for line in page.lines.values()]
    content = base_data_workbook(unit, year, rows, today_in(request))
    return download(content, f"Số liệu nền {unit.full_name} – {year}.xlsx")


def _save(request: HttpRequest, page: Page) -> HttpResponse:
    typed = {code: one for code, one in figures_in(request.POST, page.lines).items() if one.is_changed}
    entries, problems = figure_entries(typed, {code: line.quantity for code, line in page.lines.items()})
    if problems:
        return _render(request, _as_typed(page, figures_in(request.POST, page.lines), problems), 422)
    try:
        rows = save_base_figures(
            by=person_in(request), standing=standing_in(request), unit=page.unit, year=page.year, entries=entries,
            on=today_in(request),
        )  # fmt: skip
    except Refused as refusal:
        raise PermissionDenied(str(refusal)) from None
    except StaleFigures as stale:
        return _conflict(request, page, entries, stale)
    messages.success(request, f"Đã lưu {len(rows)} số liệu nền." if rows else "Không có số liệu nào thay đổi.")
    for sentence in _cautions(request, page, {row.quantity.code: row.value for row in rows}):
        messages.warning(request, sentence)
    return redirect("communes:base-data", code=page.unit.slug, year=page.year)


def _cautions(request: HttpRequest, page: Page, saved: Mapping[str, Decimal | None]) -> list[str]:
    """What the figures just saved mean for shares: taken of another number, or with nothing to be taken of."""
    books = books_in_force(today_in(request), year=page.year)
    stand = {code: value for code, value in saved.items() if value is not None}
    told = []
    if concerned := len(_others(request, page.unit, page.year, books, stand)):
        told.append(f"{concerned} chỉ tiêu đang tính theo mẫu số khác số vừa lưu; xem danh sách dưới.")
    for code, value in saved.items():
        line = page.lines[code]
        if not value and line.used_by:
            said = "bỏ trống" if value is None else "bằng 0"
            told.append(f"{line.quantity.name} {said}, mà là mẫu số của {'; '.join(line.used_by)}. Kiểm tra lại.")
    return told


def _others(
    request: HttpRequest, unit: Unit, year: int, books: BooksInForce, stand: Mapping[str, Decimal]
) -> Sequence[OtherShare]:
    district = unit.parent
    assert district is not None
    leads = leads_of(district, today_in(request))
    return shares_of_other_figures(unit, year, standing_in(request), books, leads, stand) if stand else []


def _conflict(request: HttpRequest, page: Page, entries: list[FigureEntry], stale: StaleFigures) -> HttpResponse:
    """Both values side by side; saving once more replaces what was shown."""
    mine = {entry.quantity: entry for entry in entries}
    problems, theirs = {}, {}
    for code, figure in stale.theirs.items():
        quantity = page.lines[code].quantity
        typed = "bỏ trống" if mine[code].value is None else f"{format_number(mine[code].value)} {quantity.unit}"
        who = f"{figure.by} vừa lưu {shown(quantity, figure)}" if figure else "người khác vừa bỏ số này"
        problems[code] = f"{who}; anh/chị nhập {typed}. Lưu lần nữa để thay, hoặc sửa lại theo số kia."
        theirs[code] = shown(quantity, figure)
    fresh = load_page(request, page.unit, page.year)
    told = _as_typed(fresh, figures_in(request.POST, page.lines), problems)
    # Only a conflict shows the other's figure: elsewhere a field keeps the row that its owner has seen.
    told.lines = {
        code: replace(line, typed=replace(line.typed, row=fresh.lines[code].typed.row)) if code in theirs else line
        for code, line in told.lines.items()
    }
    return _render(request, told, 409)


def load_page(request: HttpRequest, unit: Unit, year: int, *, with_others: bool = True) -> Page:
    """Everything that stands, with last year's, in a constant number of queries; on wish without the shares taken of
    other numbers."""
    today = today_in(request)
    figures = figures_in_full(unit.pk, [year, year - 1], today)
    now, last = figures.get(year, {}), figures.get(year - 1, {})
    books = books_in_force(today, year=year)
    uses = uses_of(books)
    refusal = why_not_enter_base_data(standing_in(request), unit.district_code, unit.code)
    refusal = refusal or year_lock(unit.district_code, year)
    lines = {
        row.code: Line(row, typed_figure(now.get(row.code), row.decimals), now.get(row.code), last.get(row.code),
            uses.get(row.code, ()))
        for row in base_quantities()
    }  # fmt: skip
    if not refusal:
        _offer_population(lines, unit)
    stand = {code: figure.value for code, figure in now.items() if figure.value is not None}
    others = _others(request, unit, year, books, stand) if with_others else []
    return Page(unit, year, lines, refusal or "", others=others)


def _offer_population(lines: dict[str, Line], unit: Unit) -> None:
    """The register of units knows a population, of some census: offered, and taken only by a press of its own, because
    it may be years old."""
    line = lines.get(POPULATION)
    if line is not None and line.now is None and unit.population:
        lines[POPULATION] = replace(line, offered=format_number(unit.population))


def uses_of(books: BooksInForce) -> dict[str, tuple[str, ...]]:
    """Which indicators of communes are a percentage of each quantity: code -> "Xã NTM 15.1", each set named once."""
    found: dict[str, dict[str, list[str]]] = {}
    for book in books.of_level(Level.COMMUNE):
        for item, part in book.parts:
            if part.measure.denominator and item in book.indicators:
                items = found.setdefault(part.measure.denominator, {}).setdefault(book.short_name, [])
                if item not in items:
                    items.append(item)
    return {
        code: tuple(f"{name} {', '.join(items)}" for name, items in sets.items()) for code, sets in found.items()
    }


def _as_typed(page: Page, typed: Mapping[str, TypedFigure], problems: Mapping[str, str] | None = None) -> Page:
    """The page with what was typed in it; a line that nobody touched shows what stands by now."""
    problems = problems or {}
    lines = {
        code: replace(line, typed=typed[code], problem=problems.get(code, ""))
        if code in typed and (typed[code].is_changed or code in problems) else line
        for code, line in page.lines.items()
    }  # fmt: skip
    told = [f"{lines[code].quantity.name}: {sentence}" for code, sentence in problems.items()]
    return replace(page, lines=lines, problems=told)


def _filled(page: Page, wanted: str) -> Page:
    """Empty figures with those of last year, or the population with that of the register; not saved yet."""
    lines = dict(page.lines)
    for code, line in page.lines.items():
        if line.is_empty and wanted == FILL_POPULATION and line.offered:
            typed = replace(line.typed, value=line.offered, source=FROM_REGISTER)
            lines[code] = replace(line, typed=typed, is_filled=True)
        elif line.is_empty and wanted == FILL_LAST_YEAR and _value(line.last) is not None:
            last = typed_figure(line.last, line.quantity.decimals)
            typed = replace(line.typed, value=last.value, source=f"Như năm {page.year - 1}")
            lines[code] = replace(line, typed=typed, is_filled=True)
    return replace(page, lines=lines)


def _render(request: HttpRequest, page: Page, status: int = 200) -> HttpResponse:
    today = today_in(request)
    years = [
        (reverse("communes:base-data", kwargs={"code": page.unit.slug, "year": year}), str(year), year == page.year)
        for year in range(max(FIRST_YEAR, today.year - 3), max(today.year, FIRST_YEAR) + 1)
    ]
    filled = sum(line.is_filled for line in page.lines.values())
    context = {"page": page, "unit": page.unit, "year": page.year, "years": years, "filled": filled}
    return render(request, "communes/base_data.html", context, status=status)
