"""`/phan-cong/to-cong-tac/`: teams, their members and communes on a day; taken away; and the office's changes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Person
from communes.actions.teaming import end_member, give_communes, keep_team, seat_member, take_commune
from communes.address import home_district
from communes.exporters.files import download
from communes.exporters.teams import teams_pdf, teams_workbook
from communes.models import Team, TeamCommune, TeamMember, Unit
from communes.policies import Refused, why_not_assign
from communes.queries.assignments import people_to_name
from communes.queries.judged import communes_of
from communes.queries.teams import Teams, teams_of
from communes.views.cells import person_in
from communes.views.opening import standing_in, today_in
from communes.views.printed import is_demo, paper
from communes.views.reviewing import LARGEST_ID
from criteria.address import day_in
from criteria.rules.days import DayProblem, parse_day

SAID = {
    "lap": "Đã lập đoàn công tác.", "sua": "Đã ghi tên, văn bản của đoàn.", "them-nguoi": "Đã cử vào đoàn.",
    "thoi-nguoi": "Đã ghi ngày thôi ở đoàn.", "giao-xa": "Đã giao xã cho đoàn.",
    "thoi-xa": "Đã ghi ngày thôi phụ trách xã.",
}  # fmt: skip


def _found(request: HttpRequest) -> Teams:
    return teams_of(home_district(request), day_in(request.GET.get("ngay"), today_in(request)))


@require_http_methods(["GET", "HEAD", "POST"])
def teams(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _change(request, home_district(request))
    found, today = _found(request), today_in(request)
    may_change = why_not_assign(standing_in(request), found.district.code) is None and found.as_of == today
    context: dict[str, Any] = {
        "found": found, "may_change": may_change, "tab": "teams", "today": today, "is_past": found.as_of != today,
        "people": people_to_name(found.district, today) if may_change else [],
        "communes": communes_of(found.district, today) if may_change else [],
    }  # fmt: skip
    return render(request, "communes/teams.html", context)


def _change(request: HttpRequest, district: Unit) -> HttpResponse:
    act = request.POST.get("viec", "")
    if act not in SAID:
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    try:
        _ACTS[act](request, district, {"by": person_in(request), "standing": standing_in(request),
                                       "on": today_in(request)})  # fmt: skip
    except (Refused, DayProblem) as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, SAID[act])
    return redirect(reverse("communes:teams"))


def _set_up(request: HttpRequest, district: Unit, who: dict[str, Any]) -> None:
    sent = request.POST
    keep_team(district=district, team=None, name=sent.get("ten", ""), document=sent.get("van-ban", ""), **who)


def _correct(request: HttpRequest, district: Unit, who: dict[str, Any]) -> None:
    sent, team = request.POST, _team(request, district)
    keep_team(district=district, team=team, name=sent.get("ten", ""), document=sent.get("van-ban", ""), **who)


def _seat(request: HttpRequest, district: Unit, who: dict[str, Any]) -> None:
    sent = request.POST
    person = Person.objects.filter(username=sent.get("nguoi", "")[:150]).first()
    if person is None:
        raise Refused("Chọn người được cử vào đoàn.")
    day = parse_day(sent.get("tu-ngay", "")[:20])
    seat_member(
        team=_team(request, district), person=person, is_head=sent.get("truong-doan") == "1", from_on=day, **who
    )


def _unseat(request: HttpRequest, district: Unit, who: dict[str, Any]) -> None:
    rows = TeamMember.objects.filter(team__district=district).select_related("team__district")
    row = rows.filter(pk=_pk(request, "cho")).first()
    if row is None:
        raise Http404
    end_member(member=row, to_on=parse_day(request.POST.get("tu-ngay", "")[:20]), **who)


def _give(request: HttpRequest, district: Unit, who: dict[str, Any]) -> None:
    wanted = set(request.POST.getlist("xa"))
    communes = [unit for unit in communes_of(district, today_in(request)) if unit.slug in wanted]
    day = parse_day(request.POST.get("tu-ngay", "")[:20])
    give_communes(team=_team(request, district), communes=communes, from_on=day, **who)


def _take(request: HttpRequest, district: Unit, who: dict[str, Any]) -> None:
    rows = TeamCommune.objects.filter(team__district=district).select_related("team__district")
    row = rows.filter(pk=_pk(request, "cho")).first()
    if row is None:
        raise Http404
    take_commune(seat=row, to_on=parse_day(request.POST.get("tu-ngay", "")[:20]), **who)


_ACTS = {
    "lap": _set_up, "sua": _correct, "them-nguoi": _seat, "thoi-nguoi": _unseat, "giao-xa": _give, "thoi-xa": _take,
}  # fmt: skip


def _pk(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and int(text[:19]) <= LARGEST_ID else 0


def _team(request: HttpRequest, district: Unit) -> Team:
    row = Team.objects.filter(district=district, pk=_pk(request, "doan")).select_related("district").first()
    if row is None:
        raise Http404
    return row


@require_safe
def teams_excel(request: HttpRequest) -> HttpResponse:
    found = _found(request)
    return download(teams_workbook(found, is_demo=is_demo(request)), f"Đoàn công tác {found.as_of:%d-%m-%Y}.xlsx")


@require_safe
def teams_paper(request: HttpRequest) -> HttpResponse:
    found, demo = _found(request), is_demo(request)
    name = f"Đoàn công tác {found.as_of:%d-%m-%Y}.pdf"
    return paper(request, lambda: teams_pdf(found, today_in(request), is_demo=demo), name)
