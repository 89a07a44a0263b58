"""Nhập từ Excel: fetch a template, bring a file, see what was brought. The steps after are in `import_batch`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Department
from accounts.roles import Standing
from communes.actions.importing import keep_import, note_findings
from communes.address import home_district
from communes.exporters.entry_workbook import entry_workbook
from communes.exporters.files import download
from communes.imports.kinds import check_batch, kind_of, noted, year_of
from communes.imports.workbooks import MAX_BYTES, ReadSheet, WorkbookProblem, read_workbook
from communes.models import ImportBatch, Unit
from communes.policies import Refused, why_not_import, why_not_load_initial, why_not_open_imports
from communes.queries.entry_template import entry_template
from communes.queries.importing import imports_of
from communes.queries.judged import communes_of
from communes.rules.importing import ImportKind
from communes.views.cells import person_in
from communes.views.list_templates import list_choices
from communes.views.opening import checked_year, open_commune, standing_in, today_in
from communes.views.paper_forms import refusal_status
from criteria.address import FIRST_YEAR, year_in
from criteria.queries import BooksInForce, books_in_force
from criteria.rules.numbers import clean_text
from criteria.rules.rulebook import Rulebook
from criteria.rules.vocabulary import Level

PER_PAGE = 20


def district_in(
    request: HttpRequest, why_not: Callable[[Standing, str], str | None] = why_not_open_imports
) -> Unit:
    """The district whose figures or lists the person brings; the desk is that of those who may. 404 and 403."""
    found = home_district(request)
    if refusal := why_not(standing_in(request), found.code):
        raise PermissionDenied(refusal)
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def import_home(request: HttpRequest) -> HttpResponse:
    district = district_in(request)
    if request.method == "POST":
        return _bring(request, district)
    return _home(request, district)


def _home(request: HttpRequest, district: Unit, problem: str = "", status: int = 200) -> HttpResponse:
    standing, today = standing_in(request), today_in(request)
    is_office = why_not_load_initial(standing, district.code) is None
    page = Paginator(imports_of(standing, district), PER_PAGE).get_page(request.GET.get("trang"))
    lists = list_choices(standing, district)
    context = {
        "district": district, "problem": problem, "page": page, "is_office": is_office,
        "communes": _communes_for(standing, district, request), "departments": _departments_for(standing, district),
        "books": _own_books(books_in_force(today, year=today.year), standing), "years": years_for(today.year),
        "biggest": _biggest(), "types": why_not_import(standing, district.code) is None,
        "lists": lists, "keeps_lists": any(one.refusal is None for one in lists),
    }  # fmt: skip
    return render(request, "communes/import_home.html", context, status=status)


def years_for(last: int) -> list[int]:
    """Years that can be assessed, the present one first."""
    return list(range(max(last, FIRST_YEAR), FIRST_YEAR - 1, -1))


def _communes_for(standing: Standing, district: Unit, request: HttpRequest) -> list[Unit]:
    """Communes to fetch a template for: one's own, or for department and office all."""
    own = standing.communes
    units = communes_of(district, today_in(request))
    return [unit for unit in units if unit.code in own] if own else units


def _departments_for(standing: Standing, district: Unit) -> list[Department]:
    rows = Department.objects.filter(district_code=district.code)
    if why_not_load_initial(standing, district.code) is not None:
        rows = rows.filter(code__in=standing.departments_in(district.code))
    return list(rows)


def _own_books(books: BooksInForce, standing: Standing) -> list[Rulebook]:
    return [book for book in books if not standing.communes or book.level is Level.COMMUNE]


