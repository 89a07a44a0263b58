"""Talk about one figure: its page, the part that the review shows, saying something, resolving and opening again."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from communes.actions.discussing import LONGEST_COMMENT, add_comment, settle_comment
from communes.forms import number_in
from communes.models import Assessment, Comment, Unit
from communes.policies import Refused, is_inside, may_open_sheet, why_not_discuss
from communes.queries.discussion import Circle, CommentRow, circle_of, comments_of, first_sent
from communes.queries.entry import item_of
from communes.queries.people import Lead, leads_of
from communes.queries.rounds import working_rules
from communes.views.cells import person_in
from communes.views.opened import of_unit
from communes.views.opening import checked_year, open_commune, open_district, standing_in, today_in
from communes.views.reviewing import LARGEST_ID
from communes.views.waiting import district_over
from criteria.models import Measure

MOST_CALLED = 30


@dataclass(frozen=True)
class Talk:
    """The remarks about one figure as this person may read them, and whether they may add one."""

    assessment: Assessment
    comments: list[CommentRow]
    circle: Circle
    refusal: str
    url: str
    post_url: str
    problem: str = ""
    typed: str = ""
    answers: int | None = None

    @property
    def open_count(self) -> int:
        return sum(comment.is_open for comment in self.comments)


def _talk(request: HttpRequest, assessment: Assessment) -> Talk:
    """A constant number of queries."""
    standing, today, unit = standing_in(request), today_in(request), assessment.unit
    district, code = district_over(unit), assessment.measure.code
    was_sent = bool(first_sent([assessment.pk]))
    circle = circle_of(assessment, today, was_sent=was_sent)
    lead: Lead = leads_of(district, today).of(code)
    item = item_of(unit, lead, rules=working_rules(district, assessment.year))
    refusal = why_not_discuss(standing, item, circle.others, was_sent=was_sent) or ""
    found = comments_of([assessment.pk], inside=is_inside(standing, item), day=today)
    return Talk(
        assessment, found.get(assessment.pk, []), circle, refusal, of_unit("discussion", unit, assessment.year, code),
        reverse("communes:comment", kwargs={"assessment": assessment.pk}),
    )  # fmt: skip


# ---------- pages ----------


@require_safe
def discussion(request: HttpRequest, code: str, year: int, measure: str) -> HttpResponse:
    return _page(request, open_commune(request, code), year, measure)


@require_safe
def district_discussion(request: HttpRequest, year: int, measure: str) -> HttpResponse:
    return _page(request, open_district(request), year, measure)


def _page(request: HttpRequest, unit: Unit, year: int, code: str) -> HttpResponse:
    measure = Measure.objects.filter(code=code[:80], level=unit.level).first()
    if measure is None:
        raise Http404
    rows = Assessment.objects.select_related("unit__parent", "measure")
    found = rows.filter(unit=unit, year=checked_year(year, today_in(request)), measure=measure).first()
    talk = _talk(request, found) if found else None
    return _answer(request, talk, unit, year, measure)


def _answer(
    request: HttpRequest, talk: Talk | None, unit: Unit, year: int, measure: Measure, status: int = 200
) -> HttpResponse:
    name = "communes/_comments.html" if request.headers.get("HX-Request") else "communes/discussion.html"
    context = {"talk": talk, "unit": unit, "year": year, "measure": measure, "longest": LONGEST_COMMENT}
    return render(request, name, context, status=status)


# ---------- acts ----------


@require_POST
def comment(request: HttpRequest, assessment: int) -> HttpResponse:
    """Say something, or answer (`tra-loi`), and call people (`nhac`)."""
    talk = _talk(request, _open_assessment(request, assessment))
    called = [number_in(text) for text in request.POST.getlist("nhac")[:MOST_CALLED]]
    text, answered = request.POST.get("noi-dung", ""), request.POST.get("tra-loi")
    try:
        add_comment(
            by=person_in(request), assessment=talk.assessment, refusal=talk.refusal, text=text,
            concerned=[one.pk for one in talk.circle.people], mentions=called, url=talk.url, on=today_in(request),
            answers=_answered(talk, number_in(answered)) if answered else None,
        )  # fmt: skip
    except Refused as problem:
        return _refused(request, talk, str(problem))
    return _done(request, talk, "Đã ghi ý kiến.")


@require_POST
def settle(request: HttpRequest, comment: int) -> HttpResponse:
    """Mark a remark as resolved (`viec=xong`), or open it again (`viec=mo-lai`)."""
    row = Comment.objects.filter(pk=comment, answers=None).first() if 0 < comment <= LARGEST_ID else None
    if row is None:
        raise Http404
    talk = _talk(request, _open_assessment(request, row.assessment_id))
    if all(shown.pk != row.pk for shown in talk.comments):
        raise Http404
    act = request.POST.get("viec")
    if act not in ("xong", "mo-lai"):
        raise BadRequest("Trang gửi lên không đúng mẫu. Tải lại trang rồi làm lại.")
    try:
        settle_comment(
            by=person_in(request), comment=row, refusal=talk.refusal, is_resolved=act == "xong", on=today_in(request)
        )
    except Refused as problem:
        return _refused(request, talk, str(problem))
    return _done(request, talk, "Đã đánh dấu giải quyết." if act == "xong" else "Đã mở lại ý kiến.")


def _open_assessment(request: HttpRequest, pk: int) -> Assessment:
    """A figure of a unit whose sheet concerns this person; anything else is not found."""
    rows = Assessment.objects.select_related("unit__parent", "measure")
    found = rows.filter(pk=pk).first() if 0 < pk <= LARGEST_ID else None
    if found is None:
        raise Http404
    unit = found.unit
    if not may_open_sheet(standing_in(request), unit.district_code, unit.code if unit.is_commune else ""):
        raise Http404
    return found


def _answered(talk: Talk, pk: int) -> Comment:
    if all(shown.pk != pk for shown in talk.comments):
        raise BadRequest("Ý kiến đang trả lời không có ở đây. Tải lại trang.")
    return Comment.objects.get(pk=pk)


def _done(request: HttpRequest, talk: Talk, sentence: str) -> HttpResponse:
    if request.headers.get("HX-Request"):
        fresh = _talk(request, talk.assessment)
        return _answer(request, fresh, fresh.assessment.unit, fresh.assessment.year, fresh.assessment.measure)
    messages.success(request, sentence)
    return redirect(talk.url)


def _refused(request: HttpRequest, talk: Talk, problem: str) -> HttpResponse:
    """The part again with what was typed, and the sentence."""
    answered = request.POST.get("tra-loi", "")
    again = Talk(
        talk.assessment, talk.comments, talk.circle, talk.refusal, talk.url, talk.post_url, problem,
        request.POST.get("noi-dung", "")[: LONGEST_COMMENT + 1], int(answered) if answered.isdecimal() else None,
    )  # fmt: skip
    assessment, status = talk.assessment, 403 if problem == talk.refusal else 422
    return _answer(request, again, assessment.unit, assessment.year, assessment.measure, status)
