"""`/chi-dao/`: documents newest first, all items by urgency, and both taken away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Right, Standing
from communes.exporters.files import download
from communes.models import Unit
from communes.views.opening import standing_in, today_in
from criteria.rules.words import folded
from plans.exporters.directive_papers import directives_pdf, items_pdf
from plans.exporters.directives import Filtered, directives_workbook, items_workbook
from plans.queries.directives import DirectiveRow, ItemRow, directives_for
from plans.rules.directives import tally, urgency
from plans.rules.vocabulary import ItemState
from plans.views.opening import is_demo, my_district, paper

PER_PAGE = 50
Test = Callable[[ItemRow], bool]
ITEM_STATES: dict[str, tuple[str, Test]] = {
    "": ("Chưa xong", lambda row: not row.is_done),
    "qua-han": ("Quá hạn", lambda row: row.is_late),
    "cho-xac-nhan": ("Chờ xác nhận", lambda row: row.state is ItemState.REPORTED),
    "cua-toi": ("Của tôi", lambda row: row.is_mine and not row.is_done),
    "da-xong": ("Đã xong", lambda row: row.is_done),
    "tat-ca": ("Tất cả", lambda row: True),
}
DOCUMENT_STATES: dict[str, tuple[str, Callable[[DirectiveRow], bool]]] = {
    "": ("Tất cả", lambda row: True),
    "con-viec": ("Còn việc", lambda row: row.tally.unsettled > 0),
    "qua-han": ("Có việc quá hạn", lambda row: row.tally.late > 0),
    "cho-xac-nhan": ("Có việc chờ xác nhận", lambda row: row.tally.reported > 0),
    "da-xong": ("Đã xong hết", lambda row: row.tally.is_settled),
}
_NAMES = ("loc", "don-vi", "phong", "q")


@dataclass(frozen=True)
class Asked:
    """One request for the list: who asks, and the filters of the address."""

    standing: Standing
    today: date
    chosen: Mapping[str, str]
    district: Unit

    @cached_property
    def every(self) -> list[DirectiveRow]:
        return directives_for(self.standing, self.today)

    @cached_property
    def every_item(self) -> list[ItemRow]:
        items = [item for row in self.every for item in row.items]
        return sorted(items, key=lambda row: (*urgency(row.facts, self.today), row.directive, row.position, row.pk))

    @property
    def query(self) -> str:
        return urlencode({name: value for name, value in self.chosen.items() if value})

    def query_with(self, **changed: str) -> str:
        return urlencode({name: value for name, value in {**self.chosen, **changed}.items() if value})

    def concerns(self, row: ItemRow) -> bool:
        """Unit and department; not the state and the words searched for."""
        return self.chosen["don-vi"] in ("", _unit_key(row)) and self.chosen["phong"] in ("", row.department_code)

    def items(self, test: Test | None = None) -> list[ItemRow]:
        wanted, test = folded(self.chosen["q"]), test or ITEM_STATES.get(self.chosen["loc"], ITEM_STATES[""])[1]
        return [row for row in self.every_item if test(row) and self.concerns(row) and _says(row, wanted)]

    def documents(self, test: Callable[[DirectiveRow], bool] | None = None) -> list[DirectiveRow]:
        wanted = folded(self.chosen["q"])
        test = test or DOCUMENT_STATES.get(self.chosen["loc"], DOCUMENT_STATES[""])[1]
        narrowed = self.chosen["don-vi"] or self.chosen["phong"]
        return [
            row for row in self.every
            if test(row)
            and (not narrowed or any(self.concerns(item) for item in row.items))
            and (not wanted or wanted in _folded_head(row) or any(_says(item, wanted) for item in row.items))
        ]  # fmt: skip


def _asked(request: HttpRequest) -> Asked:
    if not standing_in(request).seats:
        raise Http404
    chosen = {name: request.GET.get(name, "").replace("\0", "")[:100] for name in _NAMES}
    return Asked(standing_in(request), today_in(request), chosen, my_district(request))


def _unit_key(row: ItemRow) -> str:
    return row.unit.slug if row.unit.is_commune else "huyen"


def _says(row: ItemRow, wanted: str) -> bool:
    said = f"{row.text} {row.called} {row.holder} {row.unit.full_name}"
    return not wanted or wanted in folded(said)


def _folded_head(row: DirectiveRow) -> str:
    return folded(f"{row.called} {row.title} {row.issuer}")


# ---------- pages ----------


@require_safe
def directive_list(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    rows = asked.documents()
    context = _context(asked, "documents") | {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("trang", "1")[:9]),
        "chips": _chips(asked, DOCUMENT_STATES, asked.documents),
        "title": _title(asked.every),
    }
    return render(request, "plans/directives.html", context)


@require_safe
def item_list(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    rows = asked.items()
    context = _context(asked, "items") | {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("trang", "1")[:9]),
        "chips": _chips(asked, ITEM_STATES, asked.items),
        "title": _title(asked.every),
    }
    return render(request, "plans/directive_items.html", context)


def _context(asked: Asked, tab: str) -> dict[str, object]:
    items = [item for row in asked.every for item in row.items]
    units = {_unit_key(item): item.unit.title for item in sorted(items, key=lambda item: item.unit.position)}
    departments = {item.department_code: item.department for item in items if item.department_code}
    return {
        "tab": tab, "chosen": {**asked.chosen, "unit": asked.chosen["don-vi"]}, "query": asked.query,
        "tab_query": asked.query_with(loc=""),
        "units": list(units.items()), "departments": sorted(departments.items(), key=lambda pair: folded(pair[1])),
        "may_give": asked.standing.can_in(Right.GIVE_DIRECTIVES, asked.district.code), "district": asked.district,
        "is_empty": not asked.every, "item_count": len(items),
    }  # fmt: skip


def _chips(asked: Asked, states: Mapping[str, tuple[str, Any]], fitting: Callable[[Any], list[Any]]) -> list[Any]:
    chips = []
    for key, (label, test) in states.items():
        count, current = len(fitting(test)), asked.chosen["loc"] == key
        if count or current or not key:
            chips.append({"label": label, "count": count, "url": f"?{asked.query_with(loc=key)}", "current": current,
                          "icon": ""})  # fmt: skip
    return chips


def _title(rows: Iterable[DirectiveRow]) -> str:
    counted = tally(item.state for row in rows for item in row.items)
    if not counted.total:
        return "Chưa có văn bản chỉ đạo nào"
    if not counted.unsettled:
        return "Mọi nội dung chỉ đạo đã xong"
    late = f", {counted.late} quá hạn" if counted.late else ""
    return f"{counted.unsettled} nội dung chỉ đạo chưa xong{late}"


# ---------- taken away ----------


def _filtered(request: HttpRequest, asked: Asked, states: Mapping[str, tuple[str, Any]]) -> Filtered:
    label = states.get(asked.chosen["loc"], states[""])[0]
    units = {_unit_key(item): item.unit.title for item in asked.every_item}
    departments = {item.department_code: item.department for item in asked.every_item}
    words = [label.lower(), units.get(asked.chosen["don-vi"], ""), departments.get(asked.chosen["phong"], "")]
    words += [f"có chữ “{asked.chosen['q']}”"] if asked.chosen["q"] else []
    return Filtered(asked.district, "; ".join(word for word in words if word), asked.today, is_demo(request))


def _name(asked: Asked, what: str, ending: str) -> str:
    return f"{what} {asked.today:%d-%m-%Y}.{ending}"


@require_safe
def directives_excel(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    content = directives_workbook(asked.documents(), _filtered(request, asked, DOCUMENT_STATES))
    return download(content, _name(asked, "Văn bản chỉ đạo", "xlsx"))


@require_safe
def directives_paper(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    filtered = _filtered(request, asked, DOCUMENT_STATES)
    return paper(request, lambda: directives_pdf(asked.documents(), filtered), _name(asked, "Văn bản chỉ đạo", "pdf"))


@require_safe
def items_excel(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    content = items_workbook(asked.items(), _filtered(request, asked, ITEM_STATES))
    return download(content, _name(asked, "Nội dung chỉ đạo", "xlsx"))


@require_safe
def items_paper(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    filtered = _filtered(request, asked, ITEM_STATES)
    return paper(request, lambda: items_pdf(asked.items(), filtered), _name(asked, "Nội dung chỉ đạo", "pdf"))


