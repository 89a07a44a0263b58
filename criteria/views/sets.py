"""The list of criteria sets, with the office's switch of a province's supplement, and one set as a legal page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from criteria.actions.thresholds import switch_supplement
from criteria.forms import SupplementForm
from criteria.models import CriteriaSet, SupplementSwitch
from criteria.policies import Refused, why_not_set_threshold
from criteria.queries import BooksInForce, books_in_force, entries_over, rulebook_of, supplements_on
from criteria.rules.rulebook import Criterion, Rulebook
from criteria.rules.thresholds import Bounds
from criteria.rules.vocabulary import CheckState, Level
from criteria.views.address import Looking, PlacesOf, looking
from criteria.views.law import FILTERS, LawPage, bounds_by_family, bounds_of, supplements_in


@dataclass(frozen=True, slots=True)
class SetLine:
    """One set in the list; `states` counts its thresholds here and this year by state of the check."""

    book: Rulebook
    states: dict[str, int]

    @property
    def applies_to(self) -> str:
        return f"{self.book.period[0]}-{self.book.period[1]}"


@dataclass(frozen=True, slots=True)
class SupplementLine:
    """A province's supplement: its criteria, and the newest switch of each unit and year."""

    code: str
    name: str
    book: Rulebook
    criteria: tuple[Criterion, ...]
    switches: tuple[SwitchLine, ...]


@dataclass(frozen=True, slots=True)
class SwitchLine:
    unit: str
    switch: SupplementSwitch


@require_http_methods(["GET", "HEAD", "POST"])
def set_list(request: HttpRequest, places_of: PlacesOf | None = None) -> HttpResponse:
    """The sets in force by level and tier; POST switches a supplement on or off (the office)."""
    look = looking(request, places_of)
    books = books_in_force(look.as_of)
    refusal = why_not_set_threshold(look.standing, look.district)
    form = _supplement_form(request, look, books)
    if request.method == "POST":
        if refusal:
            raise PermissionDenied(refusal)
        if form.is_valid() and _switch(request, look, form):
            return redirect(f"{reverse('criteria:set-list')}?{look.query()}#bo-sung")
    states = bounds_by_family(look, books)
    drafts = CriteriaSet.objects.filter(is_draft=True)
    context = {
        "look": look,
        "levels": [(level, lines) for level in reversed(Level) if (lines := _lines(books, level, states))],
        "title": f"{len(list(books))} bộ tiêu chí có hiệu lực ngày {look.as_of:%d/%m/%Y}",
        "drafts": [rulebook_of(row) for row in drafts],
        "amended": [book for book in books if book.amended_by],
        "supplements": _supplements(look, books),
        "form": form,
        "refusal": refusal,
    }
    return render(request, "criteria/set_list.html", context, status=422 if form.errors else 200)


def _lines(books: BooksInForce, level: Level, bounds: dict[str, Bounds]) -> list[SetLine]:
    lines = []
    for book in books.of_level(level):
        counted = Counter(bound.check for bound in bounds[book.family].values())
        lines.append(SetLine(book, {state.value: counted[state] for state in CheckState}))
    return lines


def _supplement_form(request: HttpRequest, look: Looking, books: BooksInForce) -> SupplementForm:
    codes = sorted({code for book in books for code in supplements_in(book)})
    return SupplementForm(
        request.POST if request.method == "POST" else None,
        today=look.today,
        supplements=[(code, _supplement_name(books, code)) for code in codes],
        units=[(one.code, one.name) for one in look.places],
        years=[int(value) for value, _, _ in look.years],
        initial={"year": look.year, "is_on": "1"},
    )


def _supplement_name(books: Iterable[Rulebook], code: str) -> str:
    groups = [c.group for book in books for c in book.criteria if c.supplement == code and c.group]
    return groups[0] if groups else code


def _switch(request: HttpRequest, look: Looking, form: SupplementForm) -> bool:
    typed = form.cleaned_data
    try:
        switch_supplement(
            by=request.user,  # type: ignore[arg-type]
            standing=look.standing,
            district=look.district,
            unit=typed["unit"],
            supplement=typed["supplement"],
            year=typed["year"],
            is_on=typed["is_on"],
            document=form.document,
            on=look.today,
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return False
    done = "Đã áp dụng" if typed["is_on"] else "Đã thôi áp dụng"
    messages.success(request, f"{done} phần bổ sung, {look.name_of(typed['unit'])}, năm {typed['year']}.")
    return True


def _supplements(look: Looking, books: BooksInForce) -> list[SupplementLine]:
    """One query for the switches of all units looked after."""
    newest: dict[tuple[str, str, int], SupplementSwitch] = {}
    rows = SupplementSwitch.objects.filter(unit__in=look.codes, on__lte=look.as_of).select_related("by")
    for row in rows.order_by("pk"):
        newest[row.supplement, row.unit, row.year] = row
    found = []
    for book in books:
        for code in sorted(supplements_in(book)):
            own = sorted((row for key, row in newest.items() if key[0] == code), key=lambda row: (-row.year, row.unit))
            criteria = tuple(c for c in book.criteria if c.supplement == code)
            switches = tuple(SwitchLine(look.name_of(row.unit), row) for row in own)
            found.append(SupplementLine(code, _supplement_name(books, code), book, criteria, switches))
    return found


@require_safe
def set_page(request: HttpRequest, family: str, places_of: PlacesOf | None = None) -> HttpResponse:
    """One set as a legal page. The number of queries does not depend on how many indicators it has."""
    look = looking(request, places_of)
    shown_filter = request.GET.get("loc", "")
    if shown_filter not in FILTERS:
        raise BadRequest("Bộ lọc trong địa chỉ không có.")
    books = books_in_force(look.as_of)
    book = book_of(books, family, look)
    page = LawPage(look, book, bounds_of(look, books, book), entries_over(family, look.codes, look.as_of))
    on = supplements_on(look.place.units, look.year, look.as_of)
    law = page.law(shown_filter, frozenset().union(*on.values()))
    context = {
        "look": look,
        "law": law,
        "book": book,
        "books": list(books),
        "chips": _chips(look, law.counts, shown_filter),
        "covers_year": book.period[0] <= look.year <= book.period[1],
        "refusal": why_not_set_threshold(look.standing, look.district),
        "query": look.query(),
    }
    return render(request, "criteria/set.html", context)


def book_of(books: BooksInForce, family: str, look: Looking) -> Rulebook:
    """The version in force, else the draft. Raises Http404 (unknown family), BadRequest (not yet in force)."""
    if family in books:
        return books.book(family)
    rows = list(CriteriaSet.objects.filter(family=family).order_by("effective_on"))
    if not rows:
        raise Http404
    for row in rows:
        if row.is_draft:
            return rulebook_of(row)
    raise BadRequest(
        f"Ngày {look.as_of:%d/%m/%Y} bộ tiêu chí này chưa có hiệu lực; hiệu lực từ {rows[0].effective_on:%d/%m/%Y}."
    )


@dataclass(frozen=True, slots=True)
class Chip:
    label: str
    url: str
    count: int | None
    current: bool
    icon: str = ""


def _chips(look: Looking, counts: dict[str, int], shown: str) -> list[Chip]:
    return [
        Chip(label, f"?{look.query(loc=name)}", counts[name], name == shown) for name, (label, _) in FILTERS.items()
    ]
