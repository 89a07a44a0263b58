"""`/phan-cong/`: who answers for what in one set, on a day; taken away; and the form that changes one or many rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from communes.actions.assigning import Moved, assign
from communes.address import home_district
from communes.exporters.assignments import assignments_pdf, assignments_workbook
from communes.exporters.files import download
from communes.policies import Refused, why_not_assign, why_not_import_plan
from communes.queries.assignments import AssignedRow, AssignmentBoard, assignment_board, people_to_name
from communes.rules.assigning import Wanted
from communes.rules.list_saves import AssignmentState
from communes.views.cells import person_in
from communes.views.opening import standing_in, today_in
from communes.views.printed import is_demo, paper
from criteria.address import day_in
from criteria.queries import UnknownSet, books_in_force
from criteria.rules.days import DayProblem, parse_day

STATES = {"": "Tất cả", "chua-giao": "Chưa giao", "khong-nguoi": "Chưa có người chịu trách nhiệm"}
NOBODY, KEEP = "-", "="


@dataclass(frozen=True)
class Asked:
    """What is looked at: the set, the day, and which rows of it."""

    board: AssignmentBoard
    sets: list[tuple[str, str]]
    today: date
    state: str
    department: str

    @property
    def rows(self) -> list[AssignedRow]:
        wanted = [row for row in self.board.rows if row.concerns(self.department)]
        if self.state == "chua-giao":
            return [row for row in wanted if row.is_nobodys]
        if self.state == "khong-nguoi":
            return [row for row in wanted if not row.is_nobodys and not row.responsible]
        return wanted

    @property
    def is_past(self) -> bool:
        return self.board.as_of != self.today

    @property
    def label(self) -> str:
        named = next((one.name for one in self.board.departments if one.code == self.department), "")
        return "; ".join(word for word in (STATES[self.state].lower(), named) if word)

    def query(self, **changed: str) -> str:
        day = self.board.as_of.isoformat() if self.is_past else ""
        chosen = {"bo": self.board.book.family, "loc": self.state, "phong": self.department, "ngay": day, **changed}
        return urlencode({name: value for name, value in chosen.items() if value})

    @property
    def shown_query(self) -> str:
        return self.query()

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a form of this page hands on."""
        return parse_qsl(self.query())


def _asked(request: HttpRequest) -> Asked:
    district, today = home_district(request), today_in(request)
    as_of = day_in(request.GET.get("ngay"), today)
    books = books_in_force(as_of, year=as_of.year)
    books = books if list(books) else books_in_force(as_of)
    every = [one for one in books if one.parts]
    if not every:
        raise BadRequest("Chưa có bộ tiêu chí nào có hiệu lực vào ngày này.")
    family = request.GET.get("bo", "")[:80] or every[0].family
    try:
        book = books.book(family)
    except UnknownSet:
        raise Http404 from None
    state = request.GET.get("loc", "")
    board = assignment_board(district, books, book, as_of)
    sets = [(one.family, one.short_name) for one in every]
    return Asked(board, sets, today, state if state in STATES else "", request.GET.get("phong", "")[:20])


