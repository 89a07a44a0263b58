"""A frozen sheet: what stood for one unit when a round was closed, as a page and as a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from communes.exporters.files import download
from communes.exporters.rounds import snapshot_workbook
from communes.models import Round, RoundEvent, Unit
from communes.queries.snapshots import Kept, snapshot_of
from communes.rules.rounds import RoundEventKind
from communes.views.rounds import round_in, unit_in
from criteria.rules.vocabulary import Basis


@dataclass(frozen=True, slots=True)
class Opened:
    round: Round
    event: RoundEvent
    unit: Unit
    kept: Kept


def _open(request: HttpRequest, pk: int, event: int, code: str) -> Opened:
    row = round_in(request, pk)
    unit = unit_in(request, row, code)
    closing = RoundEvent.objects.filter(pk=event, round=row, kind=RoundEventKind.CLOSE.value).select_related("by")
    found = closing.first()
    kept = snapshot_of(found, unit) if found else None
    if found is None or kept is None:
        raise Http404
    return Opened(row, found, unit, kept)


@require_safe
def snapshot(request: HttpRequest, pk: int, event: int, code: str) -> HttpResponse:
    opened = _open(request, pk, event, code)
    data = opened.kept.data
    families = [frozen_set["family"] for frozen_set in data["sets"]]
    wanted = request.GET.get("bo", "")
    chosen = families.index(wanted) if wanted in families else 0
    context = {
        "round": opened.round,
        "event": opened.event,
        "unit": opened.unit,
        "kept": opened.kept,
        "data": data,
        "frozen_set": _shown(data["sets"][chosen]) if data["sets"] else None,
        "bases": list(Basis),
    }
    return render(request, "communes/snapshot.html", context)


def _shown(frozen_set: dict[str, Any]) -> dict[str, Any]:
    """The set with every day of a statement as a day, for the filters of the page. The document is left alone."""
    return {
        **frozen_set,
        "criteria": [
            {**criterion, "indicators": [_with_days(item) for item in criterion["indicators"]]}
            for criterion in frozen_set["criteria"]
        ],
        "conditions": [_with_days(item) for item in frozen_set["conditions"]],
    }


def _with_days(item: dict[str, Any]) -> dict[str, Any]:
    return {**item, "parts": [{**part, "said": _who_said(part)} for part in item["parts"]]}


def _who_said(part: dict[str, Any]) -> list[dict[str, Any]]:
    """Who stated what is shown, once for each person and day, in the order of the bases."""
    said: dict[tuple[str, str], dict[str, Any]] = {}
    for finding in part["findings"]:
        fact = finding["fact"]
        if fact is not None:
            row = said.setdefault((fact["by"], fact["on"]), {"by": fact["by"], "on": _day(fact["on"]), "bases": []})
            row["bases"].append(Basis(finding["basis"]))
    return list(said.values())


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@require_safe
def snapshot_excel(request: HttpRequest, pk: int, event: int, code: str) -> HttpResponse:
    opened = _open(request, pk, event, code)
    content = snapshot_workbook(opened.kept, str(opened.round), opened.event.on, opened.event.by.full_name)
    name = f"Bản chốt {opened.unit.full_name} – {opened.round} – {opened.event.on:%d-%m-%Y}.xlsx"
    return download(content, name)
