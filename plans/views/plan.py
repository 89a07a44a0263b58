"""`/ke-hoach/`: the plan as table and chart, filtered in the address, and both taken away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Right, Standing
from communes.exporters.files import download
from communes.models import Unit
from communes.views.opening import standing_in, today_in
from criteria.rules.words import folded
from plans.exporters.plan import Taken, plan_workbook
from plans.exporters.plan_paper import plan_pdf
from plans.policies.planning import why_not_steer
from plans.queries.board import LEVELS, LITTLE_FLOAT, Board, Chosen, arrows_of, board_of, chart_rows
from plans.queries.plan import End, Plan, plan_of
from plans.rules.gantt import Chart, Zoom, chart_of
from plans.views.opening import is_demo, my_district, paper

_NAMES = ("cap", "xa", "phong", "gang", "du-tru", "tre-goc", "moc", "q", "phong-to")
_QUICK = (("gang", "critical", "Chỉ đường găng"), ("du-tru", "little", f"Dự trữ ≤ {LITTLE_FLOAT} ngày"),
          ("tre-goc", "drifted", "Trễ so với gốc"))  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """One request for the plan: who asks, and the filters of the address."""

    standing: Standing
    today: date
    district: Unit
    given: dict[str, str]

    @cached_property
    def plan(self) -> Plan:
        """Raises Http404 for an end that is not in it."""
        plan = plan_of(self.district, self.today)
        if not (wanted := self.given["moc"]):
            return plan
        if not any(str(end.pk) == wanted for end in plan.ends):
            raise Http404
        return plan_of(self.district, self.today, end=int(wanted))

    @cached_property
    def end(self) -> End | None:
        """The end looked from; without a district's own the one that comes latest."""
        if self.given["moc"]:
            return self.plan.end(int(self.given["moc"]))
        open_ends = [end for end in self.plan.ends if not end.is_reached]
        return self.plan.district_end or max(open_ends, key=lambda end: end.finish, default=None)

    @cached_property
    def chosen(self) -> Chosen:
        given = self.given
        return Chosen(
            level=given["cap"] if given["cap"] in LEVELS else "huyen", commune=given["xa"], department=given["phong"],
            critical=bool(given["gang"]), little=bool(given["du-tru"]), drifted=bool(given["tre-goc"]),
            words=given["q"],
        )  # fmt: skip

    @property
    def zoom(self) -> Zoom:
        return next((zoom for zoom in Zoom if zoom.value == self.given["phong-to"]), Zoom.MONTH)

    def board(self, most: int | None) -> Board:
        return board_of(self.plan, self.chosen, self.end, most)

    def query_with(self, **changed: str) -> str:
        given = {**self.given, **{name.replace("_", "-"): value for name, value in changed.items()}}
        return urlencode({name: value for name, value in given.items() if value})


def _asked(request: HttpRequest) -> Asked:
    if not standing_in(request).seats:
        raise Http404
    given = {name: request.GET.get(name, "").replace("\0", "")[:100] for name in _NAMES}
    return Asked(standing_in(request), today_in(request), my_district(request), given)


@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    board = asked.board(400)
    context = {
        "asked": asked, "board": board, "chart": drawn(board, asked.zoom, asked.today), "chips": _chips(asked, board),
        "zooms": [(zoom, asked.query_with(phong_to=zoom.value), zoom is asked.zoom) for zoom in Zoom],
        "communes": _communes(asked.plan), "departments": _departments(asked.plan), "given": asked.given,
        "query": asked.query_with(), "summary_query": asked.query_with(xa=""),
        "is_empty": not asked.plan.tasks, **rights(asked.standing, asked.district),
    }  # fmt: skip
    return render(request, "plans/plan.html", context)


def drawn(board: Board, zoom: Zoom, today: date) -> Chart:
    """The chart beside the table: the same rows."""
    return chart_of(chart_rows(board), arrows_of(board.plan, board.lines), today, target_of(board), zoom)


def target_of(board: Board) -> list[tuple[str, date]]:
    return [(f"Mốc {board.end.target_on:%d/%m/%Y}", board.end.target_on)] if board.end else []


def rights(standing: Standing, district: Unit) -> dict[str, Any]:
    """What somebody may do on the pages of the plan."""
    may_steer = why_not_steer(standing, district.code) is None
    plans_commune = standing.can_in(Right.PLAN_COMMUNE, district.code) and bool(standing.communes)
    return {
        "may_steer": may_steer, "may_plan": may_steer or plans_commune,
        "may_add": may_steer or plans_commune or standing.can_in(Right.PLAN_OWN, district.code),
    }  # fmt: skip


def _chips(asked: Asked, board: Board) -> list[dict[str, Any]]:
    numbers, level = board.numbers, asked.chosen.level
    chips: list[dict[str, Any]] = [
        {"label": label, "count": numbers[key], "current": level == key and not asked.chosen.commune,
         "url": f"?{asked.query_with(cap=key, xa='')}", "icon": ""}
        for key, label in LEVELS.items() if numbers[key] or level == key
    ]  # fmt: skip
    for name, key, label in _QUICK:
        is_on = getattr(asked.chosen, key)
        changed = {name.replace("-", "_"): "" if is_on else "1"}
        if numbers[key] or is_on:
            chips.append({"label": label, "count": numbers[key], "current": is_on, "icon": "",
                          "url": f"?{asked.query_with(**changed)}"})  # fmt: skip
    return chips


def _communes(plan: Plan) -> list[tuple[str, str]]:
    found = {task.unit_slug: task.unit_name for task in plan.tasks if task.unit_code != plan.district_code}
    return sorted(found.items(), key=lambda pair: folded(pair[1]))


def _departments(plan: Plan) -> list[tuple[str, str]]:
    found = {task.department_code: task.department_name for task in plan.tasks if task.department_code}
    return sorted(found.items(), key=lambda pair: folded(pair[1]))


# ---------- taken away ----------


def _taken(request: HttpRequest, asked: Asked) -> Taken:
    names, desks = dict(_communes(asked.plan)), dict(_departments(asked.plan))
    words = [LEVELS[asked.chosen.level].lower(), names.get(asked.chosen.commune, ""),
             desks.get(asked.chosen.department, "")]  # fmt: skip
    words += [label.lower() for _, key, label in _QUICK if getattr(asked.chosen, key)]
    words += [f"có chữ “{asked.given['q']}”"] if asked.given["q"] else []
    return Taken(asked.district, "; ".join(word for word in words if word), asked.today, is_demo(request))


@require_safe
def plan_excel(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    content = plan_workbook(asked.board(None), _taken(request, asked))
    return download(content, f"Kế hoạch {asked.today:%d-%m-%Y}.xlsx")


@require_safe
def plan_paper(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    taken, board = _taken(request, asked), asked.board(400)
    name = f"Kế hoạch và đường găng {asked.today:%d-%m-%Y}.pdf"
    return paper(request, lambda: plan_pdf(board, taken, asked.zoom), name)
