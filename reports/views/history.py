"""/nhat-ky/: the list, "thay đổi từ ngày", and the same list as a workbook and a paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import HistoryEntry
from accounts.roles import Standing
from communes.exporters.files import PDF, download
from communes.exporters.pdf import PdfUnavailable
from criteria.address import day_in
from reports.exporters.history import MOST_PRINTED, MOST_ROWS, HistoryList, history_pdf, history_workbook
from reports.queries.changes import changes_since
from reports.queries.history import (
    KINDS,
    Choices,
    HistoryFilter,
    choices_for,
    filtered,
    history_page,
    led_measures,
    told_in_full,
    visible_history,
)

_NAMES = ("nguoi", "xa", "chi-tieu", "viec", "tu", "den")
HIGHEST_NUMBER = 2**63 - 1


@dataclass(frozen=True)
class Asked:
    """One request for history, read from its address. Wrong values are a 400 in Vietnamese, foreign units a 404."""

    request: HttpRequest

    @property
    def standing(self) -> Standing:
        return self.request.standing  # type: ignore[attr-defined,no-any-return]

    @property
    def today(self) -> date:
        return self.request.today  # type: ignore[attr-defined,no-any-return]

    @cached_property
    def led(self) -> dict[str, frozenset[str]]:
        return led_measures(self.standing, self.today)

    @cached_property
    def choices(self) -> Choices:
        return choices_for(self.standing, self.led)

    @cached_property
    def filter(self) -> HistoryFilter:
        return HistoryFilter(
            self._number("nguoi"), self._unit(), self._measure(), self._kind(), self._day("tu"), self._day("den"),
            self._number("truoc"), self._number("sau"),
        )  # fmt: skip

    @property
    def entries(self) -> QuerySet[HistoryEntry]:
        return filtered(visible_history(self.standing, self.led), self.filter)

    @property
    def changed_since(self) -> date | None:
        return self._day("thay-doi-tu")

    @property
    def page(self) -> int:
        return self._number("trang") or 1

    @property
    def query(self) -> str:
        """The filter without the place in the list, to go on from."""
        get = self.request.GET
        return urlencode({name: get[name] for name in _NAMES if get.get(name)})

    @property
    def chosen_words(self) -> list[tuple[str, str]]:
        chosen, people = self.filter, dict(self.choices.people)
        units = {unit.code: unit.title for unit in self.choices.units}
        words = [
            ("Người", people.get(chosen.person or 0, "") if chosen.person else ""),
            ("Đơn vị", units.get(chosen.unit, "")),
            ("Số đo", dict(self.choices.measures).get(chosen.measure, "")),
            ("Loại việc", KINDS[chosen.kind][0] if chosen.kind else ""),
            ("Từ ngày", f"{chosen.since:%d/%m/%Y}" if chosen.since else ""),
            ("Đến ngày", f"{chosen.until:%d/%m/%Y}" if chosen.until else ""),
        ]
        return [(label, text) for label, text in words if text]

    def _number(self, name: str) -> int | None:
        text = self.request.GET.get(name, "")
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and int(text[:20]) <= HIGHEST_NUMBER and len(text) < 20):
            raise BadRequest("Số trong địa chỉ chưa đúng.")
        return int(text)

    def _unit(self) -> str:
        wanted = self.request.GET.get("xa", "")
        if not wanted:
            return ""
        for unit in self.choices.units:
            if wanted in (unit.slug, unit.code):
                return unit.code
        raise Http404

    def _measure(self) -> str:
        wanted = self.request.GET.get("chi-tieu", "")
        if wanted and wanted not in dict(self.choices.measures):
            raise Http404
        return wanted

    def _kind(self) -> str:
        wanted = self.request.GET.get("viec", "")
        if wanted and wanted not in KINDS:
            raise BadRequest("Loại việc trong địa chỉ không có.")
        return wanted

    def _day(self, name: str) -> date | None:
        text = self.request.GET.get(name)
        return day_in(text, self.today) if text else None


@require_safe
def history_list(request: HttpRequest) -> HttpResponse:
    """The list, or with `thay-doi-tu=` what changed since a day."""
    asked = Asked(request)
    context: dict[str, Any] = {"asked": asked, "kinds": [(slug, label) for slug, (label, _) in KINDS.items()]}
    since = asked.changed_since
    if since is not None:
        chosen = asked.filter
        context["changes"] = changes_since(
            asked.standing, asked.led, since, asked.today, unit=chosen.unit, measure=chosen.measure,
            page=asked.page,
        )  # fmt: skip
        context["query"] = urlencode({"thay-doi-tu": since.isoformat()}) + (f"&{asked.query}" if asked.query else "")
        return render(request, "reports/history_changes.html", context)
    context["page"] = history_page(asked.entries, asked.filter)
    return render(request, "reports/history.html", context)


@require_safe
def history_excel(request: HttpRequest) -> HttpResponse:
    return download(history_workbook(_listed(request, MOST_ROWS)), _file_name(request, "xlsx"))


@require_safe
def history_paper(request: HttpRequest) -> HttpResponse:
    """A PDF, or where the server lacks the parts for it a page that says so (503)."""
    try:
        content = history_pdf(_listed(request, MOST_PRINTED))
    except PdfUnavailable as problem:
        return render(request, "reports/no_pdf.html", {"sentence": str(problem)}, status=503)
    return download(content, _file_name(request, "pdf"), PDF)


def _listed(request: HttpRequest, most: int) -> HistoryList:
    asked = Asked(request)
    entries = asked.entries
    rows = list(entries[:most])
    total = len(rows) if len(rows) < most else entries.count()
    is_demo: bool = request.installation.is_demo  # type: ignore[attr-defined]
    return HistoryList(told_in_full(rows), total, asked.chosen_words, asked.today, is_demo)


def _file_name(request: HttpRequest, extension: str) -> str:
    return f"Nhật ký đến {request.today:%d-%m-%Y}.{extension}"  # type: ignore[attr-defined]
