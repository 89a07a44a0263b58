"""Between bringing a workbook of the office's own and its preview: which column names the commune, which means what.

Choosing the sheet, the heading row and the layout reloads the page (GET); the columns are sent (POST) and remembered
by the headings, so that the next file like it comes with them filled in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from communes.actions.importing import keep_mapping, note_findings
from communes.imports.kinds import check_batch, noted, sheets_of
from communes.imports.own_books import (
    ACROSS,
    DOWN,
    HEADINGS_WITHIN,
    Heading,
    headings_of,
    likely_heading,
    place_column,
    proposals,
    sheet_named,
    signature_at,
    signatures_of,
)
from communes.imports.spreadsheet_xml import column_letters
from communes.imports.workbooks import ReadSheet, WorkbookProblem
from communes.models import ImportBatch, Unit
from communes.policies import Refused
from communes.queries.importing import Ground, ground_of, label_in, remembered_mapping
from communes.rules.importing import ImportKind, ImportStage
from communes.views.cells import person_in
from communes.views.import_batch import open_batch
from communes.views.importing import years_for
from communes.views.opening import checked_year, standing_in, today_in
from criteria.address import year_in
from criteria.rules.rulebook import Rulebook
from criteria.rules.vocabulary import Level

WAYS = {ACROSS: "Mỗi hàng một xã, mỗi cột một chỉ tiêu", DOWN: "Mỗi hàng một chỉ tiêu, một cột số liệu của một xã"}


@dataclass(frozen=True)
class ColumnChoice:
    heading: Heading
    letter: str
    measure: str
    is_scaled: bool


@dataclass(frozen=True)
class MappingPage:
    """Everything the page asks and what is filled in already. `remembered`: from the last file like it."""

    batch: ImportBatch
    sheets: Sequence[str]
    sheet: str
    heading: int
    rows: Sequence[tuple[int, str]]
    way: str
    year: int
    years: Sequence[int]
    family: str
    families: Sequence[tuple[str, str]]
    place: str
    value: str
    unit: str
    units: Sequence[Unit]
    columns: Sequence[ColumnChoice]
    options: Sequence[tuple[str, Sequence[tuple[str, str]]]]
    remembered: bool
    problem: str = ""

    ways = WAYS

    @property
    def is_across(self) -> bool:
        return self.way == ACROSS

    @property
    def mapped(self) -> int:
        return sum(bool(column.measure) for column in self.columns)

    @property
    def choosable(self) -> int:
        """Every column but the one that names the commune."""
        return sum(column.heading.key != self.place for column in self.columns)


@require_http_methods(["GET", "HEAD", "POST"])
def import_mapping(request: HttpRequest, batch: int) -> HttpResponse:
    row = open_batch(request, batch)
    if row.stage != ImportStage.CHECKED or row.kind != ImportKind.OWN_BOOK:
        return redirect("communes:import-batch", batch=row.pk)
    try:
        sheets = [sheet for sheet in sheets_of(row) if sheet.rows]
        if not sheets:
            raise WorkbookProblem(f"Tệp “{row.name}” không có nội dung nào. Chọn tệp khác.")
        asked = _asked(request, row, sheets)
        year = checked_year(asked["year"], today_in(request))
        ground = ground_of(
            district=row.district, year=year, standing=standing_in(request), today=today_in(request), units=()
        )
        problem = _keep(request, row, sheets, asked, year) if request.method == "POST" else ""
    except (WorkbookProblem, Refused) as failed:
        messages.error(request, str(failed))
        return redirect("communes:import-home")
    if request.method == "POST" and not problem:
        return redirect("communes:import-batch", batch=row.pk)
    page = _page(row, sheets, asked, ground, years_for(today_in(request).year), problem)
    return render(request, "communes/import_mapping.html", {"page": page}, status=422 if problem else 200)


Asked = dict[str, Any]


def _asked(request: HttpRequest, row: ImportBatch, sheets: Sequence[ReadSheet]) -> Asked:
    """What is chosen: by the form, else by the address, else by the last file like it, else what is likely."""
    given = request.POST if request.method == "POST" else request.GET
    known = _remembered(row, sheets) if not given.get("trang-tinh") else {}
    sheet = sheet_named(sheets, given.get("trang-tinh") or known.get("sheet", "")) or sheets[0]
    heading = _number(given.get("hang")) or known.get("heading") or likely_heading(sheet)
    way = given.get("cach") or known.get("way", ACROSS)
    asked = {
        "sheet": sheet.name, "heading": heading, "way": way if way in WAYS else ACROSS, "remembered": bool(known),
        "year": year_in(given.get("nam") or str(row.year or ""), today_in(request)),
        "family": given.get("bo") or known.get("family", ""), "place": known.get("place", ""),
        "value": known.get("value", ""), "unit": given.get("xa") or known.get("unit", ""),
        "columns": known.get("columns"), "scaled": known.get("scaled", []),
    }  # fmt: skip
    if request.method == "POST":
        asked |= _posted(request.POST, headings_of(sheet, heading))
    return asked


def _remembered(row: ImportBatch, sheets: Sequence[ReadSheet]) -> Mapping[str, Any]:
    if row.mapping:
        return row.mapping
    signatures = signatures_of(sheets)
    found = remembered_mapping(row.district, signatures)
    if found is None:
        return {}
    sheet, heading = signatures[found.signature]
    return {**found.columns, "sheet": sheet, "heading": heading}


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 0


def _posted(posted: Mapping[str, str], headings: Sequence[Heading]) -> Asked:
    """The columns as they were chosen, by what they are called."""
    key_at = {str(heading.place): heading.key for heading in headings}
    return {
        "place": key_at.get(posted.get("cot-xa", ""), ""),
        "value": key_at.get(posted.get("cot-so", ""), ""),
        "columns": {
            heading.key: posted.get(f"c-{heading.place}", "")[:60]
            for heading in headings
            if posted.get(f"c-{heading.place}")
        },
        "scaled": [heading.key for heading in headings if f"s-{heading.place}" in posted],
    }


def _keep(request: HttpRequest, row: ImportBatch, sheets: Sequence[ReadSheet], asked: Asked, year: int) -> str:
    """Remember the mapping and check the file by it. The sentence where something is missing."""
    sheet = sheet_named(sheets, asked["sheet"])
    assert sheet is not None
    if problem := _incomplete(asked):
        return problem
    names = ("sheet", "heading", "way", "place", "columns", "scaled", "unit", "value", "family")
    mapping = {name: asked[name] for name in names}
    keep_mapping(
        by=person_in(request), batch=row, year=year, mapping=mapping, name=f"{row.name} – {sheet.name}",
        signature=signature_at(sheet, asked["heading"]),
    )  # fmt: skip
    row.outcome = {}
    note_findings(batch=row, **noted(check_batch(row, standing_in(request), today_in(request), sheets)))
    return ""


def _incomplete(asked: Asked) -> str:
    if not asked["place"]:
        return "Chọn cột ghi tên xã." if asked["way"] == ACROSS else "Chọn cột ghi mã hoặc tên chỉ tiêu."
    if asked["way"] == ACROSS:
        codes = list(asked["columns"].values())
        if not codes:
            return "Chọn số đo cho ít nhất một cột; cột không cần thì để “bỏ qua”."
        twins = {code for code in codes if codes.count(code) > 1}
        return "Có hai cột cùng chọn một số đo; mỗi số đo chỉ lấy từ một cột." if twins else ""
    if not asked["value"] or asked["value"] == asked["place"]:
        return "Chọn cột ghi kết quả."
    return "" if asked["unit"] else "Chọn xã của bảng này."


def _page(
    row: ImportBatch, sheets: Sequence[ReadSheet], asked: Asked, ground: Ground, years: Sequence[int], problem: str
) -> MappingPage:
    sheet = sheet_named(sheets, asked["sheet"])
    assert sheet is not None
    headings = headings_of(sheet, asked["heading"])
    books = [book for book in ground.books if book.level is Level.COMMUNE]
    family = asked["family"] if asked["family"] in ground.books else books[0].family if books else ""
    proposed = asked["columns"] if asked["columns"] is not None else proposals(headings, ground, family)
    place = asked["place"] or place_column(headings, ground)
    return MappingPage(
        row, [one.name for one in sheets], sheet.name, asked["heading"], list(_first_rows(sheet)), asked["way"],
        asked["year"], years, family, [(book.family, book.short_name) for book in books], place, asked["value"],
        asked["unit"], [unit for unit in ground.units.values() if unit.is_commune],
        [_choice(heading, place, proposed, asked, problem) for heading in headings],
        _options(sorted(books, key=lambda book: book.family != family)),
        asked["remembered"], problem,
    )  # fmt: skip


def _choice(heading: Heading, place: str, proposed: Mapping[str, str], asked: Asked, problem: str) -> ColumnChoice:
    first_time = asked["columns"] is None and not problem
    scaled = heading.key in asked["scaled"] or (first_time and heading.looks_scaled)
    measure = "" if heading.key == place else proposed.get(heading.key, "")
    return ColumnChoice(heading, column_letters(heading.place), measure, scaled)


def _options(books: Sequence[Rulebook]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Every measure once, under the first set that asks for it."""
    seen: set[str] = set()
    groups = []
    for book in books:
        options = {part.measure.code: " ".join(label_in(book, item, part)) for item, part in reversed(book.parts)}
        ordered = dict.fromkeys(part.measure.code for _, part in book.parts)
        groups.append((book.short_name, [(code, options[code]) for code in ordered if code not in seen]))
        seen |= ordered.keys()
    return groups


def _first_rows(sheet: ReadSheet) -> Any:
    """The rows that may be the heading, each with the beginning of what it holds."""
    for number, values in sheet.rows[:HEADINGS_WITHIN]:
        held = " | ".join(str(value) for value in values if value is not None)
        yield number, held[:90]