@require_safe
def assignments(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    refusal = why_not_assign(standing_in(request), asked.board.district.code)
    rows, board = asked.rows, asked.board
    context = {
        "asked": asked, "board": board, "district": board.district, "may_assign": refusal is None and not asked.is_past,
        "may_import": why_not_import_plan(standing_in(request), board.district.code) is None,
        "nobodys": board.grouped(row for row in rows if row.is_nobodys),
        "groups": board.grouped(row for row in rows if not row.is_nobodys),
        "chips": _chips(asked), "title": _title(board), "tab": "assignments",
    }  # fmt: skip
    return render(request, "communes/assignments.html", context)


def _title(board: AssignmentBoard) -> str:
    left = len(board.nobodys)
    if left:
        return f"{left} mục của {board.book.short_name} chưa giao cơ quan nào"
    return f"{board.book.short_name}: mục nào cũng có cơ quan chủ trì"


def _chips(asked: Asked) -> list[dict[str, Any]]:
    counts = {"": len(asked.board.rows), "chua-giao": len(asked.board.nobodys), "khong-nguoi": asked.board.nameless}
    return [
        {
            "label": label, "count": counts[key], "url": f"?{asked.query(loc=key)}", "current": asked.state == key,
            "icon": "",
        }
        for key, label in STATES.items()
    ]  # fmt: skip


@require_safe
def assignments_excel(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    content = assignments_workbook(asked.board, asked.rows, asked.label, is_demo=is_demo(request))
    return download(content, _name(asked, "xlsx"))


@require_safe
def assignments_paper(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    rows, demo = asked.rows, is_demo(request)
    make = lambda: assignments_pdf(asked.board, rows, asked.label, asked.today, is_demo=demo)  # noqa: E731
    return paper(request, make, _name(asked, "pdf"))


def _name(asked: Asked, ending: str) -> str:
    return f"Phân công {asked.board.book.short_name} {asked.board.as_of:%d-%m-%Y}.{ending}"


# ---------- changing ----------


@dataclass(frozen=True)
class Typed:
    """The form as it was typed; KEEP stands for "as it is"."""

    lead: str = KEEP
    mode: str = "giu"
    others: frozenset[str] = frozenset()
    responsible: str = KEEP
    from_on: str = ""
    problem: str = ""
    moved: list[tuple[str, str]] = field(default_factory=list)


@require_http_methods(["GET", "HEAD", "POST"])
def assign_page(request: HttpRequest) -> HttpResponse:
    """Change the rows that were chosen: the same form for one row, several, or whole criteria."""
    asked = _asked(request)
    if refusal := why_not_assign(standing_in(request), asked.board.district.code):
        raise PermissionDenied(refusal)
    chosen = _chosen(asked.board, request.GET)
    if not chosen:
        messages.error(request, "Chọn ít nhất một dòng hoặc một tiêu chí rồi bấm phân công.")
        return redirect(f"{reverse('communes:assignments')}?{asked.query()}")
    if request.method != "POST":
        return _form(request, asked, chosen, _from_rows(chosen, request.GET.get("chu-tri", ""), asked.today))
    return _assign(request, asked, chosen)


def _chosen(board: AssignmentBoard, sent: QueryDict) -> list[AssignedRow]:
    """Rows named by their measures (`m`), and every row of the criteria named (`tc`)."""
    measures = {code for one in sent.getlist("m") for code in one.split()}
    criteria = set(sent.getlist("tc"))
    return [row for row in board.rows if measures & set(row.measures) or (row.criterion or "dk") in criteria]


def _from_rows(rows: Sequence[AssignedRow], lead: str, today: date) -> Typed:
    """Where all rows are assigned alike their state; else "as it is" everywhere."""
    states = {row.state for row in rows}
    state = next(iter(states)) if len(states) == 1 else None
    day = f"{today:%d/%m/%Y}"
    if state is None:
        return Typed(lead=lead or (KEEP if len(states) > 1 else ""), responsible=KEEP, from_on=day)
    return Typed(lead or state.lead, "thay", frozenset(state.others), state.responsible, day)


def _form(
    request: HttpRequest, asked: Asked, chosen: Sequence[AssignedRow], typed: Typed, status: int = 200
) -> HttpResponse:
    seen = {measure: pk for row in chosen for measure, pk in row.seen.items()}
    context = {
        "asked": asked, "rows": chosen, "typed": typed, "seen": list(seen.items()),
        "departments": asked.board.departments,
        "people": people_to_name(asked.board.district, asked.today), "count": len(seen),
        "shared": sorted({place for row in chosen for place in row.elsewhere}),
        "query": request.GET.urlencode(), "keep": KEEP, "nobody": NOBODY,
        "is_new": all(row.is_nobodys for row in chosen),
    }  # fmt: skip
    return render(request, "communes/assign.html", context, status=status)


def _assign(request: HttpRequest, asked: Asked, chosen: Sequence[AssignedRow]) -> HttpResponse:
    sent = request.POST
    typed = Typed(
        sent.get("chu-tri", KEEP)[:20], sent.get("cach", "giu")[:10], frozenset(sent.getlist("phoi-hop")[:100]),
        sent.get("nguoi", KEEP)[:150], sent.get("tu-ngay", "")[:20],
    )
    try:
        count = assign(
            by=person_in(request), standing=standing_in(request), district=asked.board.district,
            seen=_seen(sent.getlist("thay")), wanted=_wanted(typed), from_on=parse_day(typed.from_on), on=asked.today,
        )  # fmt: skip
    except Moved as moved:
        said = [(_named(asked.board, code), _told(state)) for code, state in moved.now.items()]
        problem = "Người khác vừa đổi phân công của các mục dưới đây. Xem lại rồi ghi tiếp nếu vẫn cần."
        return _form(request, asked, chosen, _with(typed, problem, said), status=409)
    except (Refused, DayProblem) as problem:
        return _form(request, asked, chosen, _with(typed, str(problem)), status=422)
    messages.success(request, f"Đã phân công {count} số đo." if count else "Không có gì thay đổi.")
    return redirect(f"{reverse('communes:assignments')}?{urlencode({'bo': asked.board.book.family})}")


def _with(typed: Typed, problem: str, moved: list[tuple[str, str]] | None = None) -> Typed:
    return Typed(typed.lead, typed.mode, typed.others, typed.responsible, typed.from_on, problem, moved or [])


def _seen(sent: Sequence[str]) -> dict[str, int]:
    found = {}
    for one in sent:
        measure, _, pk = one.rpartition(":")
        if not measure or not (pk.isascii() and pk.isdigit()):
            raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
        found[measure] = int(pk)
    return found


def _wanted(typed: Typed) -> Wanted:
    return Wanted(
        lead=None if typed.lead in (KEEP, NOBODY) else typed.lead,
        others=None if typed.mode == "giu" else typed.others,
        adds=typed.mode == "them",
        responsible=None if typed.responsible == KEEP else typed.responsible,
        ends=typed.lead == NOBODY,
    )


def _named(board: AssignmentBoard, measure: str) -> str:
    return next((f"{row.item} {row.name}" for row in board.rows if measure in row.measures), measure)


def _told(state: AssignmentState | None) -> str:
    if state is None:
        return "chưa giao"
    return "; ".join(part for part in (state.lead, ", ".join(state.others), state.responsible) if part)