def _bring(request: HttpRequest, district: Unit) -> HttpResponse:
    """Take in a file: read, keep, check, and lead to its preview (or to the mapping of its columns)."""
    file = request.FILES.get("tep")
    if getattr(request, "oversize", ()) or (isinstance(file, UploadedFile) and (file.size or 0) > MAX_BYTES):
        return _home(request, district, f"Tệp lớn hơn {_biggest()} MB. Bỏ hình ảnh, trang thừa rồi nạp lại.", 413)
    if not isinstance(file, UploadedFile) or not file.name:
        return _home(request, district, "Chưa chọn tệp. Chọn tệp Excel (.xlsx) rồi bấm Đọc tệp.", 422)
    try:
        sheets = read_workbook(file.file, name=file.name)
        batch = _keep(request, district, file, sheets)
        if batch.kind == ImportKind.OWN_BOOK:
            return redirect("communes:import-mapping", batch=batch.pk)
        note_findings(batch=batch, **noted(check_batch(batch, standing_in(request), today_in(request), sheets)))
    except (WorkbookProblem, Refused) as problem:
        return _home(request, district, str(problem), refusal_status(problem))
    return redirect("communes:import-batch", batch=batch.pk)


def _biggest() -> int:
    """In MB: what a workbook may weigh, or what arrives at all."""
    return min(MAX_BYTES // 1024 // 1024, settings.NTM_UPLOAD_MB)


def _keep(request: HttpRequest, district: Unit, file: UploadedFile, sheets: Sequence[ReadSheet]) -> ImportBatch:
    kind = kind_of(sheets)
    assert file.file is not None
    return keep_import(
        by=person_in(request), standing=standing_in(request), district=district, kind=kind, content=file.file,
        year=year_of(sheets, today_in(request)) if kind is ImportKind.VALUES else None, size=file.size or 0,
        name=clean_text(file.name or "", keep_newlines=False)[-200:] or "tep.xlsx", on=today_in(request),
        as_approved="lan-dau" in request.POST, reason=request.POST.get("ly-do", "")[:2000],
    )  # fmt: skip


@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """Our workbook for a commune (`xa`), a department (`phong`) or all that the person may fill."""
    district, standing, today = district_in(request, why_not_import), standing_in(request), today_in(request)
    year = checked_year(year_in(request.GET.get("nam"), today), today)
    books = _wanted_books(request.GET.get("bo", ""), books_in_force(today, year=year))
    lead, whose = _lead_in(request, district)
    units, place = _units_in(request, district, books[0].level)
    made = entry_template(
        district=district, units=units, books=books, year=year, standing=standing, today=today,
        whose=", ".join(filter(None, (whose, place))), lead=lead,
    )  # fmt: skip
    if not made.rows:
        messages.warning(request, "Không có mục nào để nhập theo lựa chọn này. Chọn bộ tiêu chí hoặc đơn vị khác.")
        return redirect("communes:import-home")
    name = f"Nhập liệu {year} – {made.whose} – {books[0].short_name if len(books) == 1 else 'các bộ'}.xlsx"
    return download(entry_workbook(made), name)


def _wanted_books(family: str, books: BooksInForce) -> list[Rulebook]:
    if family:
        if family not in books:
            raise BadRequest("Không có bộ tiêu chí này trong năm đã chọn.")
        return [books.book(family)]
    found = books.of_level(Level.COMMUNE)
    if not found:
        raise BadRequest("Chưa có bộ tiêu chí nào có hiệu lực cho năm này.")
    return found


def _lead_in(request: HttpRequest, district: Unit) -> tuple[str, str]:
    """The department whose measures are wanted, with its name; one's own where none is named. 404 for another's."""
    standing, wanted = standing_in(request), request.GET.get("phong", "")
    own = standing.departments_in(district.code)
    is_office = why_not_load_initial(standing, district.code) is None
    if wanted and not is_office and wanted not in own:
        raise Http404
    if not wanted and (is_office or standing.communes or not own):
        return "", ""
    row = Department.objects.filter(district_code=district.code, code=wanted[:40] or sorted(own)[0]).first()
    if row is None:
        raise Http404
    return row.code, row.name


def _units_in(request: HttpRequest, district: Unit, level: Level) -> tuple[list[Unit], str]:
    """The units that the template is about, and how they are called together."""
    if level is Level.DISTRICT:
        if standing_in(request).communes:
            raise Http404
        return [district], district.full_name
    if wanted := request.GET.get("xa", ""):
        unit = open_commune(request, wanted)
        if unit.parent_id != district.pk:
            raise Http404
        unit.parent = district
        return [unit], unit.full_name
    units = _communes_for(standing_in(request), district, request)
    return units, units[0].full_name if len(units) == 1 else f"{len(units)} xã"
