"""`/chi-dao/hop/`: what comes back to the next meeting, what it decided about each, and the same on paper."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from communes.exporters.files import download
from communes.models import Unit
from communes.views.opening import standing_in, today_in
from communes.views.paper_forms import number_or_none
from criteria.policies import Refused
from criteria.rules.days import DayProblem, parse_day
from plans.actions.directing import Stale
from plans.actions.following import Decision, record_meeting
from plans.exporters.directive_papers import meeting_pdf
from plans.exporters.directives import meeting_workbook
from plans.policies.directing import why_not_record_meeting
from plans.queries.directives import Meeting, MeetingItem, meeting_of
from plans.views.directive_forms import day_of
from plans.views.opening import is_demo, my_district, paper, who_acts

FIRST_DAY, MOST_AHEAD = date(2010, 1, 1), 90


def _day(request: HttpRequest) -> date:
    """The day of the meeting; also one to come, to prepare for. Raises BadRequest."""
    today, text = today_in(request), request.GET.get("ngay", "")
    try:
        day = parse_day(text) if text else today
    except DayProblem as problem:
        raise BadRequest(f"Ngày họp: {problem}") from None
    if not FIRST_DAY <= day <= today + timedelta(days=MOST_AHEAD):
        raise BadRequest(f"Ngày họp phải từ năm 2010 đến {MOST_AHEAD} ngày tới.")
    return day


def _meeting(request: HttpRequest, district: Unit) -> Meeting:
    return meeting_of(district, standing_in(request), _day(request), today_in(request))


@require_http_methods(["GET", "HEAD", "POST"])
def meeting(request: HttpRequest) -> HttpResponse:
    district, day = my_district(request), _day(request)
    if request.method != "POST":
        return _page(request, district)
    if refusal := why_not_record_meeting(standing_in(request), district.code):
        raise PermissionDenied(refusal)
    try:
        decisions = _decisions(request)
        number = record_meeting(**who_acts(request), district=district, meeting_on=day, decisions=decisions)
    except Refused as problem:
        return _page(request, district, str(problem), 422)
    except Stale as stale:
        return _page(request, district, f"“{stale.current}” vừa được người khác sửa. Xem lại hạn hiện nay rồi lưu lại; "
                     "những gì anh/chị đã ghi vẫn còn ở dưới.", 409)  # fmt: skip
    messages.success(request, f"Đã ghi kết luận họp ngày {day:%d/%m/%Y} về {number} nội dung và báo nơi thực hiện.")
    return redirect(f"{reverse('plans:directive-meeting')}?ngay={day:%Y-%m-%d}")


def _page(request: HttpRequest, district: Unit, problem: str = "", status: int = 200) -> HttpResponse:
    found = _meeting(request, district)
    refusal = why_not_record_meeting(standing_in(request), district.code)
    if not refusal and found.day > today_in(request):
        refusal = "Cuộc họp chưa diễn ra; ghi kết luận từ ngày họp trở đi."
    groups = [_Group(group, request.POST) for group in found.shared]
    context = {"meeting": found, "groups": groups, "refusal": refusal or "", "problem": problem}
    return render(request, "plans/directive_meeting.html", context, status=status)


class _Group:
    """Items that came back as one, with what was typed beside each and for all of them (`key`: that of the first)."""

    def __init__(self, items: list[MeetingItem], posted: Mapping[str, str]) -> None:
        self.items, self.first, self.key = items, items[0].row, items[0].row.pk
        self.words, self.due = posted.get(f"chung-{self.key}", ""), posted.get(f"han-chung-{self.key}", "")
        self.lines = [
            (item, posted.get(f"ket-luan-{item.row.pk}", ""), posted.get(f"han-{item.row.pk}", "")) for item in items
        ]

    @property
    def is_shared(self) -> bool:
        return len(self.items) > 1


def _decisions(request: HttpRequest) -> list[Decision]:
    """What was written beside the items; what is said of all that share a text goes to those of which nothing else
    is. Raises Refused, BadRequest."""
    found, posted = [], request.POST
    for name in posted:
        if name.startswith("phien-ban-"):
            item = number_or_none(name.removeprefix("phien-ban-")) or 0
            group = posted.get(f"nhom-{item}", "")
            words, due = posted.get(f"ket-luan-{item}", "").strip(), posted.get(f"han-{item}", "").strip()
            if not (words or due) and group:
                words, due = posted.get(f"chung-{group}", "").strip(), posted.get(f"han-chung-{group}", "").strip()
            version = number_or_none(posted[name]) or 0
            found.append(Decision(item, version, words, day_of(due, "Hạn mới")))
    return found


@require_safe
def meeting_excel(request: HttpRequest) -> HttpResponse:
    found = _meeting(request, my_district(request))
    return download(meeting_workbook(found, is_demo=is_demo(request)), _name(found, "xlsx"))


@require_safe
def meeting_paper(request: HttpRequest) -> HttpResponse:
    found = _meeting(request, my_district(request))
    return paper(
        request, lambda: meeting_pdf(found, today_in(request), is_demo=is_demo(request)), _name(found, "pdf")
    )


def _name(found: Meeting, ending: str) -> str:
    return f"Nội dung chỉ đạo trình họp {found.day:%d-%m-%Y}.{ending}"
